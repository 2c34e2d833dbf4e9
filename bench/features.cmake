monet_bench(features SOURCES features_bench.cpp LAYERS core features LIBRARIES fmt::fmt)
target_include_directories(features_bench PRIVATE ${PROJECT_SOURCE_DIR})
