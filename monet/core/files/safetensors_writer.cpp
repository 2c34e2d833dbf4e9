#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/safetensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace monet::files {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian and written from memory as it is");

namespace {
constexpr std::size_t kAlignment = 64;
}

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

std::string SafetensorsWriter::header(const std::vector<const Entry*>& order) const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata_.empty()) json["__metadata__"] = metadata_;
  std::size_t offset = 0;
  for (const Entry* entry : order) {
    const std::size_t end = offset + entry->bytes();
    json[entry->name] = {{"dtype", name_of(entry->dtype)}, {"shape", entry->shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  const std::size_t used = sizeof(std::uint64_t) + text.size();
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  return text;
}

void SafetensorsWriter::write(const std::filesystem::path& path) const {
  std::vector<const Entry*> order;
  for (const Entry& entry : entries_) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    const bool a_whole = a->bytes() % kAlignment == 0;
    const bool b_whole = b->bytes() % kAlignment == 0;
    return a_whole != b_whole ? a_whole : size_of(a->dtype) > size_of(b->dtype);
  });

  const std::string text = header(order);
  const std::uint64_t length = text.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(text);
  for (const Entry* entry : order) {
    if (entry->row_bytes == entry->stride_bytes || entry->rows <= 1) {
      file.write(std::span(entry->data, entry->bytes()));
      continue;
    }
    for (std::size_t row = 0; row < entry->rows; ++row) {
      file.write(std::span(entry->data + row * entry->stride_bytes, entry->row_bytes));
    }
  }
  file.commit();
}

}  // namespace monet::files
