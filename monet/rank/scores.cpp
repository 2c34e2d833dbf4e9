#include "monet/rank/scores.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::rank {

namespace {

using scoring::ScoreKind;
using scoring::Scoring;

double dot(const float* a, const float* b, Index width) {
  double sum = 0.0;
  for (Index c = 0; c < width; ++c) sum += static_cast<double>(a[c]) * static_cast<double>(b[c]);
  return sum;
}

/// ŷ^o of Eq. 5: the mean of s_i = e_i·e_c over the history, weighted by softmax(s).
double target_oriented(const Scoring& scoring, std::span<const std::int32_t> history, std::int32_t item) {
  std::vector<double> products;
  for (const std::int32_t i : history) {
    products.push_back(
        dot(scoring.item_embedding.row(i), scoring.item_embedding.row(item), scoring.item_embedding.cols));
  }
  const double maximum = *std::max_element(products.begin(), products.end());
  double weights = 0.0;
  double weighted = 0.0;
  for (const double s : products) {
    const double weight = std::exp(s - maximum);
    weights += weight;
    weighted += weight * s;
  }
  return weighted / weights;
}

double similarity_sum(const Scoring& scoring, std::span<const std::int32_t> history, std::int32_t item) {
  double sum = 0.0;
  for (const std::int32_t i : history) {
    const auto row = scoring.similarity.row(i);
    const auto begin = static_cast<std::size_t>(scoring.similarity.indptr[static_cast<std::size_t>(i)]);
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (row[k] == item) sum += static_cast<double>(scoring.similarity_values[begin + k]);
    }
  }
  return sum;
}

/// Σ_m a_m r_m (ModalityAttention).
double pairwise(const Scoring& scoring, std::int32_t user, std::int32_t item) {
  std::vector<double> parts = pairwise_parts(scoring, user, item);
  double sum = 0.0;
  for (const double part : parts) sum += part;
  return sum;
}

double score(const Scoring& scoring, std::int32_t user, std::int32_t item) {
  const auto history = scoring.history.row(user);
  if (history.empty()) return static_cast<double>(scoring.item_popularity[static_cast<std::size_t>(item)]);
  if (scoring.kind == ScoreKind::item_similarity) return similarity_sum(scoring, history, item);
  if (scoring.kind == ScoreKind::pairwise) return pairwise(scoring, user, item);
  const double general =
      dot(scoring.user_embedding.row(user), scoring.item_embedding.row(item), scoring.item_embedding.cols);
  if (scoring.kind == ScoreKind::dot || scoring.beta == 0.0F) return general;
  const double beta = static_cast<double>(scoring.beta);
  return (1.0 - beta) * general + beta * target_oriented(scoring, history, item);
}

class FillMatrix final : public TileConsumer {
 public:
  FillMatrix(MatrixView<float> out, std::span<const std::int32_t> positions) : out_(out), positions_(positions) {}
  std::size_t bytes_per_user() const override { return 0; }
  void begin_block(std::span<const std::int32_t> rows, int) override { rows_ = rows; }
  void tile(int, Index first, Index item_begin, MatrixView<float> scores) override {
    for (Index r = 0; r < scores.rows; ++r) {
      const auto position = static_cast<std::size_t>(rows_[static_cast<std::size_t>(first + r)]);
      std::copy_n(scores.row(r), scores.cols, out_.row(positions_[position]) + item_begin);
    }
  }
  void end_block(ThreadPool&) override {}

 private:
  MatrixView<float> out_;
  std::span<const std::int32_t> positions_;
  std::span<const std::int32_t> rows_;
};

}  // namespace

std::vector<double> pairwise_parts(const Scoring& scoring, std::int32_t user, std::int32_t item) {
  const auto& [weight, bias, vector] = scoring.attention;
  const float* p = scoring.user_embedding.row(user);
  const float* q = scoring.item_embedding.row(item);
  std::vector<double> sums, logits;
  for (Index first = 0; first < scoring.item_embedding.cols; first += weight.cols) {
    double logit = 0.0;
    for (Index j = 0; j < weight.rows; ++j) {
      double x = static_cast<double>(bias[static_cast<std::size_t>(j)]);
      for (Index c = 0; c < weight.cols; ++c) {
        x += static_cast<double>(weight(j, c)) * static_cast<double>(p[first + c]) * static_cast<double>(q[first + c]);
      }
      logit += static_cast<double>(vector[static_cast<std::size_t>(j)]) * std::tanh(x);
    }
    sums.push_back(dot(p + first, q + first, weight.cols));
    logits.push_back(logit);
  }
  const double largest = *std::max_element(logits.begin(), logits.end());
  double total = 0.0;
  for (double& logit : logits) total += logit = std::exp(logit - largest);
  for (std::size_t m = 0; m < sums.size(); ++m) sums[m] *= logits[m] / total;
  return sums;
}

void score_items(const Scoring& scoring, std::int32_t user, std::span<const std::int32_t> items,
                 std::span<double> out) {
  const auto num_items = static_cast<Index>(scoring.item_popularity.size());
  if (user < 0 || user >= scoring.history.rows) {
    fail<InvalidArgument>("[rank] user {} is outside [0, {})", user, scoring.history.rows);
  }
  if (out.size() != items.size()) {
    fail<InvalidArgument>("[rank] room for {} scores of {} items", out.size(), items.size());
  }
  for (std::size_t k = 0; k < items.size(); ++k) {
    if (items[k] < 0 || items[k] >= num_items) {
      fail<InvalidArgument>("[rank] item {} is outside [0, {})", items[k], num_items);
    }
    out[k] = score(scoring, user, items[k]);
  }
}

Matrix<float> score_matrix(ThreadPool& pool, const Scoring& scoring, std::span<const std::int32_t> users,
                           const TileOptions& options) {
  check(scoring, users);
  const auto num_items = static_cast<Index>(scoring.item_popularity.size());
  Matrix<float> out(static_cast<Index>(users.size()), num_items);
  std::vector<std::int32_t> scored, positions;
  for (Index p = 0; p < out.rows(); ++p) {
    const std::int32_t user = users[static_cast<std::size_t>(p)];
    if (scoring.history.degree(user) == 0) {
      std::copy(scoring.item_popularity.begin(), scoring.item_popularity.end(), out.row(p));
    } else {
      scored.push_back(user);
      positions.push_back(static_cast<std::int32_t>(p));
    }
  }
  FillMatrix consumer(out, positions);
  if (!scored.empty()) score_tiles(pool, scoring, scored, options, consumer);
  return out;
}

}  // namespace monet::rank
