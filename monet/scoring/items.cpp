#include "monet/scoring/items.h"

#include "monet/core/error.h"
#include "monet/core/norm.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace monet::scoring {

Items::Items(const Scoring& scoring)
    : kind_(scoring.kind),
      beta_(scoring.beta),
      attention_(scoring.attention),
      weights_(scoring.weights),
      blend_by_(scoring.blend_by) {
  view(scoring);
  if (kind_ == ScoreKind::blend) {
    take_parts(scoring);
  } else if (kind_ == ScoreKind::item_similarity) {
    check_similarity();
  } else {
    check_embedding(0);
  }
  if (kind_ == ScoreKind::pairwise) check_attention();
  check_prior(0);
  std::vector<std::int32_t> order(popularity_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return popularity_[static_cast<std::size_t>(a)] > popularity_[static_cast<std::size_t>(b)];
  });
  by_popularity_ = Growing<std::int32_t>::copy_of(order);
}

/// What is not owned.
void Items::view(const Scoring& scoring) {
  embedding_ = scoring.item_embedding;
  popularity_ = scoring.item_popularity;
  prior_ = scoring.item_prior;
  similarity_ = scoring.similarity;
  similarity_values_ = scoring.similarity_values;
  const Index scored = kind_ == ScoreKind::blend             ? size()
                       : kind_ == ScoreKind::item_similarity ? similarity_.cols
                                                             : embedding_.rows;
  if (size() != scored) {
    fail<DataError>("[scoring] popularity is given for {} items, scores for {}", size(), scored);
  }
}

Items Items::extended(const Scoring& longer) const {
  const Index before = size();
  Items items = *this;
  items.view(longer);
  std::vector<std::int32_t> added;
  for (Index item = before; item < items.size(); ++item) {
    if (items.popularity_[static_cast<std::size_t>(item)] != 0.0F) {
      fail<DataError>("[scoring] the new item {} has interactions", item);
    }
    added.push_back(static_cast<std::int32_t>(item));
  }
  items.by_popularity_ = by_popularity_.with(added);
  for (std::size_t m = 0; m < parts_.size(); ++m) items.parts_[m] = parts_[m].extended(longer.parts[m]);
  const bool embeds = kind_ != ScoreKind::blend && kind_ != ScoreKind::item_similarity;
  if (embeds) items.check_embedding(before);
  items.check_prior(before);
  return items;
}

Items Items::with_beta(float beta) const {
  if (!(beta >= 0.0F && beta <= 1.0F)) fail<InvalidArgument>("[scoring] beta is {}, must lie in [0, 1]", beta);
  Items items = *this;
  items.beta_ = beta;
  for (Items& part : items.parts_) part.beta_ = beta;
  return items;
}

void Items::take_parts(const Scoring& scoring) {
  const std::size_t count = scoring.parts.size();
  if (count < 2 || count > kMostParts || weights_.size() != count) {
    fail<DataError>("[scoring] a blend of {} parts with {} weights, expected 2 to {} parts and a weight for each",
                    count, weights_.size(), kMostParts);
  }
  double total = 0.0;
  for (std::size_t m = 0; m < count; ++m) {
    const Scoring& part = scoring.parts[m];
    if (part.kind == ScoreKind::blend) fail<DataError>("[scoring] part {} of a blend is a blend itself", m + 1);
    if (part.history.rows != scoring.history.rows || part.item_popularity.size() != popularity_.size()) {
      fail<DataError>("[scoring] part {} of a blend is of {} users and {} items, the blend of {} and {}", m + 1,
                      part.history.rows, part.item_popularity.size(), scoring.history.rows, size());
    }
    if (!(weights_[m] >= 0.0 && std::isfinite(weights_[m]))) {
      fail<DataError>("[scoring] the weight of part {} of a blend is {}, not a number from 0", m + 1, weights_[m]);
    }
    total += weights_[m];
    parts_.emplace_back(part);
  }
  if (!(total > 0.0)) fail<DataError>("[scoring] all parts of a blend have weight 0");
}

void Items::check_similarity() const {
  if (similarity_.rows != size() || static_cast<Index>(similarity_values_.size()) != similarity_.nnz()) {
    fail<DataError>("[scoring] similarity is {} x {} with {} entries and {} values, expected {} x {}", similarity_.rows,
                    similarity_.cols, similarity_.nnz(), similarity_values_.size(), size(), size());
  }
  for (const std::int32_t item : similarity_.indices) {
    if (!has_item(*this, item)) fail<DataError>("[scoring] the similarity names item {} of {}", item, size());
  }
  for (const float value : similarity_values_) {
    if (!std::isfinite(value)) fail<DataError>("[scoring] the similarity has a value that is not finite");
  }
}

/// From row `first` on.
void Items::check_embedding(Index first) {
  if (!(beta_ >= 0.0F && beta_ <= 1.0F)) fail<DataError>("[scoring] beta is {}, not in [0, 1]", beta_);
  std::vector<double> squares;
  squares.reserve(static_cast<std::size_t>(embedding_.rows - first));
  for (Index item = first; item < embedding_.rows; ++item) {
    squares.push_back(square_norm(embedding_.row_span(item)));
    if (std::isfinite(squares.back())) continue;
    fail<DataError>("[scoring] item embedding {} has a value that is not finite; the model has diverged or is damaged",
                    item);
  }
  for (const double square : squares) largest_norm_ = std::max(largest_norm_, std::sqrt(square));
  if (largest_norm_ * largest_norm_ > kLargestProduct) {
    fail<DataError>(
        "[scoring] item embeddings have norms up to {:.3g}: their products overflow; the model has diverged",
        largest_norm_);
  }
  square_norms_ = square_norms_.with(squares);
}

/// From item `first` on.
void Items::check_prior(Index first) const {
  if (prior_.empty()) return;
  const bool without = kind_ == ScoreKind::item_similarity || kind_ == ScoreKind::blend;
  if (without || prior_.size() != popularity_.size()) {
    fail<DataError>("[scoring] {} priors of {} items, of kind {}", prior_.size(), size(), to_string(kind_));
  }
  for (auto item = static_cast<std::size_t>(first); item < prior_.size(); ++item) {
    if (std::isfinite(prior_[item]) && std::abs(static_cast<double>(prior_[item])) <= kLargestProduct) continue;
    fail<DataError>("[scoring] the prior of item {} is {}; the model has diverged or is damaged", item, prior_[item]);
  }
}

void Items::check_attention() const {
  const auto& [weight, bias, vector] = attention_;
  if (weight.empty() || width() % weight.cols != 0 || static_cast<Index>(bias.size()) != weight.rows ||
      static_cast<Index>(vector.size()) != weight.rows) {
    fail<DataError>(
        "[scoring] attention over modalities: W is {} x {}, b has {} entries and w {}, embeddings {} columns",
        weight.rows, weight.cols, bias.size(), vector.size(), width());
  }
  double largest = 0.0;
  bool finite = true;
  const auto look_at = [&](std::span<const float> row) {
    const double norm = std::sqrt(square_norm(row));
    finite = finite && std::isfinite(norm);
    largest = std::max(largest, norm);
  };
  for (Index r = 0; r < weight.rows; ++r) look_at(weight.row_span(r));
  for (const std::span<const float> row : {bias, vector}) look_at(row);
  if (!finite || !(largest < kLargestProduct)) {
    fail<DataError>("[scoring] the attention has values up to {:.3g}; the model has diverged or is damaged", largest);
  }
}

}  // namespace monet::scoring
