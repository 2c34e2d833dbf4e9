#include "monet/prepare/choose_keys.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"
#include "monet/prepare/item_lists.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

namespace monet::prepare {

namespace {
using data::ColumnRole;

constexpr std::size_t kNoRank = 1'000'000;
constexpr std::size_t kOneDeeper = 1000;  // a key inside an object comes after all others
constexpr std::size_t kEntity = 500;      // `id` in an object called user, after a `user_id`

bool is_id(std::string_view leaf) {
  return leaf == "id" || leaf == "_id" || leaf == "ID" || leaf == "Id";
}

/// The key above the last.
std::string_view parent_of(const KeySurvey& key) {
  if (key.below.empty()) return {};
  const std::size_t last = key.below.rfind('.');
  if (last == std::string::npos) return key.root;
  const std::string_view above = std::string_view(key.below).substr(0, last);
  return above.substr(above.rfind('.') + 1);
}

std::size_t rank_of(const KeySurvey& key, ColumnRole role, bool is_table) {
  const auto named = [&](std::string_view name) {
    if (const auto rank = data::rank_of_name(name, role)) return *rank;
    if (!is_table && role == ColumnRole::item && data::is_plural_of_item(name)) return kEntity - 1;
    const bool is_list = (role == ColumnRole::rating || role == ColumnRole::time) && key.in_list && name.ends_with('s');
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

std::string_view option_of(ColumnRole role) {
  switch (role) {
    case ColumnRole::user: return "user-column";
    case ColumnRole::item: return "item-column";
    case ColumnRole::rating: return "rating-column";
    case ColumnRole::event: return "event-column";
    default: return "time-column";
  }
}

std::optional<double> number_of(std::string_view text, bool decimal_comma) {
  std::string plain(input::trimmed(text));
  if (decimal_comma) std::replace(plain.begin(), plain.end(), ',', '.');
  double value = 0.0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return error == std::errc() && end == plain.data() + plain.size() ? std::optional(value) : std::nullopt;
}

/// 4,5 and 3 but no 4.5, and no 1,000 alone, which may be a thousand.
bool has_decimal_commas(const std::vector<std::string>& values) {
  bool any = false;
  for (const std::string& value : values) {
    if (input::is_missing_word(value)) continue;
    if (!number_of(value, true) || value.find('.') != std::string::npos) return false;
    const std::size_t comma = value.find(',');
    any = any || (comma != std::string::npos && value.size() - comma != 4);
  }
  return any;
}

template <class Reads>
bool mostly(const std::vector<std::string>& values, Reads&& reads) {
  const auto good = std::count_if(values.begin(), values.end(),
                                  [&](const std::string& text) { return input::is_missing_word(text) || reads(text); });
  return 2 * static_cast<std::size_t>(good) >= values.size();
}

/// Whether these are dates written as texts.
bool holds_dates(const KeySurvey& key) {
  const data::TimeStyle style = data::time_style(key.values);
  return !key.values.empty() && mostly(key.values, [&](const std::string& text) {
    return !number_of(text, false) && data::parse_time(text, style).has_value();
  });
}

/// Whether these are numbers of the size of Unix times, or dates written as numbers.
bool holds_time_numbers(const KeySurvey& key) {
  const data::TimeStyle style = data::time_style(key.values);
  const bool sized = style.largest < data::TimeStyle().largest || style.numbers == data::TimeStyle::Numbers::date;
  return sized && mostly(key.values, [&](const std::string& text) { return number_of(text, false).has_value(); });
}

/// Whether a name speaks of a time: `view_date`, `ts`, `updated_at`.
bool is_called_like_a_time(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.find("time") != std::string::npos || lower.find("date") != std::string::npos || lower.ends_with("_at") ||
         lower.ends_with("_ts");
}

class Chooser {
 public:
  explicit Chooser(const KeyQuestion& question) : question_(question) {}

  KeyChoice run() {
    const InteractionColumns& named = question_.named;
    const KeySurvey* user = find_named(named.user, ColumnRole::user);
    const KeySurvey* item = find_named(named.item, ColumnRole::item);
    const KeySurvey* rating = find_named(named.rating, ColumnRole::rating);
    const KeySurvey* time = find_named(named.time, ColumnRole::time);
    const KeySurvey* event = find_named(named.event, ColumnRole::event);
    if (user == nullptr) user = guess_id(ColumnRole::user, question_.usual.user);
    if (item == nullptr) item = guess_id(ColumnRole::item, question_.usual.item);
    item_ = item;
    if (time == nullptr && named.time.empty()) time = guess_optional(ColumnRole::time, question_.usual.time);
    if (rating == nullptr && named.rating.empty()) {
      rating = guess_optional(ColumnRole::rating, question_.usual.rating);
      if (rating != nullptr && time == nullptr && named.time.empty() && is_unnamed_time(*rating)) {
        time = rating;
        rating = nullptr;
        note("column {} is taken for the time by its values; `rating-column {}` makes it the rating", time->name(),
             time->name());
      }
    }
    if (event == nullptr && named.event.empty()) event = guess_event();
    choice_.event = place(event);
    choice_.user = place(user);
    choice_.item = place(item);
    choice_.rating = place(rating);
    choice_.time = place(time);
    if (question_.is_table) {
      for (const KeySurvey* key : {user, item, rating, time, event}) say_if_twice(key);
    }
    if (time == nullptr && named.time.empty()) say_possible_time();
    if (rating != nullptr) set_rating_style(*rating);
    if (time != nullptr) set_time_style(*time);
    if (user != nullptr) choice_.style.whole_users = check_ids(*user, "user");
    if (item != nullptr) choice_.style.whole_items = check_ids(*item, "item");
    if (item != nullptr) set_item_lists(*item);
    return std::move(choice_);
  }

 private:
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    choice_.notes.push_back(question_.file + ": " + fmt::format(format, std::forward<Args>(args)...));
  }
  static KeyPlace place(const KeySurvey* key) { return key == nullptr ? KeyPlace() : KeyPlace{key->root, key->below}; }
  const Survey& survey() const { return question_.survey; }
  bool is_free(const KeySurvey& key) const { return taken_.count(key.name()) == 0; }

  const KeySurvey* find_named(const std::string& wanted, ColumnRole role) {
    if (wanted.empty() || (wanted == data::kNoColumn && role != ColumnRole::user && role != ColumnRole::item)) {
      return nullptr;
    }
    const KeySurvey* found = find_key(wanted, role);
    if (!taken_.insert(found->name()).second) {
      fail<DataError>("{}: '{}' is given for two roles, one of them the {}; each needs a column of its own",
                      question_.file, wanted, data::describe(role));
    }
    return found;
  }

  const KeySurvey* find_key(const std::string& wanted, ColumnRole role) const {
    if (question_.is_table) {
      for (const KeySurvey& key : survey().keys) {
        if (data::is_named(key.root, wanted)) return &key;
      }
      fail<DataError>("{}: there is no column '{}' for the {}; the header is '{}'", question_.file, wanted,
                      data::describe(role), survey().names());
    }
    return find_in_records(survey(), question_.file, wanted, role, option_of(role));
  }

 public:
  /// A key of records called so: its values, or the `id` in the objects that are there.
  static const KeySurvey* find_in_records(const Survey& survey, const std::string& file, const std::string& wanted,
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

 private:
  /// The best of the field's names.
  const KeySurvey* guess_id(ColumnRole role, const std::string& usual) {
    if (!usual.empty()) {
      const KeySurvey* key = survey().find(usual);
      if (key == nullptr) return nullptr;
      if (!is_free(*key)) {
        fail<DataError>("{}: column {} would be the {}, but is given another role; name the {}'s with `{}`",
                        question_.file, usual, data::describe(role), data::describe(role), option_of(role));
      }
      if (holds_dates(*key)) {
        fail<DataError>("{}: column {} would be the {}, but holds times, as '{}'; name the {}'s with `{}`",
                        question_.file, usual, data::describe(role), input::excerpt(key->values.front()),
                        data::describe(role), option_of(role));
      }
      taken_.insert(key->name());
      return key;
    }
    std::vector<std::pair<std::size_t, const KeySurvey*>> candidates;
    for (const KeySurvey& key : survey().keys) {
      const std::size_t rank = rank_of(key, role, question_.is_table);
      if (rank >= kNoRank || !is_free(key) || (key.filled == 0 && !question_.is_table)) continue;
      if (role == ColumnRole::user && key.most_values > 1) continue;
      candidates.emplace_back(rank, &key);
    }
    std::sort(candidates.begin(), candidates.end());
    // A session is no user: it only counts where there is nothing else.
    const auto is_session = [&](const auto& candidate) {
      return role == ColumnRole::user &&
             data::rank_of_name(candidate.second->leaf(), role) == data::rank_of_name("session_id", role);
    };
    if (std::any_of(candidates.begin(), candidates.end(),
                    [&](const auto& candidate) { return !is_session(candidate) && candidate.second->filled > 0; })) {
      std::erase_if(candidates, is_session);
    }
    if (candidates.empty()) return refuse_without(role);
    Index most = 0;
    for (const auto& candidate : candidates) most = std::max(most, candidate.second->filled);
    const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                     [&](const auto& candidate) { return 10 * candidate.second->filled >= 9 * most; });
    const KeySurvey* key = chosen->second;
    taken_.insert(key->name());
    say_choice(role, *key, candidates);
    return key;
  }

  const KeySurvey* refuse_without(ColumnRole role) const {
    if (question_.is_table || survey().records == 0) return nullptr;
    fail<DataError>("{}: no key of the {} is recognised among {}; name it with `{}` (inside an object: customer.id){}",
                    question_.file, data::describe(role), survey().names(), option_of(role),
                    survey().records == 1
                        ? "; a file that is one object for all needs one for each (pandas: orient='records')"
                        : "");
  }

  void say_choice(ColumnRole role, const KeySurvey& key,
                  const std::vector<std::pair<std::size_t, const KeySurvey*>>& candidates) {
    if (candidates.size() == 1 && key.below.empty() && key.most_values <= 1) return;
    std::string others;
    constexpr std::size_t kMost = 3;
    for (std::size_t c = 0; c < std::min(candidates.size(), kMost + 1); ++c) {
      const KeySurvey& other = *candidates[c].second;
      if (&other != &key) others += fmt::format("; '{}' is in {}", other.name(), other.filled);
    }
    note("the {} is '{}', in {} of the first {} records{}{}", data::describe(role), key.name(), key.filled,
         survey().records, key.most_values > 1 ? ", one interaction for each of its values" : "", others);
  }

  /// Whether the key may go with the items: at the top, or in the same list of objects.
  bool goes_with_items(const KeySurvey& key) const {
    if (key.below.empty()) return true;
    return item_ != nullptr && item_->in_list && item_->root == key.root && parent_of(*item_) == parent_of(key);
  }

  data::TimeStyle style_of_times(const KeySurvey& key) const {
    return question_.in_seconds ? data::TimeStyle() : data::time_style(key.values);
  }

  bool reads(ColumnRole role, const KeySurvey& key) const {
    if (role == ColumnRole::rating) {
      const bool comma = has_decimal_commas(key.values);
      return mostly(key.values, [&](const std::string& text) { return number_of(text, comma).has_value(); });
    }
    const data::TimeStyle style = style_of_times(key);
    return mostly(key.values, [&](const std::string& text) { return data::parse_time(text, style).has_value(); });
  }

  const KeySurvey* guess_optional(ColumnRole role, const std::string& usual) {
    std::vector<std::pair<std::size_t, const KeySurvey*>> candidates;
    for (const KeySurvey& key : survey().keys) {
      const bool is_usual = !usual.empty() && key.name() == usual;
      const std::size_t rank = is_usual ? 0 : usual.empty() ? rank_of(key, role, question_.is_table) : kNoRank;
      if (rank >= kNoRank || !is_free(key) || !goes_with_items(key)) continue;
      candidates.emplace_back(rank, &key);
    }
    std::sort(candidates.begin(), candidates.end());
    for (const auto& candidate : candidates) {
      const KeySurvey& key = *candidate.second;
      if (const std::string doubt = doubt_of_place(role, key); !doubt.empty()) {
        note("'{}' is not read as the {}: {}; `{} {}` reads it as that", key.name(), data::describe(role), doubt,
             option_of(role), key.name());
        continue;
      }
      if (reads(role, key)) {
        taken_.insert(key.name());
        return &key;
      }
      const bool unnamed_time = role == ColumnRole::rating && question_.named.time.empty() && is_unnamed_time(key);
      if (unnamed_time) return &key;
      note(
          "'{}' is not read as the {}: its first value is '{}'; `{} NAME` names another, `{} none` says that there is "
          "none",
          key.name(), data::describe(role), input::excerpt(key.values.front()), option_of(role), option_of(role));
    }
    return nullptr;
  }

  /// Why a column of a table without a header is not what stands at its place in the usual ones; empty: it may be.
  std::string doubt_of_place(ColumnRole role, const KeySurvey& key) const {
    const InteractionColumns& usual = question_.usual;
    if (key.name() != (role == ColumnRole::rating ? usual.rating : usual.time) || key.values.empty()) return {};
    const auto is_elsewhere = [](const std::string& named, const std::string& place) {
      return !named.empty() && named != place;
    };
    if (is_elsewhere(question_.named.user, usual.user) || is_elsewhere(question_.named.item, usual.item)) {
      return "the user or the item is in another column than usual, and so may this be";
    }
    if (role == ColumnRole::rating) {
      constexpr double kLeastId = 1000.0;
      const auto is_large = [](const std::string& text) { return number_of(text, false).value_or(0.0) >= kLeastId; };
      if (is_unnamed_time(key) || !std::all_of(key.values.begin(), key.values.end(), is_large)) return {};
      return fmt::format("its numbers are {} and more, as '{}'", kLeastId, key.values.front());
    }
    if (!reads(role, key) || holds_dates(key) || holds_time_numbers(key)) return {};
    const KeySurvey* rating = survey().find(usual.rating);
    const bool follows_rating = rating == nullptr || rating->values.empty() || reads(ColumnRole::rating, *rating);
    const auto is_negative = [](const std::string& text) { return text.starts_with('-'); };
    if (follows_rating && std::none_of(key.values.begin(), key.values.end(), is_negative)) return {};
    return fmt::format("its numbers, as '{}', are not of the size of times", key.values.front());
  }

  void say_if_twice(const KeySurvey* key) {
    if (key == nullptr || key->root.empty()) return;
    const auto count = std::count_if(survey().keys.begin(), survey().keys.end(),
                                     [&](const KeySurvey& other) { return other.root == key->root; });
    if (count > 1) note("there are {} columns '{}'; the first is read", count, key->root);
  }

  /// Times under a name that nobody knows are not taken, but not passed over in silence.
  void say_possible_time() {
    for (const KeySurvey& key : survey().keys) {
      if (!is_free(key) || !goes_with_items(key) || key.most_values > 1 || key.values.empty()) continue;
      const bool may_be_numbers = !question_.usual.user.empty() || is_called_like_a_time(key.leaf());
      if (!holds_dates(key) && !(may_be_numbers && holds_time_numbers(key))) continue;
      note("no times are read; '{}' may hold some, as '{}': `time-column {}`", key.name(),
           input::excerpt(key.values.front()), key.name());
      return;
    }
  }

  const KeySurvey* guess_event() {
    std::vector<std::pair<std::size_t, const KeySurvey*>> ranked;
    for (const KeySurvey& key : survey().keys) {
      const std::size_t rank = rank_of(key, ColumnRole::event, question_.is_table);
      const bool is_single = !question_.events.empty() && !key.in_list && key.most_values <= 1;
      if (rank >= kNoRank || is_id(key.leaf()) || !is_free(key) || !(goes_with_items(key) || is_single)) continue;
      ranked.emplace_back(rank, &key);
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<EventCandidate> candidates;
    for (const auto& [rank, key] : ranked) candidates.push_back({key->name(), key->leaf(), key->values});
    const auto chosen = choose_event_column(candidates, question_.events);
    if (!chosen) {
      if (!question_.events.empty()) refuse_without_event();
      return nullptr;
    }
    const KeySurvey* key = ranked[*chosen].second;
    if (!question_.events.empty() && candidates.size() > 1) {
      note("the kinds of interactions are those of '{}'; `event-column` names another", key->name());
    }
    taken_.insert(key->name());
    return key;
  }

  [[noreturn]] void refuse_without_event() const {
    std::string holder;
    for (const KeySurvey& key : survey().keys) {
      const EventCandidate candidate{key.name(), key.leaf(), key.values};
      const bool holds = std::any_of(key.values.begin(), key.values.end(), [&](const std::string& value) {
        return find_event(question_.events, input::trimmed(value)) != nullptr;
      });
      if (!holds || !is_free(key)) continue;
      holder = fmt::format(" ('{}' holds some of the `events`)", key.name());
      break;
    }
    fail<DataError>("{}: no column of the kinds of interactions is recognised among {}{}; name it with `event-column`",
                    question_.file, survey().names(), holder);
  }

  /// In a table without a header the third column may be the time: numbers of the size of Unix times, or dates.
  bool is_unnamed_time(const KeySurvey& key) const {
    if (question_.usual.rating.empty() || key.name() != question_.usual.rating || key.values.empty()) return false;
    const data::TimeStyle style = data::time_style(key.values);
    const bool numbers = reads(ColumnRole::rating, key);
    if (!reads(ColumnRole::time, key)) return false;
    return !numbers || style.largest < data::TimeStyle().largest || style.numbers == data::TimeStyle::Numbers::date;
  }

  void set_rating_style(const KeySurvey& key) {
    choice_.style.decimal_comma = has_decimal_commas(key.values);
    if (choice_.style.decimal_comma) note("ratings are written with a decimal comma, as '{}'", key.values.front());
  }

  void set_time_style(const KeySurvey& key) {
    choice_.style.time = style_of_times(key);
    const std::string how = data::describe(choice_.style.time);
    if (!how.empty()) note("times are {}, as '{}' shows, and are kept as seconds", how, key.values.front());
  }

  void set_item_lists(const KeySurvey& key) {
    choice_.style.item_lists = item_list_style(key);
    if (choice_.style.item_lists.any()) {
      note("'{}' holds lists of items, as '{}': one interaction for each", key.name(),
           input::excerpt(key.values.empty() ? std::string() : key.values.front()));
    } else if (const std::string list = unread_item_list(key); !list.empty()) {
      note("'{}' is read as one item id; if it is a list, write it in brackets, [1, 2], or one line for each item",
           input::excerpt(list));
    }
  }

  bool check_ids(const KeySurvey& key, const char* what) {
    const auto rounded = std::find_if(key.values.begin(), key.values.end(), [](const std::string& value) {
      return value.size() > 4 && value.find("E+") != std::string::npos && number_of(value, false).has_value();
    });
    if (question_.is_table && rounded != key.values.end()) {
      note(
          "{} ids such as '{}' were rounded by a spreadsheet, so that several may have become one; export them as text",
          what, *rounded);
    }
    if (!holds_whole_floats(key)) return false;
    const auto written = std::find_if(key.values.begin(), key.values.end(),
                                      [](const std::string& value) { return input::whole_float(value).has_value(); });
    note("{} ids are whole numbers written as floats: '{}' is kept as {}", what, *written,
         *input::whole_float(*written));
    return true;
  }

  const KeyQuestion& question_;
  KeyChoice choice_;
  std::set<std::string> taken_;
  const KeySurvey* item_ = nullptr;
};
}  // namespace

bool is_plural_of_item(std::string_view name) {
  static constexpr std::array<std::string_view, 15> kNames = {
      "items",     "item_ids", "itemIds",  "products",   "product_ids", "productIds",  "asins",     "movies",
      "movie_ids", "books",    "articles", "line_items", "lineItems",   "order_items", "orderItems"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

KeyChoice choose_keys(const KeyQuestion& question) {
  return Chooser(question).run();
}

KeyPlace choose_item_key(const Survey& survey, const std::string& file, const std::string& named,
                         const std::function<bool(std::string_view)>& knows, bool is_table,
                         std::vector<std::string>& notes) {
  if (!named.empty()) {
    if (is_table) return {named, {}};
    const KeySurvey* key = Chooser::find_in_records(survey, file, named, ColumnRole::item, "item-id-column");
    return {key->root, key->below};
  }
  struct Candidate {
    std::size_t rank;
    const KeySurvey* key;
    Index known = 0;
  };
  std::vector<Candidate> candidates;
  for (const KeySurvey& key : survey.keys) {
    if (!key.below.empty() || key.most_values > 1) continue;
    std::size_t rank = rank_of(key, ColumnRole::item, true);
    if (rank >= kNoRank && is_id(key.root)) rank = kEntity;
    if (rank < kNoRank) candidates.push_back({rank, &key});
  }
  if (candidates.empty()) return {};
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
  Index most_known = 0;
  Index most_filled = 0;
  for (Candidate& candidate : candidates) {
    const bool whole = holds_whole_floats(*candidate.key);
    for (const std::string& value : candidate.key->values) {
      const auto digits = whole ? input::whole_float(value) : std::nullopt;
      if (knows(digits ? *digits : value)) ++candidate.known;
    }
    most_known = std::max(most_known, candidate.known);
    most_filled = std::max(most_filled, candidate.key->filled);
  }
  const auto chosen = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
    return most_known > 0 ? 10 * candidate.known >= 9 * most_known : 10 * candidate.key->filled >= 9 * most_filled;
  });
  if (candidates.size() > 1) {
    std::string others;
    for (const Candidate& candidate : candidates) {
      if (&candidate == &*chosen) continue;
      others += fmt::format("; of '{}' {}", candidate.key->name(), candidate.known);
    }
    notes.push_back(
        fmt::format("{}: the item ids are '{}': {} of its values in the first {} entries are items of the "
                    "interactions{}",
                    file, chosen->key->name(), chosen->known, survey.records, others));
  }
  return {chosen->key->root, chosen->key->below};
}

}  // namespace monet::prepare
