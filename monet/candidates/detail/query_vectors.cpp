#include "monet/candidates/detail/query_vectors.h"

#include "monet/candidates/detail/centroids.h"
#include "monet/core/norm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace monet::candidates::detail {

namespace {

constexpr double kUnit = 0x1p-24;     // rounding of one operation in float
constexpr double kOperations = 64.0;  // what comes to the D of a product, generously
constexpr double kSafely = 1.0 + 1e-6;
constexpr std::array<Index, 4> kPlaces{0, 2, 1, 3};  // in CodeVectors::words
// From so many on products take most of the time, and bytes are worth their wider bounds.
constexpr Index kManyVectors = 8;

double norm_of(std::span<const double> vector) {
  return std::sqrt(square_norm(vector));
}

float above(double value) {
  return std::nextafter(static_cast<float>(value * kSafely), std::numeric_limits<float>::infinity());
}

/// (1-β) e_u, and β: 0 where no item of the history counts.
std::vector<double> general_part(const scoring::Items& items, const scoring::Query& query, double beta) {
  std::vector<double> part;
  for (Index c = 0; c < items.width(); ++c) {
    part.push_back((1.0 - beta) * static_cast<double>(query.embedding[static_cast<std::size_t>(c)]));
  }
  return part;
}

}  // namespace

QueryVectors::QueryVectors(const CellIndex& index, const scoring::Items& items, const scoring::Query& query)
    : index_(&index) {
  const double beta = items.kind() == scoring::ScoreKind::target_aware ? static_cast<double>(items.beta()) : 0.0;
  std::vector<std::vector<double>> vectors{general_part(items, query, beta)};
  if (beta > 0.0) {
    const std::vector<double> general = vectors.front();
    const double share = 1.0 / static_cast<double>(query.history.size());
    for (const std::int32_t item : query.history) {
      std::vector<double>& vector = vectors.emplace_back(general);
      for (std::size_t c = 0; c < general.size(); ++c) {
        const double part = beta * static_cast<double>(items.embedding()(item, static_cast<Index>(c)));
        vector[c] += part;
        vectors.front()[c] += share * part;
      }
    }
    if (query.history.size() == 1) vectors.resize(1);
  }
  take(vectors);
  if (vectors.size() > 1) quarter_ = 1.0 / (4.0 * beta);
  codes_.quarter = static_cast<float>(std::min(quarter_, static_cast<double>(std::numeric_limits<float>::max())));
  set_slack(items, query);
}

void QueryVectors::take(const std::vector<std::vector<double>>& vectors) {
  const Index width = index_->width();
  const auto count = static_cast<Index>(vectors.size());
  const bool by_bytes = count >= kManyVectors && kernels::prefers_bytes();
  const double most = static_cast<double>(by_bytes ? kernels::kLargestByte : kernels::largest_step(width));
  rounding_ = (static_cast<double>(width) + kOperations) * kUnit;
  words_.assign(static_cast<std::size_t>(count * index_->groups() * 4), 0);
  if (by_bytes) bytes_.assign(words_.size(), 0);
  Matrix<float> rows(count, width);
  std::vector<double> rest(static_cast<std::size_t>(width));
  for (Index v = 0; v < count; ++v) {
    const std::vector<double>& vector = vectors[static_cast<std::size_t>(v)];
    double peak = 0.0;
    for (const double x : vector) peak = std::max(peak, std::abs(x));
    const auto step = static_cast<float>(peak / most);
    std::int32_t sum = 0;
    for (Index c = 0; c < width; ++c) {
      const double x = vector[static_cast<std::size_t>(c)];
      rows(v, c) = static_cast<float>(x);
      const double wanted = step > 0.0F ? std::nearbyint(x / static_cast<double>(step)) : 0.0;
      const double word = std::clamp(wanted, -most, most);
      const Index four = (v * index_->groups() + c / 4) * 4;
      words_[static_cast<std::size_t>(four + kPlaces[static_cast<std::size_t>(c % 4)])] =
          static_cast<std::int16_t>(word);
      if (by_bytes) bytes_[static_cast<std::size_t>(four + c % 4)] = static_cast<std::int8_t>(word);
      sum += static_cast<std::int32_t>(word);
      rest[static_cast<std::size_t>(c)] = x - static_cast<double>(step) * word;
    }
    steps_.push_back(step);
    offsets_.push_back(kernels::kCodeZero * sum);
    step_error_ = std::max(step_error_, norm_of(rest));
    largest_ = std::max(largest_, norm_of(vector));
    for (std::size_t c = 0; c < rest.size(); ++c) rest[c] = vector[c] - vectors.front()[c];
    spread_ = std::max(spread_, 2.0 * norm_of(rest));
  }
  mean_norm_ = norm_of(vectors.front());
  codes_.count = count;
  codes_.groups = index_->groups();
  codes_.words = words_.data();
  if (by_bytes) codes_.bytes = bytes_.data();
  codes_.offsets = offsets_.data();
  codes_.steps = steps_.data();

  Matrix<float> products(count, index_->centroids().columns());
  index_->centroids().products(rows, products.view());
  bases_ = Matrix<float>(index_->cells(), count);
  for (Index k = 0; k < index_->cells(); ++k) {
    for (Index v = 0; v < count; ++v) bases_(k, v) = products(v, k);
    const float* own = bases_.row(k);
    highest_.push_back(*std::max_element(own + (count > 1 ? 1 : 0), own + count));
    lowest_.push_back(*std::min_element(own + (count > 1 ? 1 : 0), own + count));
  }
}

