#include "monet/features/text/truncated_svd.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/spmm.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::features {

namespace {
using Map = Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using kernels::Transpose;

Map mapped(Matrix<float>& m) {
  return {m.data(), m.rows(), m.cols()};
}

struct Sparse {
  CsrView pattern;
  std::span<const float> weights;
};

/// y = a x; each worker owns rows.
void multiply(ThreadPool& pool, const Sparse& a, MatrixView<const float> x, MatrixView<float> y) {
  kernels::SpmmOperands operands;
  operands.a = a.pattern;
  operands.weights = a.weights;
  operands.x = x;
  operands.y = y;
  const std::vector<Index> ranges = kernels::balanced_ranges(a.pattern, pool.size());
  pool.run([&](int worker) {
    const auto w = static_cast<std::size_t>(worker);
    kernels::spmm_rows(operands, ranges[w], ranges[w + 1]);
  });
}

/// Replaces the columns by an orthonormal basis of what they span (and of more, where they are dependent).
void orthonormalize(Matrix<float>& z) {
  const Eigen::HouseholderQR<Eigen::MatrixXf> qr(mapped(z));
  mapped(z) = qr.householderQ() * Eigen::MatrixXf::Identity(z.rows(), z.cols());
}

/// YᵀY, the same whatever the number of threads: blocks of rows in float32, added up in float64.
Eigen::MatrixXd gram(const Matrix<float>& y) {
  constexpr Index kBlock = 1024;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(y.cols(), y.cols());
  Matrix<float> part(y.cols(), y.cols());
  for (Index r = 0; r < y.rows(); r += kBlock) {
    const auto rows = y.view().row_range(r, std::min(kBlock, y.rows() - r));
    kernels::gemm(Transpose::yes, Transpose::no, rows, rows, false, part);
    sum += mapped(part).cast<double>();
  }
  return sum;
}

/// out = in · rotation.
void rotate(ThreadPool& pool, const Matrix<float>& in, const Matrix<float>& rotation, Matrix<float>& out) {
  constexpr Index kRows = 256;
  out = Matrix<float>(in.rows(), rotation.cols());
  pool.for_range(
      in.rows(),
      [&](Index begin, Index end, int) {
        for (Index r = begin; r < end; r += kRows) {
          const Index count = std::min(kRows, end - r);
          kernels::gemm(Transpose::no, Transpose::no, in.view().row_range(r, count), rotation, false,
                        out.view().row_range(r, count));
        }
      },
      kRows);
}

/// Turns the directions whose greatest score is negative.
void fix_signs(Matrix<float>& scores, Matrix<float>& directions) {
  std::vector<float> greatest(static_cast<std::size_t>(scores.cols()), 0.0F);
  for (Index r = 0; r < scores.rows(); ++r) {
    for (std::size_t c = 0; c < greatest.size(); ++c) {
      const float value = scores.row(r)[c];
      if (std::abs(value) > std::abs(greatest[c])) greatest[c] = value;
    }
  }
  for (Matrix<float>* turned : {&scores, &directions}) {
    for (Index r = 0; r < turned->rows(); ++r) {
      for (std::size_t c = 0; c < greatest.size(); ++c) {
        if (greatest[c] < 0.0F) turned->row(r)[c] = -turned->row(r)[c];
      }
    }
  }
}

/// How many eigenvalues (ascending) stand out of the rounding of the greatest.
Index rank_of(const Eigen::VectorXd& eigenvalues) {
  const double floor = eigenvalues[eigenvalues.size() - 1] * static_cast<double>(eigenvalues.size()) *
                       static_cast<double>(std::numeric_limits<float>::epsilon());
  return (eigenvalues.array() > floor).count();
}

/// The Ritz vectors in the coordinates of y, as columns by descending singular value.
Matrix<float> ritz(const Matrix<float>& y, Index width, std::vector<float>& singular_values) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(gram(y));
  const Eigen::VectorXd& values = solved.eigenvalues();
  const Index k = std::min(width, rank_of(values));
  Matrix<float> rotation(y.cols(), k);
  for (Index c = 0; c < k; ++c) {
    const Index from = y.cols() - 1 - c;
    mapped(rotation).col(c) = solved.eigenvectors().col(from).cast<float>();
    singular_values.push_back(static_cast<float>(std::sqrt(values[from])));
  }
  return rotation;
}
}  // namespace

TruncatedSvd truncated_svd(ThreadPool& pool, CsrView x, std::span<const float> weights, const SvdOptions& options) {
  if (options.width < 1 || options.oversample < 0 || options.passes < 0) {
    fail<InvalidArgument>("[truncated svd] width {}, oversample {}, passes {}; expected at least 1, 0, 0",
                          options.width, options.oversample, options.passes);
  }
  if (x.rows == 0 || x.cols == 0) fail<InvalidArgument>("[truncated svd] the matrix is [{}, {}]", x.rows, x.cols);
  std::vector<Index> order;
  const Csr transposed =
      Csr(x.rows, x.cols, {x.indptr.begin(), x.indptr.end()}, {x.indices.begin(), x.indices.end()}).transposed(&order);
  std::vector<float> moved(weights.size());
  std::transform(order.begin(), order.end(), moved.begin(),
                 [&](Index k) { return weights[static_cast<std::size_t>(k)]; });

  const Index carried = std::min({options.width + options.oversample, x.rows, x.cols});
  Matrix<float> z(x.cols, carried);
  Rng rng(options.seed);
  std::generate_n(z.data(), z.size(), [&] { return static_cast<float>(rng.normal()); });
  orthonormalize(z);
  Matrix<float> y(x.rows, carried);
  for (int pass = 0; pass < options.passes; ++pass) {
    multiply(pool, {x, weights}, z, y);
    multiply(pool, {transposed, moved}, y, z);
    orthonormalize(z);
  }
  multiply(pool, {x, weights}, z, y);

  TruncatedSvd out;
  const Matrix<float> rotation = ritz(y, options.width, out.singular_values);
  rotate(pool, y, rotation, out.scores);
  rotate(pool, z, rotation, out.directions);
  fix_signs(out.scores, out.directions);
  return out;
}

}  // namespace monet::features
