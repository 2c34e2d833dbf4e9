#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/safetensors_layout.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string_view>
#include <utility>

namespace monet::files {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian and written from memory as it is");

void SafetensorsWriter::add_rows(std::string name, Dtype dtype, std::vector<Index> shape, const void* data, Index rows,
                                 std::size_t row_bytes, std::size_t stride_bytes) {
  const bool taken =
      std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  if (taken || name == "__metadata__")
    fail<InvalidArgument>("[safetensors] a tensor named {} cannot be added twice", name);
  entries_.push_back({std::move(name), dtype, std::move(shape), static_cast<const std::byte*>(data),
                      static_cast<std::size_t>(rows), row_bytes, stride_bytes});
}

void SafetensorsWriter::add(std::string name, Dtype dtype, std::vector<Index> shape, std::span<const std::byte> bytes) {
  std::size_t expected = size_of(dtype);
  for (const Index extent : shape) expected *= static_cast<std::size_t>(extent);
  if (expected != bytes.size()) {
    fail<InvalidArgument>("[safetensors] {}: the shape needs {} bytes, {} are given", name, expected, bytes.size());
  }
  add_rows(std::move(name), dtype, std::move(shape), bytes.data(), 1, bytes.size(), bytes.size());
}

void SafetensorsWriter::set_metadata(std::string key, std::string value) {
  metadata_[std::move(key)] = std::move(value);
}

void SafetensorsWriter::write(const std::filesystem::path& path) const {
  std::vector<TensorPlace> places;
  std::map<std::string_view, const Entry*> by_name;
  for (const Entry& entry : entries_) {
    places.push_back({entry.name, entry.dtype, entry.shape, 0});
    by_name[entry.name] = &entry;
  }
  const SafetensorsLayout layout(std::move(places), metadata_);
  AtomicFile file(path);
  file.write(layout.head);
  for (const TensorPlace& place : layout.tensors) {
    const Entry& entry = *by_name.at(place.name);
    if (entry.row_bytes == entry.stride_bytes || entry.rows <= 1) {
      file.write(std::span(entry.data, entry.bytes()));
      continue;
    }
    for (std::size_t row = 0; row < entry.rows; ++row) {
      file.write(std::span(entry.data + row * entry.stride_bytes, entry.row_bytes));
    }
  }
  file.commit();
}

}  // namespace monet::files
