monet_bench(cluster SOURCES cluster_bench.cpp LAYERS core dist sharded synth train LIBRARIES monet_dist_single
  nlohmann_json::nlohmann_json)
target_include_directories(cluster_bench PRIVATE ${PROJECT_SOURCE_DIR})
if(MONET_MPI)
  add_executable(cluster_mpi_bench cluster_bench.cpp)
  target_include_directories(cluster_mpi_bench PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(cluster_mpi_bench PRIVATE monet_core monet_sharded monet_synth monet_train monet_dist_mpi
    nlohmann_json::nlohmann_json monet_warnings)
endif()
