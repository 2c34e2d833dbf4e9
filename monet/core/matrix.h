#pragma once

#include "monet/core/buffer.h"
#include "monet/core/view.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace monet {

/// An owning row-major matrix. Rows are contiguous (`stride == cols`) and the first element is 64-byte aligned.
/// Movable (the source is left empty), not copyable. Contents are uninitialised after construction unless `zeros` is
/// used.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(Index rows, Index cols)
      : buffer_(static_cast<std::size_t>(rows * cols) * sizeof(T)), rows_(rows), cols_(cols) {}

  Matrix(Matrix&& other) noexcept { swap(other); }
  Matrix& operator=(Matrix&& other) noexcept {
    Matrix moved(std::move(other));
    swap(moved);
    return *this;
  }

  static Matrix zeros(Index rows, Index cols) {
    Matrix m(rows, cols);
    std::fill_n(m.data(), rows * cols, T{});
    return m;
  }

  /// Rows that lie somewhere else, one behind the other, of any alignment; `owner` keeps them. They are only read.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved from, which the check misses in a template.
  static Matrix borrowed(const T* data, Index rows, Index cols, std::shared_ptr<const void> owner) {
    Matrix m;
    m.buffer_ = Buffer::borrowed(data, static_cast<std::size_t>(rows * cols) * sizeof(T), std::move(owner));
    m.rows_ = rows;
    m.cols_ = cols;
    return m;
  }

  static Matrix copy_of(MatrixView<const T> source) {
    Matrix m(source.rows, source.cols);
    copy<T>(source, m.view());
    return m;
  }

  T* data() { return static_cast<T*>(buffer_.data()); }
  const T* data() const { return static_cast<const T*>(buffer_.data()); }
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  Index size() const { return rows_ * cols_; }
  bool empty() const { return size() == 0; }

  MatrixView<T> view() { return {data(), rows_, cols_, cols_}; }
  MatrixView<const T> view() const { return {data(), rows_, cols_, cols_}; }
  operator MatrixView<T>() { return view(); }
  operator MatrixView<const T>() const { return view(); }

  T* row(Index r) { return data() + r * cols_; }
  const T* row(Index r) const { return data() + r * cols_; }
  T& operator()(Index r, Index c) { return data()[r * cols_ + c]; }
  const T& operator()(Index r, Index c) const { return data()[r * cols_ + c]; }

 private:
  void swap(Matrix& other) noexcept {
    std::swap(buffer_, other.buffer_);
    std::swap(rows_, other.rows_);
    std::swap(cols_, other.cols_);
  }

  Buffer buffer_;
  Index rows_ = 0;
  Index cols_ = 0;
};

}  // namespace monet
