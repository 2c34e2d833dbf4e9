#include "monet/store/detail/features_blob.h"

#include "monet/core/error.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace monet::store::detail {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they are in memory");

namespace {

std::string_view take(std::string_view& bytes, std::size_t count) {
  if (count > bytes.size()) fail<DataError>("the features of an item are damaged; post them again");
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return taken;
}

std::size_t take_size(std::string_view& bytes) {
  std::uint32_t size = 0;
  std::memcpy(&size, take(bytes, sizeof size).data(), sizeof size);
  return size;
}

void add_size(std::string& bytes, std::size_t size) {
  const auto number = static_cast<std::uint32_t>(size);
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

std::string features_to_bytes(const Features& features) {
  std::string bytes;
  for (const auto& [name, values] : features) {
    add_size(bytes, name.size());
    add_size(bytes, values.size());
    bytes += name;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }
  return bytes;
}

Features features_from_bytes(std::string_view bytes) {
  Features features;
  while (!bytes.empty()) {
    const std::size_t name_size = take_size(bytes);
    const std::size_t num_values = take_size(bytes);
    const std::string name(take(bytes, name_size));
    const std::string_view raw = take(bytes, num_values * sizeof(float));
    std::vector<float>& values = features[name];
    values.resize(num_values);
    if (num_values > 0) std::memcpy(values.data(), raw.data(), raw.size());
  }
  return features;
}

}  // namespace monet::store::detail
