// What is near an item: the cosines of its embeddings, and the model's own similarity.
#include "monet/core/error.h"
#include "monet/recommend/recommender.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace monet::recommend {

namespace {

constexpr const char* kModel = "model";

/// "2." of the second part of a blend.
std::string prefix_of(std::size_t part) {
  return fmt::format("{}.", part + 1);
}

/// The model's own similarity.
std::vector<rank::Neighbour> model_neighbours(ThreadPool& pool, const scoring::Items& items, std::int32_t item,
                                              Index k) {
  if (items.kind() == scoring::ScoreKind::target_aware) {
    return rank::nearest_by_product(pool, items.embedding(), item, k);
  }
  if (k < 1) fail<InvalidArgument>("[similar] k is {}, must be at least 1", k);
  const std::span<const std::int32_t> row = items.similarity().row(item);
  const auto first = static_cast<std::size_t>(items.similarity().indptr[static_cast<std::size_t>(item)]);
  std::vector<rank::Neighbour> neighbours;
  for (std::size_t at = 0; at < row.size(); ++at) {
    if (row[at] != item) neighbours.push_back({row[at], items.similarity_values()[first + at]});
  }
  return rank::best(std::move(neighbours), k);
}

}  // namespace

std::vector<SimilarItems> Recommender::similar(ThreadPool& pool, std::span<const std::string> items, Index k,
                                               const std::string& by) const {
  const std::vector<std::string> known = similarities();
  if (std::find(known.begin(), known.end(), by) == known.end()) {
    fail<DataError>("{}: the model {} has no similarity `by` '{}'; it has {}", artifact_->path().string(),
                    artifact_->config().model, by, known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
  }
  std::vector<SimilarItems> results;
  const Index most = k < 1 ? k : k + static_cast<Index>(retired_.size());
  for (const std::int32_t item : find_items(items, "items")) {
    SimilarItems& result = results.emplace_back();
    result.item = names_->id(item);
    result.title = names_->title(item);
    result.by = by;
    for (const auto& [other, score] : neighbours(pool, item, most, by)) {
      if (std::binary_search(retired_.begin(), retired_.end(), other)) continue;
      if (static_cast<Index>(result.items.size()) < k) result.items.push_back(named(other, score));
    }
  }
  return results;
}

std::vector<std::string> Serving::similarities() const {
  const bool own = kind == scoring::ScoreKind::item_similarity || kind == scoring::ScoreKind::target_aware;
  std::vector<std::string> names;
  if (cosines.contains(kFused)) names.emplace_back(kFused);
  if (own) names.emplace_back(kModel);
  for (const auto& [name, of_rows] : cosines) {
    if (name != kFused && name != kModel) names.push_back(name);
  }
  return names;
}

std::vector<std::string> Recommender::similarities() const {
  if (!is_blend()) return parts_.front().similarities();
  std::vector<std::string> names;
  const auto has_rows = [](const Serving& part) { return part.cosines.contains(kFused); };
  if (std::any_of(parts_.begin(), parts_.end(), has_rows)) names.emplace_back(kFused);
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    for (const std::string& name : parts_[m].similarities()) names.push_back(prefix_of(m) + name);
  }
  return names;
}

/// `by` is one of `similarities()`.
std::vector<rank::Neighbour> Recommender::neighbours(ThreadPool& pool, std::int32_t item, Index k,
                                                     const std::string& by) const {
  if (is_blend() && by == kFused) return blended_neighbours(pool, item, k);
  std::size_t part = 0;
  std::string name = by;
  for (std::size_t m = 0; is_blend() && m < parts_.size(); ++m) {
    if (!by.starts_with(prefix_of(m))) continue;
    part = m;
    name = by.substr(prefix_of(m).size());
  }
  return name == kModel ? model_neighbours(pool, items_of(part), item, k)
                        : parts_[part].cosines.at(name).nearest(pool, item, k);
}

std::vector<rank::Neighbour> Recommender::blended_neighbours(ThreadPool& pool, std::int32_t item, Index k) const {
  if (k < 1) fail<InvalidArgument>("[similar] k is {}, must be at least 1", k);
  std::vector<double> sums(static_cast<std::size_t>(items_.size()), 0.0);
  std::vector<std::uint8_t> directed(sums.size(), 0);
  double total = 0.0;
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    const auto cosines = parts_[m].cosines.find(kFused);
    if (cosines == parts_[m].cosines.end()) continue;
    total += items_.weights()[m];
    for (const auto& [other, cosine] : cosines->second.all(pool, item)) {
      const auto at = static_cast<std::size_t>(other);
      sums[at] += items_.weights()[m] * static_cast<double>(cosine);
      directed[at] = 1;
    }
  }
  std::vector<rank::Neighbour> all;
  for (std::int32_t other = 0; other < items_.size(); ++other) {
    const auto at = static_cast<std::size_t>(other);
    if (directed[at] != 0) all.push_back({other, static_cast<float>(sums[at] / total)});
  }
  return rank::best(std::move(all), k);
}

double Recommender::cosine(std::int32_t a, std::int32_t b) const {
  double sum = 0.0;
  double total = 0.0;
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    const auto cosines = parts_[m].cosines.find(kFused);
    if (cosines == parts_[m].cosines.end()) continue;
    const double weight = is_blend() ? items_.weights()[m] : 1.0;
    total += weight;
    sum += weight * static_cast<double>(cosines->second.between(a, b));
  }
  return total > 0.0 ? sum / total : 0.0;
}

}  // namespace monet::recommend
