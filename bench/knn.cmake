monet_bench(knn SOURCES knn_bench.cpp LAYERS core kernels gemm graph)
target_include_directories(knn_bench PRIVATE ${PROJECT_SOURCE_DIR})
