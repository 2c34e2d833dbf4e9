#include "monet/prepare/choose_keys.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"
#include "monet/prepare/detail/key_names.h"
#include "monet/prepare/detail/key_style.h"
#include "monet/prepare/detail/key_values.h"
#include "monet/prepare/item_lists.h"

#include <algorithm>
#include <set>
#include <utility>

namespace monet::prepare {

namespace detail {
namespace {
using data::ColumnRole;

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
    if (item != nullptr) lists_ = item_list_style(*item);
    if (!question_.is_table && user != nullptr && item != nullptr) refuse_keyed_records(*user, *item);
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
    choice_.style = style_of({user, item, rating, time, event}, question_, choice_.notes);
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
    return key_in_records(survey(), question_.file, wanted, role, option_of(role));
  }

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

  /// One object around all records, each under a key of its own: {"0": {"user": 1, …}, "1": {"user": 2, …}}.
  void refuse_keyed_records(const KeySurvey& user, const KeySurvey& item) const {
    const std::string around = path_above(user.name());
    if (around.empty() || user.in_list || path_above(item.name()) != around) return;
    for (const KeySurvey& other : survey().keys) {
      const std::string its = path_above(other.name());
      if (its == around || other.leaf() != user.leaf() || path_above(its) != path_above(around)) continue;
      if (survey().find(fmt::format("{}.{}", its, item.leaf())) == nullptr) continue;
      fail<DataError>(
          "{}: one object holds the records, each under a key of its own, as '{}' and '{}'; write a list of them, "
          "[{{…}}, {{…}}], or a line for each (pandas: orient='records')",
          question_.file, around, its);
    }
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

  bool reads(ColumnRole role, const KeySurvey& written) const {
    const KeySurvey key = with_parts(written, lists_);
    if (role == ColumnRole::rating) {
      const bool comma = has_decimal_commas(key.values);
      return mostly(key.values, [&](const std::string& text) { return number_of(text, comma).has_value(); });
    }
    const data::TimeStyle style = style_of_times(key, question_);
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
    if (std::any_of(candidates.begin(), candidates.end(), [](const auto& of) { return of.second->filled > 0; })) {
      std::erase_if(candidates, [](const auto& of) { return of.second->filled == 0; });
    }
    for (const auto& candidate : candidates) {
      const KeySurvey& key = role == ColumnRole::time ? finest(candidates, *candidate.second) : *candidate.second;
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
      if (role == ColumnRole::time && data::are_ambiguous_dates(key.values)) {
        fail<DataError>("{}: the time '{}' {}; `{} none` leaves out the times", question_.file,
                        input::excerpt(key.values.front()), data::time_problem(key.values.front()), option_of(role));
      }
      note(
          "'{}' is not read as the {}: its first value is '{}'; `{} NAME` names another, `{} none` says that there is "
          "none",
          key.name(), data::describe(role), input::excerpt(key.values.front()), option_of(role), option_of(role));
    }
    return nullptr;
  }

  /// Of columns of times, where the best by its name tells no more than days, the next that tells more.
  const KeySurvey& finest(const std::vector<std::pair<std::size_t, const KeySurvey*>>& candidates,
                          const KeySurvey& best) {
    const auto days_only = [&](const KeySurvey& key) { return holds_days_only(key, style_of_times(key, question_)); };
    if (!reads(ColumnRole::time, best) || !days_only(best)) return best;
    for (const auto& [rank, key] : candidates) {
      if (key == &best || 10 * key->filled < 9 * best.filled || !reads(ColumnRole::time, *key) || days_only(*key)) {
        continue;
      }
      note("the time is '{}', as '{}' tells no more than days; `{} {}` takes that", key->name(), best.name(),
           option_of(ColumnRole::time), best.name());
      return *key;
    }
    return best;
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

  const KeyQuestion& question_;
  KeyChoice choice_;
  std::set<std::string> taken_;
  const KeySurvey* item_ = nullptr;
  data::ItemListStyle lists_;
};
}  // namespace
}  // namespace detail

KeyChoice choose_keys(const KeyQuestion& question) {
  return detail::Chooser(question).run();
}

}  // namespace monet::prepare
