monet_bench(rank SOURCES rank_bench.cpp LAYERS core kernels models rank)
