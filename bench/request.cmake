monet_bench(request SOURCES request_bench.cpp rank_problem.cpp LAYERS core rank data train recommend)
target_include_directories(request_bench PRIVATE ${PROJECT_SOURCE_DIR})
