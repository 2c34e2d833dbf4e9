#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace monet::candidates::detail {

/// Thrown where a stop flag was raised.
struct Stopped {};
inline void check(const std::atomic<bool>* stop) {
  if (stop != nullptr && *stop) throw Stopped();
}

/// Points that rows are near to or not, laid out for products: panels [K / 64, D, 64].
class Centroids {
 public:
  Centroids() = default;
  /// `points` [K, D]
  explicit Centroids(MatrixView<const float> points);

  Index size() const { return static_cast<Index>(norms_.size()); }
  Index width() const { return width_; }
  /// Columns that `products` fills: size() and what pads it.
  Index columns() const;
  double norm(Index centroid) const { return norms_[static_cast<std::size_t>(centroid)]; }
  float value(Index centroid, Index column) const;

  /// out[r, k] = rows_r · μ_k: rows [n, D], out [n, columns()].
  void products(MatrixView<const float> rows, MatrixView<float> out) const;
  /// nearest[r]: the centroid of least distance to row r, the first of equals; distances[r] that distance, squared.
  /// Throws Stopped.
  void assign(ThreadPool& pool, MatrixView<const float> rows, std::span<std::int32_t> nearest,
              std::span<float> distances, const std::atomic<bool>* stop = nullptr) const;

 private:
  Index width_ = 0;
  Matrix<float> panels_;  // [K / 64 * D, 64]
  std::vector<double> norms_;
};

}  // namespace monet::candidates::detail
