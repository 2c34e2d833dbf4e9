#include "monet/prepare/item_lists.h"

#include "monet/core/error.h"
#include "monet/input/utf8.h"
#include "monet/prepare/items/labels.h"

#include <algorithm>
#include <unordered_map>

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

void ItemLists::add(RawInteraction raw, InteractionLog& log) {
  const std::string_view text = trimmed(raw.item);
  ids_.clear();
  if (style_.in_brackets && data::is_in_brackets(text)) {
    const std::string_view inside = trimmed(text.substr(1, text.size() - 2));
    if (inside.find_first_of("[({") == 0) {
      fail<DataError>("a list or an object in the list of items '{}'; write one line for each item",
                      input::excerpt(text));
    }
    if (inside.empty()) {
      ++empty_lists_;
      return;
    }
    if (auto ids = labels_of_list(text)) ids_ = std::move(*ids);
    if (ids_.empty()) {
      fail<DataError>("'{}' is no list of items that can be read; write one line for each item", input::excerpt(text));
    }
  } else if (style_.separator != '\0' && text.find(style_.separator) != std::string_view::npos) {
    each_between(text, style_.separator, [&](std::string_view part) {
      if (!part.empty()) ids_.emplace_back(part);
    });
  } else {
    return log.add(raw);
  }
  // All or nothing: what is wrong with one of them is wrong with the record.
  for (const std::string& id : ids_) {
    raw.item = id;
    log.check(raw);
  }
  for (const std::string& id : ids_) {
    raw.item = id;
    log.add(raw);
  }
}

}  // namespace monet::prepare
