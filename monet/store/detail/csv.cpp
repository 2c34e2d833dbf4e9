#include "monet/store/detail/csv.h"

namespace monet::store::detail {

void CsvFile::cell(std::string_view text) {
  if (row_has_cells_) line_ += ',';
  row_has_cells_ = true;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line_ += text;
    return;
  }
  line_ += '"';
  for (const char c : text) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
}

void CsvFile::end_row() {
  line_ += '\n';
  file_.write(line_);
  line_.clear();
  row_has_cells_ = false;
}

}  // namespace monet::store::detail
