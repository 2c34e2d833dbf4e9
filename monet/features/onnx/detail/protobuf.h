#pragma once

#include <cstdint>
#include <string_view>

namespace monet::features::detail {

/// Walks through the fields of one protobuf message, in the order of the file:
///
///   for (ProtobufFields field(message); field.next();) if (field.number() == 7) read(field.bytes());
class ProtobufFields {
 public:
  explicit ProtobufFields(std::string_view message) : rest_(message) {}

  /// Goes to the next field; false at the end. Throws DataError, in a few words: a field that runs past the end of the
  /// message, or that no program writes.
  bool next();
  std::uint64_t number() const { return number_; }
  std::uint64_t value() const { return value_; }     // of a varint; else 0
  std::string_view bytes() const { return bytes_; }  // of a text or a message; else empty

 private:
  std::uint64_t varint();
  std::string_view take(std::uint64_t count);

  std::string_view rest_;
  std::uint64_t number_ = 0;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
};

}  // namespace monet::features::detail
