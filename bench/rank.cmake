monet_bench(rank SOURCES rank_bench.cpp rank_problem.cpp LAYERS core kernels gemm scoring rank)
target_include_directories(rank_bench PRIVATE ${PROJECT_SOURCE_DIR})
