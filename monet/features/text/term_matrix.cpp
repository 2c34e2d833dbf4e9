#include "monet/features/text/term_matrix.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::features {

TermCounter::TermCounter(std::vector<TextField> fields, TermOptions options)
    : item_terms_(std::move(fields), options.stop_words), options_(std::move(options)) {
  if (options_.min_items < 1 || options_.max_terms < 1 || !(options_.max_share > 0.0) || options_.max_share > 1.0) {
    fail<InvalidArgument>(
        "[text features] terms of at least {} items and a share of at most {}, {} terms; expected at least 1, a share "
        "in (0, 1], at least 1",
        options_.min_items, options_.max_share, options_.max_terms);
  }
}

std::int32_t TermCounter::id_of(std::string_view term) {
  if (const auto found = ids_.find(term); found != ids_.end()) return found->second;
  if (ids_.size() >= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail<DataError>("[text features] more than {} different terms", ids_.size());
  }
  const auto id = static_cast<std::int32_t>(ids_.size());
  ids_.emplace(term, id);
  items_with_.push_back(0);
  return id;
}

void TermCounter::add(std::span<const std::string_view> texts) {
  const auto item = item_terms_.read(texts, [this](std::string_view term) { return id_of(term); });
  for (const Entry& entry : item) ++items_with_[static_cast<std::size_t>(entry.first)];
  if (!item.empty()) ++items_with_terms_;
  entries_.insert(entries_.end(), item.begin(), item.end());
  ends_.push_back(static_cast<Index>(entries_.size()));
}

std::vector<std::int32_t> TermCounter::choose(std::vector<std::string>& terms) const {
  const double most = options_.max_share * static_cast<double>(items_with_terms_);
  std::vector<std::pair<std::string_view, std::int32_t>> kept;
  for (const auto& [term, id] : ids_) {
    const Index items = items_with_[static_cast<std::size_t>(id)];
    // In a handful of items any term has a great share.
    if (items < options_.min_items || (static_cast<double>(items) > most && items > 2)) continue;
    kept.emplace_back(term, id);
  }
  std::sort(kept.begin(), kept.end());
  if (static_cast<Index>(kept.size()) > options_.max_terms) {
    std::stable_sort(kept.begin(), kept.end(), [&](const auto& a, const auto& b) {
      return items_with_[static_cast<std::size_t>(a.second)] > items_with_[static_cast<std::size_t>(b.second)];
    });
    kept.resize(static_cast<std::size_t>(options_.max_terms));
    std::sort(kept.begin(), kept.end());
  }
  std::vector<std::int32_t> columns(ids_.size(), -1);
  for (const auto& [term, id] : kept) {
    columns[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(terms.size());
    terms.emplace_back(term);
  }
  return columns;
}

TermMatrix TermCounter::finish() && {
  TermMatrix out;
  const std::vector<std::int32_t> columns = choose(out.terms);
  out.idf.resize(out.terms.size());
  const auto n = static_cast<double>(items_with_terms_);
  for (std::size_t id = 0; id < columns.size(); ++id) {
    if (columns[id] < 0) continue;
    const double share = (1.0 + n) / (1.0 + static_cast<double>(items_with_[id]));
    out.idf[static_cast<std::size_t>(columns[id])] = static_cast<float>(std::log(share) + 1.0);
  }
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  std::vector<Entry> item;
  auto at = entries_.cbegin();
  for (const Index end : ends_) {
    item.clear();
    for (; at != entries_.cbegin() + end; ++at) {
      const std::int32_t column = columns[static_cast<std::size_t>(at->first)];
      if (column >= 0) item.emplace_back(column, at->second * out.idf[static_cast<std::size_t>(column)]);
    }
    std::sort(item.begin(), item.end());
    for (const auto& [column, weight] : item) {
      indices.push_back(column);
      out.weights.push_back(weight);
    }
    normalize(std::span(out.weights).subspan(static_cast<std::size_t>(indptr.back())));
    if (item.empty()) ++out.empty_items;
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  const auto rows = static_cast<Index>(ends_.size());
  out.pattern = Csr(rows, static_cast<Index>(out.terms.size()), std::move(indptr), std::move(indices));
  return out;
}

}  // namespace monet::features
