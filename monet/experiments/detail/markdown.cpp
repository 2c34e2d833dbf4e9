#include "monet/experiments/detail/markdown.h"

#include <algorithm>

namespace monet::experiments::detail {

namespace {

/// Characters of UTF-8 text: what it takes on a terminal, as long as it is Latin.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string aligned(const Rows& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 3);
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const std::string padding(widths[c] - width(rows[r][c]), ' ');
      text += c == 0 ? "| " + rows[r][c] + padding + " |" : " " + padding + rows[r][c] + " |";
    }
    text += '\n';
    if (r > 0) continue;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      text += c == 0 ? "|-" + std::string(widths[c], '-') + "-|" : std::string(widths[c] + 1, '-') + ":|";
    }
    text += '\n';
  }
  return text;
}

std::string p_text(double p) {
  return p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", p);
}

}  // namespace monet::experiments::detail
