monet_bench(blend SOURCES blend_bench.cpp rank_problem.cpp LAYERS core scoring rank)
target_include_directories(blend_bench PRIVATE ${PROJECT_SOURCE_DIR})
