#include "monet/features/onnx/detail/protobuf.h"

#include "monet/core/error.h"

namespace monet::features::detail {

std::string_view ProtobufFields::take(std::uint64_t count) {
  if (count > rest_.size()) fail<DataError>("it is cut off or damaged");
  const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::uint64_t ProtobufFields::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80U) return value;
  }
  fail<DataError>("it is damaged");
}

bool ProtobufFields::next() {
  if (rest_.empty()) return false;
  const std::uint64_t key = varint();
  number_ = key >> 3;
  value_ = 0;
  bytes_ = {};
  switch (key & 7U) {
    case 0: value_ = varint(); break;
    case 1: take(8); break;
    case 2: bytes_ = take(varint()); break;
    case 5: take(4); break;
    default: fail<DataError>("it is damaged");
  }
  if (number_ == 0) fail<DataError>("it is damaged");
  return true;
}

}  // namespace monet::features::detail
