#include "monet/rank/fold_in.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>

namespace monet::rank {

namespace {

/// sum += sign · |items|^{-1/2} Σ f_i.
void add_history(const FoldIn& model, std::span<const std::int32_t> items, double sign, std::vector<double>& sum) {
  if (items.empty()) return;
  const double scale = sign / std::sqrt(static_cast<double>(items.size()));
  for (const std::int32_t item : items) {
    if (item < 0 || item >= model.items.rows) {
      fail<InvalidArgument>("[fold_in] item {} is outside the model's {} items", item, model.items.rows);
    }
    const float* row = model.items.row(item);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += scale * static_cast<double>(row[c]);
  }
}

/// Gives each of the model's blocks its length; a block without one stays.
void to_lengths(const FoldIn& model, std::vector<double>& sum) {
  const auto blocks = static_cast<std::size_t>(model.user_norms.cols);
  if (blocks == 0) return;
  const std::size_t width = sum.size() / blocks;
  for (std::size_t b = 0; b < blocks; ++b) {
    double square = 0.0;
    for (std::size_t c = b * width; c < (b + 1) * width; ++c) square += sum[c] * sum[c];
    if (square == 0.0) continue;
    const double factor = static_cast<double>(model.length) / std::sqrt(square);
    for (std::size_t c = b * width; c < (b + 1) * width; ++c) sum[c] *= factor;
  }
}

/// The inverse for a trained user.
void to_norms(const FoldIn& model, std::int32_t row, std::vector<double>& sum) {
  const auto blocks = static_cast<std::size_t>(model.user_norms.cols);
  if (blocks == 0) return;
  if (row < 0 || row >= model.user_norms.rows) {
    fail<InvalidArgument>("[fold_in] user {} is outside the model's {} users", row, model.user_norms.rows);
  }
  const std::size_t width = sum.size() / blocks;
  for (std::size_t b = 0; b < blocks; ++b) {
    const double factor = static_cast<double>(model.user_norms(row, static_cast<Index>(b)) / model.length);
    for (std::size_t c = b * width; c < (b + 1) * width; ++c) sum[c] *= factor;
  }
}

std::vector<float> rounded(const std::vector<double>& sum) {
  std::vector<float> result(sum.size());
  std::transform(sum.begin(), sum.end(), result.begin(), [](double value) { return static_cast<float>(value); });
  return result;
}

}  // namespace

std::vector<float> fold_in_user(const FoldIn& model, std::span<const std::int32_t> history) {
  if (history.empty()) fail<InvalidArgument>("[fold_in] the history is empty; a new user needs at least one item");
  const auto width = static_cast<std::size_t>(model.items.cols);
  if (!model.bias.empty() && model.bias.size() != width) {
    fail<InvalidArgument>("[fold_in] the bias has {} entries, the items {} columns", model.bias.size(), width);
  }
  std::vector<double> sum(width, 0.0);
  std::copy(model.bias.begin(), model.bias.end(), sum.begin());
  add_history(model, merged_history(history, {}), 1.0, sum);
  to_lengths(model, sum);
  return rounded(sum);
}

std::vector<float> fold_in_user(const FoldIn& model, const scoring::Query& user, std::int32_t row,
                                std::span<const std::int32_t> extra) {
  if (static_cast<Index>(user.embedding.size()) != model.items.cols) {
    fail<InvalidArgument>("[fold_in] a user of width {} does not fit the model of width {}", user.embedding.size(),
                          model.items.cols);
  }
  std::vector<double> sum(user.embedding.begin(), user.embedding.end());
  to_norms(model, row, sum);
  add_history(model, user.history, -1.0, sum);
  add_history(model, merged_history(user.history, extra), 1.0, sum);
  to_lengths(model, sum);
  return rounded(sum);
}

std::vector<std::int32_t> merged_history(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  std::vector<std::int32_t> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace monet::rank
