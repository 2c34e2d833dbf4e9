monet_bench(models SOURCES models_bench.cpp floor.cpp work.cpp LAYERS core kernels gemm graph data models synth train)
target_include_directories(models_bench PRIVATE ${PROJECT_SOURCE_DIR})
