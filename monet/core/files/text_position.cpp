#include "monet/core/files/text_position.h"

#include <algorithm>

namespace monet::files {

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n');
  return {
      1 + static_cast<Index>(std::count(before.begin(), before.end(), '\n')),
      1 + static_cast<Index>(line_start == std::string_view::npos ? before.size() : before.size() - line_start - 1)};
}

}  // namespace monet::files
