monet_bench(store SOURCES store_bench.cpp LAYERS store)
