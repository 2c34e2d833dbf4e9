#include "monet/serve/rules.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_map>

namespace monet::serve {

namespace {

bool lies_in(double price, const PriceRange& range) {
  return !std::isnan(price) && (!range.least || price >= *range.least) && (!range.most || price <= *range.most);
}

}  // namespace

void check(const Rules& rules) {
  if (!(rules.diversity >= 0.0 && rules.diversity <= 1.0)) {
    fail<InvalidArgument>("`diversity` is {}, must lie in [0, 1]", rules.diversity);
  }
  if (rules.most_per_category < 0) {
    fail<InvalidArgument>("`most_per_category` is {}, must be at least 1", rules.most_per_category);
  }
  if (rules.price) {
    for (const std::optional<double>& end : {rules.price->least, rules.price->most}) {
      if (end && !std::isfinite(*end)) fail<InvalidArgument>("`price` has an end that is no number");
    }
    if (rules.price->least && rules.price->most && *rules.price->least > *rules.price->most) {
      fail<InvalidArgument>("`price` goes from {} down to {}", *rules.price->least, *rules.price->most);
    }
  }
  for (const std::string& item : rules.pinned) {
    if (std::find(rules.exclude.begin(), rules.exclude.end(), item) != rules.exclude.end()) {
      fail<InvalidArgument>("item '{}' is both in `pinned` and in `exclude`", item);
    }
  }
}

std::optional<std::vector<std::int32_t>> candidates_of(const Shelf& shelf, const Rules& rules) {
  if (rules.categories.empty() && !rules.price) return std::nullopt;
  std::vector<std::int32_t> wanted;
  for (const std::string& name : rules.categories) {
    if (const std::optional<std::int32_t> category = shelf.category(name)) wanted.push_back(*category);
  }
  std::vector<std::int32_t> rows;
  for (std::int32_t row = 0; row < static_cast<std::int32_t>(shelf.size()); ++row) {
    if (rules.price && !lies_in(shelf.price(row), *rules.price)) continue;
    const std::span<const std::int32_t> own = shelf.categories(row);
    if (rules.categories.empty() ||
        std::find_first_of(own.begin(), own.end(), wanted.begin(), wanted.end()) != own.end()) {
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<std::int32_t> withheld(const Shelf& shelf, const Rules& rules) {
  std::vector<std::int32_t> rows(shelf.hidden().begin(), shelf.hidden().end());
  if (!rules.available) return rows;
  std::vector<std::int32_t> both;
  std::set_union(rows.begin(), rows.end(), shelf.unavailable().begin(), shelf.unavailable().end(),
                 std::back_inserter(both));
  return both;
}

std::vector<Candidate> limited_per_category(const Shelf& shelf, std::span<const Candidate> candidates, Index most) {
  std::unordered_map<std::int32_t, Index> listed;
  std::vector<Candidate> kept;
  for (const Candidate& candidate : candidates) {
    const std::span<const std::int32_t> own = shelf.categories(candidate.row);
    if (std::any_of(own.begin(), own.end(), [&](std::int32_t category) { return listed[category] >= most; })) continue;
    for (const std::int32_t category : own) ++listed[category];
    kept.push_back(candidate);
  }
  return kept;
}

std::vector<Candidate> diversified(std::span<const Candidate> candidates, double lambda, Index k,
                                   const std::function<double(std::int32_t, std::int32_t)>& likeness) {
  if (candidates.empty()) return {};
  const auto [lowest, highest] = std::minmax_element(
      candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
  const double range = highest->score - lowest->score;
  struct Open {
    const Candidate* candidate;
    double relevance;
    double nearest;  // the largest likeness to one that is listed
  };
  std::vector<Open> open;
  for (const Candidate& candidate : candidates) {
    open.push_back({&candidate, range > 0.0 ? (candidate.score - lowest->score) / range : 1.0, 0.0});
  }
  std::vector<Candidate> listed;
  while (!open.empty() && static_cast<Index>(listed.size()) < k) {
    const auto value = [&](const Open& o) { return (1.0 - lambda) * o.relevance - lambda * o.nearest; };
    const auto best =
        std::max_element(open.begin(), open.end(), [&](const Open& a, const Open& b) { return value(a) < value(b); });
    const bool first = listed.empty();
    listed.push_back(*best->candidate);
    open.erase(best);
    for (Open& o : open) {
      const double likeness_now = likeness(o.candidate->row, listed.back().row);
      o.nearest = first ? likeness_now : std::max(o.nearest, likeness_now);
    }
  }
  return listed;
}

}  // namespace monet::serve
