#include "monet/prepare/events.h"

#include "monet/core/error.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace monet::prepare {

namespace {
using namespace std::string_view_literals;

constexpr std::size_t kMostKinds = 1000;  // more are no kinds
constexpr std::size_t kFewKinds = 20;     // of a sample whose column nobody named
constexpr std::size_t kMostSaid = 10;

/// Without what does not count when kinds are compared loosely.
std::string loose(std::string_view kind) {
  if (const auto whole = input::whole_float(kind)) return *whole;
  std::string out;
  for (const char c : kind) {
    if (c == ' ' || c == '_' || c == '-') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

std::string_view present_kind(std::string_view text) {
  text = input::trimmed(text);
  return input::is_missing_word(text) ? std::string_view() : text;
}

bool is_usual_kind(std::string_view value) {
  static constexpr std::array kWords = {
      "view"sv,       "views"sv,   "pageview"sv,  "detail"sv,    "pv"sv,       "click"sv,         "clicks"sv,
      "impression"sv, "cart"sv,    "addtocart"sv, "carts"sv,     "favorite"sv, "favourite"sv,     "fav"sv,
      "wishlist"sv,   "collect"sv, "purchase"sv,  "purchased"sv, "buy"sv,      "order"sv,         "transaction"sv,
      "play"sv,       "listen"sv,  "watch"sv,     "like"sv,      "share"sv,    "removefromcart"sv};
  return std::find(kWords.begin(), kWords.end(), loose(value)) != kWords.end();
}

/// Names that may mean something else: of the item, of the record.
bool is_general_name(std::string_view name) {
  const std::string plain = loose(name.substr(0, name.rfind(':')));
  return plain == "type" || plain == "action" || plain == "interaction" || plain == "event";
}

bool look_like_kinds(const EventCandidate& candidate) {
  std::set<std::string_view> kinds;
  bool any_usual = false;
  for (const std::string& value : candidate.values) {
    const std::string_view kind = present_kind(value);
    if (kind.empty() || !kinds.insert(kind).second) continue;
    if (kinds.size() > kFewKinds) return false;
    any_usual = any_usual || is_usual_kind(kind);
  }
  return !kinds.empty() && (any_usual || !is_general_name(candidate.leaf));
}

std::string shown(const EventKinds::Kind& kind) {
  return kind.name.empty() ? std::string("(none)") : input::excerpt(kind.name);
}

/// "view 120, cart 14, purchase 9".
std::string counts_text(const std::vector<EventKinds::Kind>& kinds) {
  std::string text;
  for (std::size_t k = 0; k < std::min(kinds.size(), kMostSaid); ++k) {
    text += fmt::format("{}{} {}", k > 0 ? ", " : "", shown(kinds[k]), kinds[k].count);
  }
  if (kinds.size() > kMostSaid) text += fmt::format(" and {} more", kinds.size() - kMostSaid);
  return text;
}

/// "purchase:1,cart:0.5,view:0.1": what is rare tells most.
std::string example_for(const std::vector<EventKinds::Kind>& kinds) {
  static constexpr std::array kWeights = {"1"sv, "0.5"sv, "0.1"sv};
  std::string text;
  std::size_t used = 0;
  std::set<std::string> told;
  for (auto kind = kinds.rbegin(); kind != kinds.rend() && used < kWeights.size(); ++kind) {
    if (kind->name.empty() || !told.insert(loose(kind->name)).second) continue;
    text += fmt::format("{}{}:{}", used > 0 ? "," : "", kind->name, kWeights[used]);
    ++used;
  }
  return text.find_first_of(" '\"`$\\;&|<>(){}*?!#") == std::string::npos ? text : "KIND:WEIGHT,…";
}
}  // namespace

std::vector<EventWeight> parse_events(std::string_view text) {
  std::vector<EventWeight> events;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view kind = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    EventWeight event;
    if (const std::size_t colon = kind.rfind(':'); colon != std::string_view::npos) {
      const std::string_view number = input::trimmed(kind.substr(colon + 1));
      kind = kind.substr(0, colon);
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), event.weight);
      const bool whole = error == std::errc() && end == number.data() + number.size();
      if (!whole || !(event.weight > 0.0 && event.weight <= kMostWeight) || static_cast<float>(event.weight) <= 0.0F) {
        fail<InvalidArgument>("`events`: the weight '{}' of '{}' is no number above 0 and at most 1000000",
                              input::excerpt(number), input::excerpt(input::trimmed(kind)));
      }
    }
    event.kind = input::trimmed(kind);
    if (event.kind.empty()) {
      fail<InvalidArgument>("`events`: '{}' has an entry without a kind; expected KIND:WEIGHT,…", input::excerpt(text));
    }
    if (std::any_of(events.begin(), events.end(), [&](const EventWeight& e) { return e.kind == event.kind; })) {
      fail<InvalidArgument>("`events` names '{}' twice; one weight for each kind", input::excerpt(event.kind));
    }
    if (events.size() == kMostKinds) {
      fail<InvalidArgument>("`events` names more than {} kinds; expected KIND:WEIGHT,…", kMostKinds);
    }
    events.push_back(std::move(event));
  }
  if (events.empty()) fail<InvalidArgument>("`events` names no kind; expected KIND:WEIGHT,…");
  return events;
}

