# One static library per layer of docs/architecture.md, so that the linker too sees who may use whom.
#
#   monet_layer(kernels [FUZZED] SOURCES gemm.cpp … DEPENDS core [LIBRARIES dnnl])
#   monet_test(kernels SOURCES kernels/gemm_test.cpp … LAYERS kernels [PARTS 2 [ALWAYS_PARTS]])
#
# ctest runs each test in a process of its own, but in sanitized builds, and everywhere with ALWAYS_PARTS, PARTS processes
# (default: one) run them all. ALWAYS_PARTS is for programs of many short tests: 1,582 of monet/models are 6 s of
# processor time in four processes, and 200 s in one each. None of those may be skipped.
#
# DEPENDS names layers (public), LIBRARIES names packages used only inside the sources (private). FUZZED: what the targets
# in fuzz/ feed; such a layer counts its branches for the fuzzer, which makes it larger and slower in the tests, too.
function(monet_layer name)
  cmake_parse_arguments(ARG "FUZZED" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(monet_${name} STATIC ${ARG_SOURCES})
  add_library(monet::${name} ALIAS monet_${name})
  set_target_properties(monet_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(monet_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
  target_compile_features(monet_${name} PUBLIC cxx_std_20)
  if(MONET_BUILD_FUZZERS AND ARG_FUZZED)
    # Only the targets in fuzz/ link the fuzzer's main.
    target_compile_options(monet_${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  foreach(layer IN LISTS ARG_DEPENDS)
    target_link_libraries(monet_${name} PUBLIC monet_${layer})
  endforeach()
  target_link_libraries(monet_${name} PRIVATE ${ARG_LIBRARIES} $<BUILD_INTERFACE:monet_warnings>)
  set_property(GLOBAL APPEND PROPERTY MONET_LAYERS monet_${name})
endfunction()

# Another level of optimisation for release builds of a target, and none for sanitized ones. -O1 for what only arranges the
# work of others: more is not felt there, but takes a third of the compiler's time (cli/evaluate.cpp: 23 s with -O3, 15 s
# with -O1). -O0 for what only checks: all test programs together run for a minute, and -O1 was half of their compiler's
# time (a unit of tests/cli: 49 s, 25 s; the tests of monet/train with sanitizers: 41 s, 17 s).
function(monet_optimise target level)
  if(MONET_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  else()
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:${level}>)
  endif()
endfunction()

# The headers that nearly every test includes, compiled once for all of them.
function(monet_test_headers)
  file(WRITE ${PROJECT_BINARY_DIR}/test_headers.cpp "")
  add_library(monet_test_headers OBJECT ${PROJECT_BINARY_DIR}/test_headers.cpp)
  target_link_libraries(monet_test_headers PRIVATE monet_warnings fmt::fmt nlohmann_json::nlohmann_json GTest::gmock)
  target_compile_features(monet_test_headers PRIVATE cxx_std_20)
  monet_optimise(monet_test_headers -O0)
  target_compile_definitions(monet_test_headers PRIVATE MONET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # What goes with their use: the definitions they were compiled with and, after monet_warnings, no false alarms of bug
  # 105651 (CMakeLists.txt), which then come from the system's headers too, by the length of a path.
  add_library(monet_with_test_headers INTERFACE)
  target_link_libraries(monet_with_test_headers INTERFACE monet_warnings fmt::fmt nlohmann_json::nlohmann_json)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(monet_with_test_headers INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  target_precompile_headers(monet_test_headers PRIVATE <gmock/gmock.h> <fmt/format.h> <nlohmann/json.hpp> <filesystem>
    <map> <string> <vector>)
endfunction()

function(monet_test name)
  if(NOT MONET_BUILD_TESTS)
    return()
  endif()
  if(MONET_PCH AND NOT TARGET monet_test_headers)
    monet_test_headers()
  endif()
  cmake_parse_arguments(ARG "ALWAYS_PARTS" "PARTS" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  foreach(layer IN LISTS ARG_LAYERS)
    target_link_libraries(${name}_test PRIVATE monet_${layer})
  endforeach()
  target_link_libraries(${name}_test PRIVATE ${ARG_LIBRARIES} monet_warnings GTest::gmock GTest::gtest_main)
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR})
  monet_optimise(${name}_test -O0)  # not the libraries under test: those are compiled as they ship
  target_compile_definitions(${name}_test PRIVATE MONET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(MONET_PCH)
    target_link_libraries(${name}_test PRIVATE monet_with_test_headers)
    target_precompile_headers(${name}_test REUSE_FROM monet_test_headers)
  endif()
  monet_unity(${name}_test)
  if(NOT MONET_SANITIZE AND NOT ARG_ALWAYS_PARTS)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST)
    return()
  endif()
  # A sanitized program takes a second to start: a process for a part, not for each test.
  if(NOT ARG_PARTS)
    set(ARG_PARTS 1)
  endif()
  math(EXPR last "${ARG_PARTS} - 1")
  foreach(part RANGE ${last})
    add_test(NAME ${name}.part${part} COMMAND ${name}_test)
    set_tests_properties(${name}.part${part} PROPERTIES TIMEOUT 3600
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_PARTS};GTEST_SHARD_INDEX=${part}")
    if(ARG_ALWAYS_PARTS)
      set_tests_properties(${name}.part${part} PROPERTIES FAIL_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
    endif()
  endforeach()
endfunction()

# Everything that is linked with a target: what it names and what that names in turn.
function(monet_link_closure target out)
  set(open ${target})
  set(closure "")
  while(open)
    list(POP_FRONT open next)
    if(next IN_LIST closure)
      continue()
    endif()
    list(APPEND closure ${next})
    if(TARGET ${next})
      get_target_property(libraries ${next} INTERFACE_LINK_LIBRARIES)
      if(libraries)
        string(REGEX REPLACE "\\$<LINK_ONLY:([^>]*)>" "\\1" libraries "${libraries}")
        list(APPEND open ${libraries})
      endif()
    endif()
  endwhile()
  set(${out} "${closure}" PARENT_SCOPE)
endfunction()

# Fails the configuration where a layer links one of these, by whatever way.
function(monet_links_none_of layer)
  monet_link_closure(monet_${layer} closure)
  foreach(forbidden IN LISTS ARGN)
    if(forbidden IN_LIST closure)
      message(FATAL_ERROR "The layer ${layer} links ${forbidden}, which it must do without (docs/architecture.md)")
    endif()
  endforeach()
endfunction()
