monet_bench(prepare SOURCES prepare_bench.cpp LAYERS core data prepare LIBRARIES ZLIB::ZLIB)
target_include_directories(prepare_bench PRIVATE ${PROJECT_SOURCE_DIR})
