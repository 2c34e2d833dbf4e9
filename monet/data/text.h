#pragma once

#include "monet/core/files/text_position.h"
#include "monet/core/view.h"
#include "monet/input/text.h"

#include <string>
#include <string_view>

namespace monet::data {

using files::fail_at;
using files::Position;
using files::position_of;
using input::excerpt;
using input::without_byte_order_mark;

/// Ids at or beyond this are taken for damage: tables of that many rows would be allocated for them.
inline constexpr Index kMaxId = 50'000'000;

/// A whole number in [0, kMaxId), or what is wrong with it.
struct ParsedId {
  std::int32_t value = -1;
  std::string problem;  // empty when the id is good
  bool good() const { return problem.empty(); }
};
/// Reads all of `text` as the id of a user or item that is also its row number.
ParsedId parse_id(std::string_view text);

}  // namespace monet::data
