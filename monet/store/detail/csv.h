#pragma once

#include "monet/core/files/atomic.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace monet::store::detail {

/// A CSV file that appears when it is committed. Cells are quoted where they need it (RFC 4180).
class CsvFile {
 public:
  CsvFile(const std::filesystem::path& path, std::string_view header) : file_(path), line_(header) { end_row(); }

  void cell(std::string_view text);
  void end_row();
  void commit() { file_.commit(); }

 private:
  files::AtomicFile file_;
  std::string line_;
  bool row_has_cells_ = false;
};

}  // namespace monet::store::detail
