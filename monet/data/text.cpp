#include "monet/data/text.h"

#include "monet/core/error.h"

#include <charconv>

namespace monet::data {

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

}  // namespace monet::data
