#pragma once

#include "monet/core/files/npy_elements.h"
#include "monet/core/files/open_file.h"

namespace monet::files {

/// A matrix in a file of which only some rows are read.
class NpyRows {
 public:
  /// Throws as `read_npy`, but reads no data.
  explicit NpyRows(const std::filesystem::path& path);

  Index rows() const { return layout_.rows; }
  Index cols() const { return layout_.cols; }
  /// Rows `begin` on, as many as `target` has, the same that `read_npy` gives. Takes at most 16 MiB beside it, or a
  /// row. In Fortran order each column is a piece of its own. Throws IoError, DataError for a file that has become
  /// shorter.
  void read(Index begin, MatrixView<float> target) const;

 private:
  void read_piece(Index element, std::span<std::byte> target) const;

  OpenFile file_;
  Index data_offset_ = 0;
  NpyLayout layout_;
};

}  // namespace monet::files
