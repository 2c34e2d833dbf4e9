#include "monet/features/text/item_terms.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>

namespace monet::features {

namespace {
constexpr std::string_view kLabelEnds = "|;>\n\r";

void merge_repeated(std::vector<ItemTerms::Entry>& entries) {
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
}  // namespace

ItemTerms::ItemTerms(std::vector<TextField> fields, std::span<const std::string> stop_words)
    : fields_(std::move(fields)) {
  if (fields_.empty()) fail<InvalidArgument>("[text features] no field is given");
  for (const TextField& field : fields_) {
    if (!(field.weight > 0.0) || !std::isfinite(field.weight)) {
      fail<InvalidArgument>("[text features] field '{}' weighs {}; expected more than 0", field.name, field.weight);
    }
  }
  for (const std::string& word : stop_words) stop_words_.insert(tokenizer_.label(word));
}

void ItemTerms::count(std::string_view term, const IdOf& id_of) {
  const std::int32_t id = id_of(term);
  if (id >= 0) counted_.push_back(id);
}

void ItemTerms::count_words(std::string_view text, const IdOf& id_of) {
  for (const std::string_view word : tokenizer_.words(text)) {
    if (stop_words_.find(word) == stop_words_.end()) count(word, id_of);
  }
}

void ItemTerms::count_labels(const TextField& field, std::string_view text, const IdOf& id_of) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kLabelEnds), text.size());
    const std::string label = tokenizer_.label(text.substr(0, end));
    if (!label.empty()) count(field.name + ":" + label, id_of);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void ItemTerms::close_field(double weight) {
  std::sort(counted_.begin(), counted_.end());
  for (auto at = counted_.begin(); at != counted_.end();) {
    const auto end = std::upper_bound(at, counted_.end(), *at);
    const auto times = static_cast<double>(end - at);
    item_.emplace_back(*at, static_cast<float>(weight * (1.0 + std::log(times))));
    at = end;
  }
  counted_.clear();
}

std::span<const ItemTerms::Entry> ItemTerms::read(std::span<const std::string_view> texts, const IdOf& id_of) {
  if (texts.size() != fields_.size()) {
    fail<InvalidArgument>("[text features] {} texts for {} fields", texts.size(), fields_.size());
  }
  item_.clear();
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    if (fields_[f].kind == TextField::Kind::labels) {
      count_labels(fields_[f], texts[f], id_of);
    } else {
      count_words(texts[f], id_of);
    }
    close_field(fields_[f].weight);
  }
  merge_repeated(item_);
  return item_;
}

void normalize(std::span<float> weights) {
  double squares = 0.0;
  for (const float weight : weights) squares += static_cast<double>(weight) * static_cast<double>(weight);
  const double scale = squares > 0.0 ? 1.0 / std::sqrt(squares) : 0.0;
  for (float& weight : weights) weight = static_cast<float>(static_cast<double>(weight) * scale);
}

}  // namespace monet::features
