monet_bench(rank SOURCES rank_bench.cpp LAYERS core kernels models rank)
target_include_directories(rank_bench PRIVATE ${PROJECT_SOURCE_DIR})
