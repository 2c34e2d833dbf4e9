monet_bench(step SOURCES step_bench.cpp floor.cpp reference_loss.cpp LAYERS core kernels gemm graph data models synth train)
target_include_directories(step_bench PRIVATE ${PROJECT_SOURCE_DIR})