/// Twice what a score that ranking computes in float is off by: an item that is passed over could be ranked too high by
/// it, the k-th one too low. With c the rounding of a product relative to the norms and S >= |e_i·x|, an error c S of
/// each s_i moves f by at most (1 + 2S) c S, since |∂f/∂s_i| = a_i |1 + s_i - f|; exponentials that are off by η
/// relative move it by 2ηS each way.
void QueryVectors::set_slack(const scoring::Items& items, const scoring::Query& query) {
  double longest = 0.0;
  for (const std::int32_t item : query.history) {
    longest = std::max(longest, std::sqrt(items.square_norms()[static_cast<std::size_t>(item)]));
  }
  const double user = std::sqrt(square_norm(std::span<const float>(query.embedding)));
  // The k-th one may be of those that were added behind the index.
  const double reach = items.largest_norm();
  double prior = index_->largest_prior();
  for (Index item = index_->size(); item < items.size() && !items.prior().empty(); ++item) {
    prior = std::max(prior, std::abs(static_cast<double>(items.prior()[static_cast<std::size_t>(item)])));
  }
  double error = rounding_ * user * reach + 4.0 * kUnit * prior;
  if (items.kind() == scoring::ScoreKind::target_aware && items.beta() > 0.0F) {
    const double most = longest * reach;
    const double exponential = (static_cast<double>(query.history.size()) + kOperations + 4.0 * most) * kUnit;
    error += static_cast<double>(items.beta()) * most * ((1.0 + 2.0 * most) * rounding_ + 4.0 * exponential);
  }
  slack_ = 2.0 * error;
}

double QueryVectors::bound(Index cell, float reach) const {
  const auto at = static_cast<std::size_t>(cell);
  const CellIndex::Cell& own = index_->all_cells()[at];
  const auto far = static_cast<double>(reach);
  const auto highest = static_cast<double>(highest_[at]);
  const double error = rounding_ * largest_ * (own.centroid_norm + far);
  const double range = highest - static_cast<double>(lowest_[at]) + spread_ * far + 2.0 * error;
  const double by_mean = static_cast<double>(bases_(cell, 0)) + mean_norm_ * far + range * range * quarter_;
  double best = highest + largest_ * far;
  if (codes_.count > 1) best = std::min(best, by_mean);
  return best + error + slack_ + static_cast<double>(own.largest_prior);
}

kernels::CodeBlock QueryVectors::block(Index cell, Index block) const {
  kernels::CodeBlock result;
  result.codes = index_->codes(block);
  result.scales = index_->scales(block);
  result.prior = index_->prior(block);
  result.bases = bases_.row(cell);
  const auto lost = static_cast<double>(index_->error(block));
  const double far = static_cast<double>(index_->reach(block)) + lost;
  const double norm = index_->all_cells()[static_cast<std::size_t>(cell)].centroid_norm + far;
  const double arithmetic = rounding_ * largest_ * norm + 4.0 * kUnit * index_->largest_prior();
  result.error = above(largest_ * lost + step_error_ * far + arithmetic);
  result.slack = above(slack_);
  return result;
}

}  // namespace monet::candidates::detail
