# Fetches DuckDB's library and its licence (MIT) into build/npm/duckdb, pinned by version and hash:
#   cmake -P cmake/fetch_duckdb.cmake                       scripts/install-deps.sh parquet does so
# Debian has no package of DuckDB; this one of npm carries the library as its project builds it.
cmake_host_system_information(RESULT processor QUERY OS_PLATFORM)
if(processor STREQUAL x86_64)
  set(PACKAGE @duckdb/node-bindings-linux-x64)
  set(sha256 3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633)
elseif(processor STREQUAL aarch64)
  set(PACKAGE @duckdb/node-bindings-linux-arm64)
  set(sha256 23686593dba4ec22c6e581bb1c843b3964e84c4bc4d0063d8b4daddd2e20e30a)
else()
  message(FATAL_ERROR "no package of DuckDB for ${processor}: name a libduckdb.so of version 1.2 or newer in the "
    "environment variable MONET_DUCKDB")
endif()
set(VERSION 1.5.6-r.1)
get_filename_component(folder ${CMAKE_CURRENT_LIST_DIR}/../build/npm/duckdb ABSOLUTE)

set(FILE LICENSE)
set(TARGET ${folder}/LICENSE)
set(SHA256 7e17fd31249fa875cb3b1c5e05c6c3e99b75509f6a2804ca176c217834de1dcb)
include(${CMAKE_CURRENT_LIST_DIR}/npm_file.cmake)
set(FILE libduckdb.so)
set(TARGET ${folder}/libduckdb.so)
set(SHA256 ${sha256})
include(${CMAKE_CURRENT_LIST_DIR}/npm_file.cmake)
