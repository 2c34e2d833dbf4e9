#include "monet/core/files/safetensors_layout.h"

#include "monet/core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace monet::files {

namespace {
constexpr std::size_t kAlignment = 64;
}

std::size_t TensorPlace::bytes() const {
  std::size_t size = size_of(dtype);
  for (const Index extent : shape) size *= static_cast<std::size_t>(extent);
  return size;
}

SafetensorsLayout::SafetensorsLayout(std::vector<TensorPlace> given, const std::map<std::string, std::string>& metadata)
    : tensors(std::move(given)) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const TensorPlace& a, const TensorPlace& b) {
    const bool a_whole = a.bytes() % kAlignment == 0;
    const bool b_whole = b.bytes() % kAlignment == 0;
    return a_whole != b_whole ? a_whole : size_of(a.dtype) > size_of(b.dtype);
  });
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (TensorPlace& tensor : tensors) {
    const std::size_t end = offset + tensor.bytes();
    json[tensor.name] = {{"dtype", name_of(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    tensor.offset = offset;
    offset = end;
  }
  std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  const std::size_t used = sizeof(std::uint64_t) + text.size();
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  const std::uint64_t length = text.size();
  head.resize(sizeof(length));
  std::memcpy(head.data(), &length, sizeof(length));
  head += text;
  for (TensorPlace& tensor : tensors) tensor.offset += head.size();
  bytes = head.size() + offset;
}

const TensorPlace& SafetensorsLayout::at(const std::string& name) const {
  for (const TensorPlace& tensor : tensors) {
    if (tensor.name == name) return tensor;
  }
  fail<InternalError>("[safetensors] there is no place for {}", name);
}

}  // namespace monet::files
