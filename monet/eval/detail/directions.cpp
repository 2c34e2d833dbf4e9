#include "monet/eval/detail/directions.h"

#include "monet/data/own_rows.h"

#include <cmath>
#include <utility>

namespace monet::eval {

void Directions::unit(Index r, float* out) const {
  const float factor = scale[static_cast<std::size_t>(r)];
  const float* row = features.row(r);
  for (std::size_t c = 0; c < mean.size(); ++c) out[c] = factor * (row[c] - mean[c]);
}

Directions directions(MatrixView<const float> features) {
  std::vector<char> own = data::own_rows(features).own;
  Directions out{features,
                 std::vector<float>(static_cast<std::size_t>(features.cols)),
                 std::vector<float>(own.size(), 0.0F),
                 {},
                 std::move(own)};
  std::vector<double> sum(out.mean.size(), 0.0);
  double count = 0.0;
  for (Index r = 0; r < features.rows; ++r) {
    if (out.own[static_cast<std::size_t>(r)] == 0) continue;
    const float* row = features.row(r);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(row[c]);
    count += 1.0;
  }
  for (std::size_t c = 0; c < sum.size() && count > 0.0; ++c) out.mean[c] = static_cast<float>(sum[c] / count);
  for (Index r = 0; r < features.rows; ++r) {
    if (out.own[static_cast<std::size_t>(r)] == 0) continue;
    const float* row = features.row(r);
    double square = 0.0;
    for (std::size_t c = 0; c < sum.size(); ++c) {
      const double x = static_cast<double>(row[c] - out.mean[c]);
      square += x * x;
    }
    if (square == 0.0) continue;
    out.scale[static_cast<std::size_t>(r)] = static_cast<float>(1.0 / std::sqrt(square));
    out.rows.push_back(r);
  }
  return out;
}

}  // namespace monet::eval
