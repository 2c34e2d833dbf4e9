#include "monet/prepare/survey.h"

#include "monet/data/id_style.h"
#include "monet/input/number_text.h"
#include "monet/input/utf8.h"

#include <algorithm>

namespace monet::prepare {

namespace {
constexpr std::size_t kMostKeys = 2'000;  // records that are keyed by data have any number
}  // namespace

std::string_view KeySurvey::leaf() const {
  if (below.empty()) return root;
  const std::string_view keys = below;
  return keys.substr(keys.rfind('.') + 1);
}

std::size_t Survey::place(std::string_view root, std::string_view below) {
  const auto [found, is_new] = places_.try_emplace({std::string(root), std::string(below)}, keys.size());
  if (!is_new) return found->second;
  if (keys.size() == kMostKeys) {
    places_.erase(found);
    return kMostKeys - 1;
  }
  KeySurvey& made = keys.emplace_back();
  made.root = root;
  made.below = below;
  return found->second;
}

const KeySurvey* Survey::find(std::string_view name) const {
  const KeySurvey* found = nullptr;
  for (const KeySurvey& key : keys) {
    if (key.name() == name && (found == nullptr || key.below.empty())) found = &key;
  }
  return found;
}

void Survey::add(KeySurvey& key, std::string_view text, bool is_number, Index values_before) {
  if (values_before == 0) ++key.filled;
  key.most_values = std::max(key.most_values, values_before + 1);
  key.all_numbers = key.all_numbers && is_number;
  if (key.values.size() < static_cast<std::size_t>(kMostRecords))
    key.values.emplace_back(text.substr(0, data::kSampledBytes));
}

std::string Survey::names() const {
  std::string text;
  constexpr std::size_t kMost = 12;
  for (std::size_t k = 0; k < std::min(keys.size(), kMost); ++k) {
    text += (text.empty() ? "" : ", ") + keys[k].name().substr(0, data::kSampledBytes);
  }
  return keys.size() > kMost ? text + ", …" : text;
}

Survey survey_table(input::TableReader& table) {
  Survey survey;
  for (const std::string& column : table.header()) {
    KeySurvey& key = survey.keys.emplace_back();
    key.root = column;
    key.all_numbers = false;
  }
  input::BadLines any(true);
  std::size_t bytes = 0;
  while (survey.records < Survey::kMostRecords && bytes < Survey::kMostBytes && table.next(any)) {
    ++survey.records;
    for (std::size_t column = 0; column < survey.keys.size(); ++column) {
      const std::string_view text = input::trimmed(table.field(column));
      bytes += text.size();
      if (!text.empty()) Survey::add(survey.keys[column], text, false, 0);
    }
  }
  return survey;
}

bool holds_whole_floats(const KeySurvey& key) {
  if (!key.all_numbers) return data::are_whole_floats(key.values);
  bool any = false;
  for (const std::string& value : key.values) {
    const bool is_float = input::whole_float(value).has_value();
    any = any || is_float;
    if (!is_float && !input::is_whole_number(value)) return false;
  }
  return any;
}

}  // namespace monet::prepare
