# monet_unity(TARGET): its sources are compiled sixteen at a time, if MONET_UNITY is on. What they share (our headers and
# the standard library's, templates of CLI11 and nlohmann-json) is then compiled once, and no result changes: the options
# are the same, and floating-point arithmetic is not rearranged.
#
# Names in anonymous namespaces must therefore differ within a layer; the presets dev and tsan compile each file by itself.
# Alone stay files that Highway compiles once for each instruction set, and files with definitions of their own.
function(monet_unity target)
  if(NOT MONET_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  foreach(source IN LISTS sources)
    get_filename_component(path ${source} ABSOLUTE BASE_DIR ${folder})
    file(STRINGS ${path} once_for_each_target REGEX "hwy/foreach_target.h")
    if(once_for_each_target)
      set_source_files_properties(${path} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
