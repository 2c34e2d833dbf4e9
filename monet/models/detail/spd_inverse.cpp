#include "monet/models/detail/spd_inverse.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/kernels/subtract_product.h"

#include <Eigen/Cholesky>

#include <algorithm>

namespace monet::models::detail {

namespace {

constexpr Index kBlock = 128;

using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The inverse of the block of rows and columns from `begin` on, from its lower triangle.
Square pivot_inverse(MatrixView<const double> matrix, Index begin, Index size) {
  Square block(size, size);
  for (Index r = 0; r < size; ++r) {
    for (Index c = 0; c <= r; ++c) block(r, c) = block(c, r) = matrix(begin + r, begin + c);
  }
  const Eigen::LLT<Square> factor(block);
  if (factor.info() != Eigen::Success) {
    fail<DataError>("[inverse] the matrix of {} items is not positive definite; give a larger `lambda`", matrix.rows);
  }
  return factor.solve(Square::Identity(size, size));
}

/// What a sweep of the block at `begin` works with: its columns of the symmetric matrix, zero in its own rows, as they
/// lie and transposed, and their product with the pivot's inverse.
struct Panel {
  explicit Panel(Index n) : columns(n, kBlock), transposed(kBlock, n), products(n, kBlock) {}
  Matrix<double> columns, transposed, products;
};

class Sweep {
 public:
  Sweep(ThreadPool& pool, MatrixView<double> matrix) : pool_(pool), a_(matrix), panel_(matrix.rows) {}

  void block(Index begin) {
    const Index size = std::min(kBlock, a_.rows - begin);
    const Square negated = -pivot_inverse(a_, begin, size);
    multiply_panel(begin, size, negated);
    update(begin, size);
    write_back(begin, size, negated);
  }

 private:
  void multiply_panel(Index begin, Index size, const Square& negated) {
    const MatrixView<const double> pivot(negated.data(), size, size);
    pool_.for_range(a_.rows, [&](Index first, Index last, int /*worker*/) {
      for (Index i = first; i < last; ++i) {
        const bool own = i >= begin && i < begin + size;
        for (Index c = 0; c < size; ++c) {
          const double value = own ? 0.0 : i > begin ? a_(i, begin + c) : a_(begin + c, i);
          panel_.columns(i, c) = panel_.transposed(c, i) = value;
          panel_.products(i, c) = 0.0;
        }
      }
      kernels::subtract_product(panel_.columns.view().row_range(first, last - first).columns(0, size), pivot,
                                panel_.products.view().row_range(first, last - first).columns(0, size));
    });
  }

  /// Tiles of the lower triangle, the workers taking turns by rows of tiles.
  void update(Index begin, Index size) {
    const Index n = a_.rows;
    pool_.run([&](int worker) {
      for (Index tile = worker; tile * kBlock < n; tile += pool_.size()) {
        const Index row = tile * kBlock;
        if (row == begin) continue;
        const Index rows = std::min(kBlock, n - row);
        for (Index column = 0; column <= row; column += kBlock) {
          if (column == begin) continue;
          const Index columns = std::min(kBlock, n - column);
          kernels::subtract_product(panel_.products.view().row_range(row, rows).columns(0, size),
                                    panel_.transposed.view().row_range(0, size).columns(column, columns),
                                    a_.row_range(row, rows).columns(column, columns));
        }
      }
    });
  }

  void write_back(Index begin, Index size, const Square& negated) {
    for (Index i = 0; i < a_.rows; ++i) {
      for (Index c = 0; c < size; ++c) {
        if (i < begin) {
          a_(begin + c, i) = panel_.products(i, c);
        } else if (i < begin + size) {
          a_(i, begin + c) = negated(i - begin, c);
        } else {
          a_(i, begin + c) = panel_.products(i, c);
        }
      }
    }
  }

  ThreadPool& pool_;
  MatrixView<double> a_;
  Panel panel_;
};

}  // namespace

void invert_negated(ThreadPool& pool, MatrixView<double> matrix) {
  Sweep sweep(pool, matrix);
  for (Index begin = 0; begin < matrix.rows; begin += kBlock) sweep.block(begin);
}

}  // namespace monet::models::detail
