# npm_pack(WORK WHAT BY_HAND): fetches the archive of PACKAGE at VERSION into the new folder WORK, and sets `archive`.
# WHAT is wanted, and what can be done BY_HAND, are for the message where it cannot. Included by the scripts beside it.
find_program(NPM npm PATHS ${CMAKE_CURRENT_LIST_DIR}/../build/npm/client)  # scripts/npm-client

function(npm_pack work what by_hand)
  if(NOT NPM)
    message(FATAL_ERROR "npm is needed to fetch ${what}: run scripts/install-deps.sh build, or ${by_hand}")
  endif()
  file(MAKE_DIRECTORY ${work})
  execute_process(COMMAND ${NPM} pack --loglevel=error ${PACKAGE}@${VERSION} WORKING_DIRECTORY ${work}
    RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE error)
  file(GLOB found ${work}/*.tgz)
  if(result OR NOT found)
    file(REMOVE_RECURSE ${work})
    message(FATAL_ERROR "cannot fetch ${what}: npm pack failed (${result}); connect to the npm registry, or ${by_hand}\n${error}")
  endif()
  set(archive ${found} PARENT_SCOPE)
endfunction()
