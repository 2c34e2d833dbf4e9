#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace monet {

enum class Align { left, right };

/// Columns of a terminal that UTF-8 text takes: 0 for combining marks, 2 for East Asian wide characters, otherwise 1.
std::size_t display_width(std::string_view text);
/// `text`, cut to `width` columns with an ellipsis where it is longer; control characters and line breaks
/// become spaces.
std::string fitted(std::string_view text, std::size_t width);
/// 1234567 as "1,234,567".
std::string grouped(long long number);

/// Aligned text. Columns are two spaces apart and as wide as their widest cell.
class TextTable {
 public:
  explicit TextTable(std::vector<Align> columns, std::string indent = "");
  /// Missing cells are empty.
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::vector<Align> columns_;
  std::string indent_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace monet
