#include "monet/prepare/detail/key_names.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace monet::prepare::detail {

using data::ColumnRole;

namespace {
constexpr std::size_t kOneDeeper = 1000;  // a key inside an object comes after all others
}  // namespace

bool is_id(std::string_view leaf) {
  return leaf == "id" || leaf == "_id" || leaf == "ID" || leaf == "Id";
}

std::string_view parent_of(const KeySurvey& key) {
  if (key.below.empty()) return {};
  const std::size_t last = key.below.rfind('.');
  if (last == std::string::npos) return key.root;
  const std::string_view above = std::string_view(key.below).substr(0, last);
  return above.substr(above.rfind('.') + 1);
}

std::string path_above(const std::string& name) {
  const std::size_t last = name.rfind('.');
  return last == std::string::npos ? std::string() : name.substr(0, last);
}

std::size_t rank_of(const KeySurvey& key, ColumnRole role, bool is_table) {
  const auto named = [&](std::string_view name) {
    if (const auto rank = data::rank_of_name(name, role)) return *rank;
    if (!is_table && role == ColumnRole::item && data::is_plural_of_item(name)) return kEntity - 1;
    const bool holds_lists = key.in_list || (!key.values.empty() && data::is_in_brackets(key.values.front()));
    const bool is_list = (role == ColumnRole::rating || role == ColumnRole::time) && holds_lists && name.ends_with('s');
    if (const auto rank = is_list ? data::rank_of_name(name.substr(0, name.size() - 1), role) : std::nullopt) {
      return *rank + kEntity;
    }
    return kNoRank;
  };
  const std::size_t leaf = named(key.leaf());
  if (key.below.empty()) return leaf;
  const auto depth = static_cast<std::size_t>(1 + std::count(key.below.begin(), key.below.end(), '.'));
  if (leaf != kNoRank) return leaf + depth * kOneDeeper;
  if (!is_id(key.leaf())) return kNoRank;
  const std::size_t parent = named(parent_of(key));
  return parent == kNoRank ? kNoRank : parent + kEntity + depth * kOneDeeper;
}

bool is_called_like_a_time(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.find("time") != std::string::npos || lower.find("date") != std::string::npos || lower.ends_with("_at") ||
         lower.ends_with("_ts");
}

std::string_view option_of(ColumnRole role) {
  switch (role) {
    case ColumnRole::user: return "user-column";
    case ColumnRole::item: return "item-column";
    case ColumnRole::rating: return "rating-column";
    case ColumnRole::event: return "event-column";
    default: return "time-column";
  }
}

const KeySurvey* key_in_records(const Survey& survey, const std::string& file, const std::string& wanted,
                                ColumnRole role, std::string_view option) {
  const KeySurvey* plain = survey.find(wanted);
  const KeySurvey* inside = nullptr;
  std::size_t best = kNoRank;
  std::string keys;
  Index objects = 0;
  for (const KeySurvey& key : survey.keys) {
    const std::string name = key.name();
    if (!name.starts_with(wanted + ".")) continue;
    const std::string below = name.substr(wanted.size() + 1);
    objects = std::max(objects, key.filled);
    if (keys.size() < 100) keys += (keys.empty() ? "" : ", ") + below;
    if (below.find('.') != std::string::npos) continue;
    std::size_t rank = kNoRank;
    if (is_id(below) && role != ColumnRole::event) {
      rank = 0;
    } else if (const auto named = data::rank_of_name(below, role)) {
      rank = 1 + *named;
    }
    if (rank < best) {
      best = rank;
      inside = &key;
    }
  }
  if (plain != nullptr && plain->filled >= objects) return plain;
  if (objects == 0) {
    fail<DataError>("{}: there is no key '{}' for the {} with a value in the first {} records; there are {}", file,
                    wanted, data::describe(role), survey.records, survey.names());
  }
  if (role == ColumnRole::rating || role == ColumnRole::time) inside = nullptr;  // no id
  if (inside != nullptr) return inside;
  fail<DataError>(
      "{}: under '{}' lie objects, and it does not follow which of their values is the {}; name it with "
      "`{}` {}.KEY (KEY: {})",
      file, wanted, data::describe(role), option, wanted, keys);
}

}  // namespace monet::prepare::detail
