#include "monet/core/files/npy_rows.h"

#include "monet/core/error.h"

#include <algorithm>
#include <vector>

namespace monet::files {

NpyRows::NpyRows(const std::filesystem::path& path) : file_(path) {
  const NpyHeader header = read_npy_header(path);
  data_offset_ = static_cast<Index>(header.data_offset);
  layout_ = layout_of_floats(header, static_cast<std::size_t>(file_.size() - data_offset_), path.string());
}

void NpyRows::read(Index begin, MatrixView<float> target) const {
  constexpr std::size_t kPieceBytes = std::size_t{16} << 20;
  if (target.empty()) return;
  const std::size_t bytes = layout_.element_bytes;
  // What lies together in the file: a row, or the part of a column.
  const Index length = layout_.fortran ? target.rows : target.cols;
  const Index count = layout_.fortran ? target.cols : target.rows;
  const Index at_once = std::clamp(static_cast<Index>(kPieceBytes / bytes) / length, Index{1}, count);
  std::vector<std::byte> buffer(static_cast<std::size_t>(at_once * length) * bytes);
  for (Index first = 0; first < count; first += at_once) {
    const Index now = std::min(at_once, count - first);
    const auto piece = std::span(buffer).first(static_cast<std::size_t>(now * length) * bytes);
    if (!layout_.fortran) {
      read_piece((begin + first) * layout_.cols, piece);
      convert_elements(layout_, piece, target.row_range(first, now));
      continue;
    }
    for (Index c = 0; c < now; ++c) {
      const std::size_t column = static_cast<std::size_t>(length) * bytes;
      read_piece((first + c) * layout_.rows + begin, piece.subspan(static_cast<std::size_t>(c) * column, column));
    }
    convert_elements(layout_, piece, target.columns(first, now));
  }
}

void NpyRows::read_piece(Index element, std::span<std::byte> target) const {
  const Index offset = data_offset_ + element * static_cast<Index>(layout_.element_bytes);
  if (file_.read(offset, target) == target.size()) return;
  fail<DataError>("{}: the file became shorter while it was read", file_.path().string());
}

}  // namespace monet::files
