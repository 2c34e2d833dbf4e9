# `cpack` in a build of the release preset makes monet_VERSION_ARCH.deb (scripts/package): what `cmake --install` installs,
# a man page, completion for bash and the unit of `monet serve`. Its dependencies are those of Debian's that the program
# is linked with.
find_program(MONET_HELP2MAN help2man)
mark_as_advanced(MONET_HELP2MAN)
if(MONET_HELP2MAN)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/monet.1
    COMMAND ${MONET_HELP2MAN} --no-info --name "a multimedia recommender engine" --output ${PROJECT_BINARY_DIR}/monet.1
      $<TARGET_FILE:monet_cli>
    DEPENDS monet_cli VERBATIM)
  add_custom_target(manual DEPENDS ${PROJECT_BINARY_DIR}/monet.1)
  install(FILES ${PROJECT_BINARY_DIR}/monet.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/packaging/monet.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME monet)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/monet.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/nginx.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME monet)
set(CPACK_PACKAGE_CONTACT "monet developers <monet@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "multimedia recommender engine")
set(CPACK_PACKAGE_DESCRIPTION "Learns from who touched what and from texts, pictures and other features of items; recommends,
explains its choices and serves them over HTTP.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Opened when they are needed: a server to keep events in; what programs that use the library compile with.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, g++, cmake")
include(CPack)
