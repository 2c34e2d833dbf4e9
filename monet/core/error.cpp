#include "monet/core/error.h"

#include <fmt/format.h>

namespace monet {

namespace {
/// Bytes of the character at `at` that ends a line or is a control character; 0 where another one is.
std::size_t breaking_bytes(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) return 1;
  const std::string_view rest = text.substr(at + 1, 2);
  if (byte == 0xc2 && !rest.empty()) return static_cast<unsigned char>(rest[0]) - 0x80U < 0x20U ? 2 : 0;
  return byte == 0xe2 && (rest == "\x80\xa8" || rest == "\x80\xa9") ? 3 : 0;
}
}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = breaking_bytes(text, at);
    const auto last = static_cast<unsigned char>(text[at + (bytes > 0 ? bytes - 1 : 0)]);
    switch (bytes) {
      case 0: line += text[at]; break;
      case 1:
        if (last == '\n')
          line += "\\n";
        else if (last == '\r')
          line += "\\r";
        else if (last == '\t')
          line += "\\t";
        else
          line += fmt::format("\\x{:02x}", last);
        break;
      case 2: line += fmt::format("\\u{:04x}", last); break;                       // U+0080 … U+009F
      default: line += fmt::format("\\u{:04x}", 0x2000U + (last & 0x3fU)); break;  // U+2028, U+2029
    }
    at += bytes > 0 ? bytes : 1;
  }
  return line;
}

}  // namespace monet

namespace monet::detail {

template void throw_formatted<InvalidArgument>(fmt::string_view, fmt::format_args);
template void throw_formatted<DataError>(fmt::string_view, fmt::format_args);
template void throw_formatted<IoError>(fmt::string_view, fmt::format_args);
template void throw_formatted<InternalError>(fmt::string_view, fmt::format_args);

}  // namespace monet::detail
