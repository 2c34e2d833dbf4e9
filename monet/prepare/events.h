#pragma once

#include "monet/core/view.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// A kind of interaction (view, cart, purchase), and what one of that kind weighs.
struct EventWeight {
  std::string kind;
  double weight = 1.0;
};

/// Weights beyond this are slips.
inline constexpr double kMostWeight = 1e6;

/// Reads `purchase:1,cart:0.5,view`, a kind alone weighing 1. A kind may hold colons: the weight is behind the last.
/// Throws InvalidArgument: no kind, more than 1000, one named twice, a weight that is no number in (0, kMostWeight].
std::vector<EventWeight> parse_events(std::string_view text);

/// The entry for a kind as a file writes it: called the same, else the only one that differs by the case of ASCII
/// letters, by `-`, `_` and blanks in it, or as 1.0 does from 1. Nothing when there is none.
const EventWeight* find_event(const std::vector<EventWeight>& events, std::string_view kind);

/// A column or key whose name may be that of the kinds, and a sample of its values.
struct EventCandidate {
  std::string name;
  std::string_view leaf;  // the last part of the name
  std::span<const std::string> values;
};
/// Which of the candidates, the best name first, holds the kinds: with `events` the first that has one of them in its
/// sample, failing that the first; without, the first whose values look like kinds (few of them; under a name that may
/// mean anything, such as `type`, one of the usual words). Nothing when none does.
std::optional<std::size_t> choose_event_column(std::span<const EventCandidate> candidates,
                                               const std::vector<EventWeight>& events);

/// Counts interactions by their kind, and says what each weighs.
class EventKinds {
 public:
  explicit EventKinds(std::vector<EventWeight> events) : events_(std::move(events)) {}

  /// Interactions say their kind from now on, in this column. `named`: by whoever asks, so that its kinds are said even
  /// where they are not chosen from.
  void read_from(std::string column, bool named);
  bool is_read() const { return !column_.empty(); }
  /// Counts one, and says what it weighs; 0: it is left out. An empty text, or one for a missing value, is no kind.
  float take(std::string_view kind) {
    if (is_last(kind)) {
      ++kinds_[last_].count;
    } else {
      look_up(kind);
    }
    return static_cast<float>(kinds_[last_].weight);
  }
  const std::vector<EventWeight>& events() const { return events_; }

  struct Kind {
    std::string name;     // as the source writes it; empty: it says none
    double weight = 1.0;  // 0: left out
    Index count = 0;
  };
  /// The most frequent first.
  std::vector<Kind> counts() const;
  const std::string& column() const { return column_; }
  Index left_out() const;
  /// What is to be said once all is read. Throws DataError, which begins with `place`: a kind was asked for that never
  /// came, or the column that was named holds too many to be kinds.
  std::vector<std::string> conclude(const std::string& place) const;

 private:
  bool is_last(std::string_view kind) const { return last_ < kinds_.size() && kinds_[last_].name == kind; }
  void look_up(std::string_view kind);
  std::vector<std::string> tell_counts() const;

  std::vector<EventWeight> events_;
  std::string column_;
  bool named_ = false;
  bool too_many_ = false;
  std::vector<Kind> kinds_;
  std::map<std::string, std::size_t, std::less<>> known_;
  std::size_t last_ = 0;
};

}  // namespace monet::prepare
