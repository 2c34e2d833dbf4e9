monet_bench(kernels SOURCES kernels_bench.cpp kernels_products.cpp LAYERS core kernels gemm LIBRARIES fmt::fmt)
target_include_directories(kernels_bench PRIVATE ${PROJECT_SOURCE_DIR})
