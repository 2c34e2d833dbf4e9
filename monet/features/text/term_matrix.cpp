#include "monet/features/text/term_matrix.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::features {

namespace {
constexpr std::string_view kLabelEnds = "|;>\n\r";

void merge_repeated(std::vector<std::pair<std::int32_t, float>>& entries) {
  std::sort(entries.begin(), entries.end());
  std::size_t kept = 0;
  for (const auto& entry : entries) {
    if (kept > 0 && entries[kept - 1].first == entry.first) {
      entries[kept - 1].second += entry.second;
    } else {
      entries[kept++] = entry;
    }
  }
  entries.resize(kept);
}

void normalize(std::span<float> row) {
  double squares = 0.0;
  for (const float weight : row) squares += static_cast<double>(weight) * static_cast<double>(weight);
  const double scale = squares > 0.0 ? 1.0 / std::sqrt(squares) : 0.0;
  for (float& weight : row) weight = static_cast<float>(static_cast<double>(weight) * scale);
}
}  // namespace

TermCounter::TermCounter(std::vector<TextField> fields, TermOptions options)
    : fields_(std::move(fields)), options_(std::move(options)) {
  if (fields_.empty()) fail<InvalidArgument>("[text features] no field is given");
  for (const TextField& field : fields_) {
    if (!(field.weight > 0.0) || !std::isfinite(field.weight)) {
      fail<InvalidArgument>("[text features] field '{}' weighs {}; expected more than 0", field.name, field.weight);
    }
  }
  if (options_.min_items < 1 || options_.max_terms < 1 || !(options_.max_share > 0.0) || options_.max_share > 1.0) {
    fail<InvalidArgument>(
        "[text features] terms of at least {} items and a share of at most {}, {} terms; expected at least 1, a share "
        "in (0, 1], at least 1",
        options_.min_items, options_.max_share, options_.max_terms);
  }
  for (const std::string& word : options_.stop_words) stop_words_.insert(tokenizer_.label(word));
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

void TermCounter::count_words(std::string_view text) {
  for (const std::string_view word : tokenizer_.words(text)) {
    if (stop_words_.find(word) == stop_words_.end()) counted_.push_back(id_of(word));
  }
}

void TermCounter::count_labels(const TextField& field, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kLabelEnds), text.size());
    const std::string label = tokenizer_.label(text.substr(0, end));
    if (!label.empty()) counted_.push_back(id_of(field.name + ":" + label));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void TermCounter::close_field(double weight) {
  std::sort(counted_.begin(), counted_.end());
  for (auto at = counted_.begin(); at != counted_.end();) {
    const auto end = std::upper_bound(at, counted_.end(), *at);
    const auto count = static_cast<double>(end - at);
    item_.emplace_back(*at, static_cast<float>(weight * (1.0 + std::log(count))));
    at = end;
  }
  counted_.clear();
}

void TermCounter::add(std::span<const std::string_view> texts) {
  if (texts.size() != fields_.size()) {
    fail<InvalidArgument>("[text features] {} texts for {} fields", texts.size(), fields_.size());
  }
  item_.clear();
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    if (fields_[f].kind == TextField::Kind::labels) {
      count_labels(fields_[f], texts[f]);
    } else {
      count_words(texts[f]);
    }
    close_field(fields_[f].weight);
  }
  merge_repeated(item_);
  for (const Entry& entry : item_) ++items_with_[static_cast<std::size_t>(entry.first)];
  if (!item_.empty()) ++items_with_terms_;
  entries_.insert(entries_.end(), item_.begin(), item_.end());
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
  std::vector<float> idf(out.terms.size());
  const auto n = static_cast<double>(items_with_terms_);
  for (std::size_t id = 0; id < columns.size(); ++id) {
    if (columns[id] < 0) continue;
    const double share = (1.0 + n) / (1.0 + static_cast<double>(items_with_[id]));
    idf[static_cast<std::size_t>(columns[id])] = static_cast<float>(std::log(share) + 1.0);
  }
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  auto at = entries_.cbegin();
  for (const Index end : ends_) {
    item_.clear();
    for (; at != entries_.cbegin() + end; ++at) {
      const std::int32_t column = columns[static_cast<std::size_t>(at->first)];
      if (column >= 0) item_.emplace_back(column, at->second * idf[static_cast<std::size_t>(column)]);
    }
    std::sort(item_.begin(), item_.end());
    for (const auto& [column, weight] : item_) {
      indices.push_back(column);
      out.weights.push_back(weight);
    }
    normalize(std::span(out.weights).subspan(static_cast<std::size_t>(indptr.back())));
    if (item_.empty()) ++out.empty_items;
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  const auto rows = static_cast<Index>(ends_.size());
  out.pattern = Csr(rows, static_cast<Index>(out.terms.size()), std::move(indptr), std::move(indices));
  return out;
}

}  // namespace monet::features
