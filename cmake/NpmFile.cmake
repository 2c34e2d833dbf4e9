# Files of npm packages that are built into the program, and packages that tests use, pinned by version and hash.
#
#   monet_npm_file(variable PACKAGE d3 VERSION 7.9.0 FILE dist/d3.min.js SHA256 …)
#   monet_npm_package(variable PACKAGE playwright-core VERSION 1.58.0 SHA256 …)
#
# Sets `variable` to the file's path, or to that of the package's package.json. It is fetched when something that depends on
# it is built, once for all presets.
set(MONET_NPM_FILES ${PROJECT_SOURCE_DIR}/build/npm CACHE PATH "Where files of npm packages are kept")

function(monet_npm_file variable)
  cmake_parse_arguments(ARG "" "PACKAGE;VERSION;FILE;SHA256" "" ${ARGN})
  string(REGEX REPLACE "[@/]+" "-" folder "${ARG_PACKAGE}-${ARG_VERSION}")
  string(REGEX REPLACE "^-" "" folder "${folder}")
  get_filename_component(name ${ARG_FILE} NAME)
  set(target ${MONET_NPM_FILES}/${folder}/${name})
  add_custom_command(OUTPUT ${target}
    COMMAND ${CMAKE_COMMAND} -DPACKAGE=${ARG_PACKAGE} -DVERSION=${ARG_VERSION} -DFILE=${ARG_FILE}
      -DSHA256=${ARG_SHA256} -DTARGET=${target} -P ${PROJECT_SOURCE_DIR}/cmake/npm_file.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/cmake/npm_file.cmake
    COMMENT "Fetching ${name} of ${ARG_PACKAGE} ${ARG_VERSION}" VERBATIM)
  set(${variable} ${target} PARENT_SCOPE)
endfunction()

# A whole package, unpacked.
function(monet_npm_package variable)
  cmake_parse_arguments(ARG "" "PACKAGE;VERSION;SHA256" "" ${ARGN})
  set(folder ${MONET_NPM_FILES}/${ARG_PACKAGE}-${ARG_VERSION}/package)
  add_custom_command(OUTPUT ${folder}/package.json
    COMMAND ${CMAKE_COMMAND} -DPACKAGE=${ARG_PACKAGE} -DVERSION=${ARG_VERSION} -DSHA256=${ARG_SHA256} -DTARGET=${folder}
      -P ${PROJECT_SOURCE_DIR}/cmake/npm_package.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/cmake/npm_package.cmake
    COMMENT "Fetching ${ARG_PACKAGE} ${ARG_VERSION}" VERBATIM)
  set(${variable} ${folder}/package.json PARENT_SCOPE)
endfunction()
