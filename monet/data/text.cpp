#include "monet/data/text.h"

#include "monet/core/error.h"

#include <algorithm>
#include <charconv>

namespace monet::data {

std::string_view without_byte_order_mark(std::string_view text, const std::string& file, bool& found) {
  if (text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff") {
    fail<DataError>("{}:1: the text is UTF-16; save it as UTF-8", file);
  }
  if (text.substr(0, 3) != "\xef\xbb\xbf") return text;
  found = true;
  return text.substr(3);
}

ParsedId parse_id(std::string_view text) {
  Index value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return {-1, "is not a whole number"};
  if (error == std::errc::result_out_of_range)
    return {-1, "is beyond any plausible number of rows; ids are row numbers from 0"};
  if (error != std::errc()) return {-1, "is not a whole number"};
  if (value < 0) return {-1, "is negative; ids are row numbers from 0"};
  if (value < kMaxId) return {static_cast<std::int32_t>(value), {}};
  return {-1, fmt::format("would take {} rows, beyond any plausible number; ids are row numbers from 0",
                          static_cast<std::uint64_t>(value) + 1)};
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLength = 40;
  std::string out(text.substr(0, kLength));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text.size() > kLength ? out + "…" : out;
}

}  // namespace monet::data