const EventWeight* find_event(const std::vector<EventWeight>& events, std::string_view kind) {
  const auto same = std::find_if(events.begin(), events.end(), [&](const EventWeight& e) { return e.kind == kind; });
  if (same != events.end()) return &*same;
  const std::string plain = loose(kind);
  const EventWeight* found = nullptr;
  for (const EventWeight& event : events) {
    if (loose(event.kind) != plain) continue;
    if (found != nullptr) return nullptr;
    found = &event;
  }
  return found;
}

std::optional<std::size_t> choose_event_column(std::span<const EventCandidate> candidates,
                                               const std::vector<EventWeight>& events) {
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const EventCandidate& candidate = candidates[c];
    const bool holds_kinds =
        events.empty() ? look_like_kinds(candidate)
                       : std::any_of(candidate.values.begin(), candidate.values.end(), [&](const auto& value) {
                           const std::string_view kind = present_kind(value);
                           return !kind.empty() && find_event(events, kind) != nullptr;
                         });
    if (holds_kinds) return c;
  }
  return events.empty() || candidates.empty() ? std::nullopt : std::optional<std::size_t>(0);
}

void EventKinds::read_from(std::string column, bool named) {
  column_ = std::move(column);
  named_ = named;
}

void EventKinds::look_up(std::string_view text) {
  const std::string_view kind = present_kind(text);
  if (const auto found = known_.find(kind); found != known_.end()) {
    last_ = found->second;
  } else if (kinds_.size() == kMostKinds) {
    too_many_ = true;
    last_ = kinds_.size() - 1;
  } else {
    const EventWeight* event = kind.empty() ? nullptr : find_event(events_, kind);
    last_ = kinds_.size();
    known_.emplace(kind, last_);
    kinds_.push_back({std::string(kind), events_.empty() ? 1.0 : event ? event->weight : 0.0, 0});
  }
  ++kinds_[last_].count;
}

std::vector<EventKinds::Kind> EventKinds::counts() const {
  std::vector<Kind> kinds = kinds_;
  std::stable_sort(kinds.begin(), kinds.end(), [](const Kind& a, const Kind& b) { return a.count > b.count; });
  return kinds;
}

Index EventKinds::left_out() const {
  Index count = 0;
  for (const Kind& kind : kinds_) count += kind.weight > 0.0 ? 0 : kind.count;
  return count;
}

std::vector<std::string> EventKinds::conclude(const std::string& place) const {
  if (!is_read()) return {};
  const std::vector<Kind> all = counts();
  if (too_many_) {
    if (!named_ && events_.empty()) return {};
    fail<DataError>(
        "{}: column {} holds more than {} kinds of interactions, such as '{}' and '{}'; name the right one with "
        "`event-column`",
        place, column_, kMostKinds, shown(all[0]), shown(all[1]));
  }
  std::string missing;
  for (const EventWeight& event : events_) {
    const bool came = std::any_of(all.begin(), all.end(), [&](const Kind& kind) {
      return !kind.name.empty() && find_event(events_, kind.name) == &event;
    });
    if (!came) missing += fmt::format("{}'{}'", missing.empty() ? "" : ", ", input::excerpt(event.kind));
  }
  if (!missing.empty()) {
    fail<DataError>("{}: `events` names {}, which column {} never holds; its kinds are {}", place, missing, column_,
                    all.empty() ? "none" : counts_text(all));
  }
  return tell_counts();
}

std::vector<std::string> EventKinds::tell_counts() const {
  const std::vector<Kind> all = counts();
  if (events_.empty()) {
    const auto kinds = std::count_if(all.begin(), all.end(), [](const Kind& kind) { return !kind.name.empty(); });
    if (kinds < 2 && !named_) return {};
    if (kinds < 2) {
      return {fmt::format("column {} has no two kinds of interactions to choose from: {}", column_, counts_text(all))};
    }
    return {
        fmt::format("column {} has {} kinds of interactions: {}; all count the same; `events` {} chooses and "
                    "weighs",
                    column_, kinds, counts_text(all), example_for(all))};
  }
  std::vector<Kind> others;
  std::string taken;
  for (const Kind& kind : all) {
    if (kind.weight > 0.0) {
      taken += fmt::format("{}{} {} (weight {})", taken.empty() ? "" : ", ", shown(kind), kind.count, kind.weight);
    } else {
      others.push_back(kind);
    }
  }
  std::vector<std::string> notes{fmt::format("interactions by column {}: {}", column_, taken)};
  if (!others.empty()) {
    notes.push_back(fmt::format("{} interactions of other kinds left out: {}", left_out(), counts_text(others)));
  }
  return notes;
}

}  // namespace monet::prepare
