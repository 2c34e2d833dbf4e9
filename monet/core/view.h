#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <span>
#include <type_traits>

namespace monet {

/// Sizes and offsets. Ids of users and items in bulk arrays are `std::int32_t`.
using Index = std::int64_t;

/// A row-major strided view of a matrix: element (r, c) is `data[r * stride + c]`. Does not own; a view with zero rows
/// or columns may have a null pointer. Converts to its read-only form.
template <class T>
struct MatrixView {
  T* data = nullptr;
  Index rows = 0;
  Index cols = 0;
  Index stride = 0;

  MatrixView() = default;
  MatrixView(T* data_, Index rows_, Index cols_, Index stride_)
      : data(data_), rows(rows_), cols(cols_), stride(stride_) {}
  MatrixView(T* data_, Index rows_, Index cols_) : MatrixView(data_, rows_, cols_, cols_) {}

  operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols, stride}; }

  bool empty() const { return rows == 0 || cols == 0; }
  bool contiguous() const { return stride == cols || rows <= 1; }
  T* row(Index r) const {
    assert(r >= 0 && r < rows);
    return data + r * stride;
  }
  T& operator()(Index r, Index c) const {
    assert(c >= 0 && c < cols);
    return row(r)[c];
  }
  std::span<T> row_span(Index r) const { return {row(r), static_cast<std::size_t>(cols)}; }

  /// Columns `[begin, begin + count)`, same rows.
  MatrixView columns(Index begin, Index count) const {
    assert(begin >= 0 && begin + count <= cols);
    return {data == nullptr ? nullptr : data + begin, rows, count, stride};
  }
  /// Rows `[begin, begin + count)`, same columns.
  MatrixView row_range(Index begin, Index count) const {
    assert(begin >= 0 && begin + count <= rows);
    return {data == nullptr ? nullptr : data + begin * stride, count, cols, stride};
  }
};

/// Copies element by element; shapes must agree.
template <class T>
void copy(std::type_identity_t<MatrixView<const T>> source, MatrixView<T> target) {
  assert(source.rows == target.rows && source.cols == target.cols);
  for (Index r = 0; r < source.rows; ++r) std::copy_n(source.row(r), source.cols, target.row(r));
}

/// Sets every element.
template <class T>
void fill(MatrixView<T> target, std::type_identity_t<T> value) {
  for (Index r = 0; r < target.rows; ++r) std::fill_n(target.row(r), target.cols, value);
}

}  // namespace monet
