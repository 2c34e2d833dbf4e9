#include "monet/prepare/item_lists.h"

#include "monet/core/error.h"
#include "monet/input/utf8.h"
#include "monet/prepare/detail/key_values.h"
#include "monet/prepare/items/labels.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace monet::prepare {

namespace {
using input::trimmed;

template <class Take>
void each_between(std::string_view text, char separator, Take&& take) {
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    take(trimmed(text.substr(0, end)));
    if (end == text.size()) return;
    text.remove_prefix(end + 1);
  }
}

bool half_of(const KeySurvey& key, std::ptrdiff_t count) {
  return count > 0 && 2 * static_cast<std::size_t>(count) >= key.values.size();
}

/// The values that are several parts with a digit in each, of which one comes elsewhere too; at least half of them all.
bool looks_like_lists(const KeySurvey& key, char separator, std::string& example) {
  std::unordered_map<std::string, int> times;
  for (const std::string& value : key.values) {
    each_between(value, separator, [&](std::string_view part) { ++times[std::string(part)]; });
  }
  std::ptrdiff_t lists = 0;
  bool recurs = false;
  for (const std::string& value : key.values) {
    if (value.find(separator) == std::string::npos) continue;
    bool all_ids = true;
    each_between(value, separator, [&](std::string_view part) {
      all_ids = all_ids && part.find_first_of("0123456789") != std::string_view::npos &&
                part.find(' ') == std::string_view::npos;
      recurs = recurs || times[std::string(part)] > 1;
    });
    if (all_ids && lists++ == 0) example = value;
  }
  return recurs && half_of(key, lists);
}

/// `[1 2 3]` as NumPy writes its numbers; nothing when it is something else.
std::optional<std::vector<std::string>> numbers_between_blanks(std::string_view text, std::string_view inside) {
  constexpr std::string_view kBlanks = " \t\r\n";
  if (text.front() != '[' || inside.find_first_of(",'\"") != std::string_view::npos) return std::nullopt;
  std::vector<std::string> numbers;
  bool cut = false;
  while (!inside.empty()) {
    const std::string_view word = inside.substr(0, inside.find_first_of(kBlanks));
    cut = cut || word == "...";
    if (word != "..." && !detail::number_of(word, false)) return std::nullopt;
    numbers.emplace_back(word);
    inside.remove_prefix(std::min(inside.find_first_not_of(kBlanks, word.size()), inside.size()));
  }
  if (cut) {
    fail<DataError>("the list '{}' was cut short by NumPy; write it with tolist()", input::excerpt(text));
  }
  return numbers;
}
}  // namespace

data::ItemListStyle item_list_style(const KeySurvey& key) {
  return data::item_list_style(key.root, key.leaf(), key.values);
}

std::string unread_item_list(const KeySurvey& key) {
  std::string example;
  for (const char separator : {',', '|', ';', ' '}) {
    if (looks_like_lists(key, separator, example)) return example;
  }
  return {};
}

std::optional<std::vector<std::string>> parts_of_list(std::string_view text, const data::ItemListStyle& style) {
  text = trimmed(text);
  std::vector<std::string> parts;
  if (style.in_brackets && data::is_in_brackets(text)) {
    const std::string_view inside = trimmed(text.substr(1, text.size() - 2));
    if (inside.find_first_of("[({") == 0) {
      fail<DataError>("a list or an object in the list of items '{}'; write one line for each item",
                      input::excerpt(text));
    }
    if (inside.empty()) return parts;
    if (auto numbers = numbers_between_blanks(text, inside)) return numbers;
    if (auto labels = labels_of_list(text)) parts = std::move(*labels);
    if (parts.empty()) {
      fail<DataError>("'{}' is no list of items that can be read; write one line for each item", input::excerpt(text));
    }
    return parts;
  }
  if (style.separator == '\0' || text.find(style.separator) == std::string_view::npos) return std::nullopt;
  each_between(text, style.separator, [&](std::string_view part) {
    if (!part.empty()) parts.emplace_back(part);
  });
  return parts;
}

KeySurvey with_parts(const KeySurvey& key, const data::ItemListStyle& style) {
  KeySurvey out = key;
  if (!style.any()) return out;
  out.values.clear();
  for (const std::string& value : key.values) {
    if (value.size() >= data::kSampledBytes) continue;  // its end lacks
    try {
      if (auto parts = parts_of_list(value, style)) {
        for (std::string& part : *parts) out.values.push_back(std::move(part));
        continue;
      }
    } catch (const DataError&) {  // reading says what is wrong with it
      continue;
    }
    out.values.push_back(value);
  }
  return out;
}

void ItemLists::add(RawInteraction raw, InteractionLog& log) {
  const auto ids = parts_of_list(raw.item, style_);
  if (!ids) return log.add(raw);
  if (ids->empty()) {
    ++empty_lists_;
    return;
  }
  struct Beside {
    std::string_view RawInteraction::*field;
    std::vector<std::string> parts;
  };
  std::vector<Beside> lists;
  for (auto [field, what] : {std::pair(&RawInteraction::rating, "ratings"), std::pair(&RawInteraction::time, "times"),
                             std::pair(&RawInteraction::event, "kinds")}) {
    auto parts = parts_of_list(raw.*field, style_);
    if (!parts) continue;
    if (parts->size() != ids->size()) {
      fail<DataError>("{} {} for {} items; expected as many, or one outside a list", parts->size(), what, ids->size());
    }
    lists.push_back({field, std::move(*parts)});
  }
  // All or nothing: what is wrong with one of them is wrong with the record.
  for (const bool only_check : {true, false}) {
    for (std::size_t n = 0; n < ids->size(); ++n) {
      raw.item = (*ids)[n];
      for (const Beside& list : lists) raw.*list.field = list.parts[n];
      only_check ? log.check(raw) : log.add(raw);
    }
  }
}

}  // namespace monet::prepare
