# The files folder of the core layer.
target_sources(monet_core PRIVATE
  files/atomic.cpp files/foreign.cpp files/foreign_kind.cpp files/hash.cpp files/io_error.cpp files/mapped_file.cpp
  files/npy.cpp files/npy_elements.cpp files/npy_header.cpp files/npy_rows.cpp files/open_file.cpp
  files/output_folder.cpp files/replaceable.cpp files/safetensors_layout.cpp files/safetensors_reader.cpp
  files/safetensors_writer.cpp files/text_position.cpp files/written_files.cpp)
target_link_libraries(monet_core PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
