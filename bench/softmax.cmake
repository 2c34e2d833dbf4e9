monet_bench(softmax SOURCES softmax_bench.cpp LAYERS core kernels gemm autograd LIBRARIES fmt::fmt)
target_include_directories(softmax_bench PRIVATE ${PROJECT_SOURCE_DIR})
