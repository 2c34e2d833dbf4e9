# Installs the build into a folder of its own, then configures, builds and runs a program that knows only that folder.
#   cmake -DBUILD=… -DWORK=… -DCONSUMER=… -DCOMPILER=… -DHEADERS=… [-DEACH=ON] -P run.cmake
# EACH compiles every public header by itself, and nothing else: 150 s of processor time.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "${command}: exit code ${code}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
file(COPY ${CONSUMER}/consumer.cpp DESTINATION ${WORK}/source)
file(COPY_FILE ${PROJECT_FILE} ${WORK}/source/CMakeLists.txt)
# No public header leans on one that is not installed; by itself: nor on what another has included.
string(REPLACE ":" ";" HEADERS "${HEADERS}")
foreach(header IN LISTS HEADERS)
  set(name together)
  if(EACH)
    string(REPLACE "/" "_" name "${header}")
  endif()
  file(APPEND ${WORK}/source/headers/${name}.cpp "#include \"${header}\"\n")
endforeach()
file(WRITE ${WORK}/source/core_only.cpp
  "#include \"monet/core/rng.h\"\nint main() { return monet::Rng(1).below(1) == 0 ? 0 : 1; }\n")
run(${CMAKE_COMMAND} -S ${WORK}/source -B ${WORK}/build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_FLAGS=-Wall\ -Wextra)
if(EACH)
  run(${CMAKE_COMMAND} --build ${WORK}/build --target headers)
  return()
endif()
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/core_only)
run(${WORK}/build/consumer ${WORK}/artifact)
run(${WORK}/prefix/bin/monet --version)
