#include "monet/candidates/detail/centroids.h"
#include "monet/candidates/detail/cluster.h"

#include <vector>

namespace monet::candidates::detail {

bool can_cluster() {
  return false;
}

Matrix<float> cluster(ThreadPool&, const Matrix<float>& sample, Index, std::int32_t, const std::atomic<bool>* stop) {
  check(stop);
  std::vector<double> sums(static_cast<std::size_t>(sample.cols()), 0.0);
  for (Index r = 0; r < sample.rows(); ++r) {
    for (Index c = 0; c < sample.cols(); ++c) sums[static_cast<std::size_t>(c)] += static_cast<double>(sample(r, c));
  }
  Matrix<float> mean(1, sample.cols());
  for (Index c = 0; c < sample.cols(); ++c) {
    mean(0, c) = static_cast<float>(sums[static_cast<std::size_t>(c)] / static_cast<double>(sample.rows()));
  }
  return mean;
}

}  // namespace monet::candidates::detail
