monet_bench(candidates SOURCES candidates_bench.cpp LAYERS core scoring rank candidates)
target_include_directories(candidates_bench PRIVATE ${PROJECT_SOURCE_DIR})
