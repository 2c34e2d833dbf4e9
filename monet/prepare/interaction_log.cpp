#include "monet/prepare/interaction_log.h"

#include "monet/data/text.h"
#include "monet/data/time.h"
#include "monet/data/weights.h"
#include "monet/input/number_text.h"
#include "monet/input/utf8.h"
#include "monet/prepare/enough.h"
#include "monet/prepare/events.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace monet::prepare {

namespace {
constexpr double kLeastMs = 1e11;  // as seconds the year 5138, as milliseconds 1973

double number_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

double rating_of(std::string_view text, bool decimal_comma) {
  // The usual ones, "4" and "4.5", without a general reader of numbers.
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() == 1 && digit(0)) return text[0] - '0';
  if (text.size() == 3 && digit(0) && text[1] == '.' && digit(2)) {
    return static_cast<double>(10 * (text[0] - '0') + (text[2] - '0')) / 10.0;
  }
  double rating = number_of(text);
  if (decimal_comma && std::isnan(rating)) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), ',', '.');
    rating = number_of(plain);
  }
  if (!std::isfinite(rating)) {
    fail<DataError>(
        "the rating '{}' is no finite number; correct it, leave it empty, or leave out ratings with `rating-column "
        "none`",
        data::excerpt(text));
  }
  if (!std::isfinite(static_cast<float>(rating))) {
    fail<DataError>("the rating '{}' is too large for a finite float32 (3.4e38); scale the ratings",
                    data::excerpt(text));
  }
  return rating;
}

double time_of(std::string_view text, const data::TimeStyle& style) {
  if (text.size() < 16 && style.numbers == data::TimeStyle::Numbers::unix_time) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      number = 10 * number + (text[digits] - '0');
    }
    const auto value = static_cast<double>(number);
    if (digits == text.size() && style.fits(value)) {
      return style.per_second == 1.0 ? value : value / style.per_second;
    }
  }
  const auto time = data::parse_time(text, style);
  if (time) return *time;
  fail<DataError>("the time '{}' {}; `time-column none` leaves out the times", data::excerpt(text),
                  data::time_problem(text, style));
}
std::string_view present_id(std::string_view text, const char* what) {
  const std::string_view id = input::trimmed(text);
  if (input::is_missing_id(id)) {
    fail<DataError>("there is no {} id{}; every interaction needs one; `bad-lines skip` leaves out those without", what,
                    id.empty() ? std::string() : fmt::format(" but '{}'", id));
  }
  return checked_id(id, what);
}

/// Of the weight that a line has and that of its kind.
float product_of_weights(float own, float of_kind) {
  const double product = static_cast<double>(own) * static_cast<double>(of_kind);
  const auto weight = static_cast<float>(product);
  if (weight > 0.0F && product <= kMostWeight) return weight;
  fail<DataError>(
      "the weight {} times {}, that of its kind in `events`, is no number above 0 and at most 1000000; give `events` "
      "other weights",
      own, of_kind);
}

/// An optional text; empty where it is missing. A rating that is NaN by computation is no missing one.
std::string_view present(std::string_view text) {
  text = input::trimmed(text);
  return input::is_missing_word(text) && !input::is_not_finite(text) ? std::string_view() : text;
}
}  // namespace

void InteractionLog::read_as(const ReadingStyle& style) {
  style_ = style;
  if (!options_.time_in_ms) return;
  style_.time.per_second = 1.0;  // each time tells by its own size
  style_.time.largest = data::TimeStyle().largest;
  style_.time.smallest = data::TimeStyle().smallest;
}

InteractionLog::Read InteractionLog::read(const RawInteraction& raw) const {
  const std::string_view user = present_id(raw.user, "user");
  const std::string_view item = present_id(raw.item, "item");
  const std::string_view rating_text = present(raw.rating);
  const std::string_view time_text = present(raw.time);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return {user, item, rating_text.empty() ? kNone : rating_of(rating_text, style_.decimal_comma),
          time_text.empty() ? kNone : time_of(time_text, style_.time),
          raw.weight ? data::parse_weight(*raw.weight) : 1.0F};
}

void InteractionLog::add(const RawInteraction& raw) {
  Read next = read(raw);
  if (kinds.is_read()) {
    const float weight = kinds.take(raw.event);
    if (weight <= 0.0F) return;
    next.weight = product_of_weights(next.weight, weight);
  }
  if (options_.min_rating && !(next.rating >= *options_.min_rating)) {
    if (std::isnan(next.rating)) ++below_and_unrated_;
    ++below_min_rating_;
    return;
  }
  double time = next.time;
  std::optional<std::string> whole_user;
  std::optional<std::string> whole_item;
  if (style_.whole_users) whole_user = input::whole_float(next.user);
  if (style_.whole_items) whole_item = input::whole_float(next.item);
  const std::string_view user = whole_user ? *whole_user : next.user;
  const std::string_view item = whole_item ? *whole_item : next.item;
  if (options_.time_in_ms && time >= kLeastMs) {
    ++times_in_ms_;
    time /= 1000.0;
  }
  count_rating(next.rating);
  if (std::isnan(time)) ++without_time_;
  user_names.prefetch(user);
  item_names.prefetch(item);
  Waiting& last = waiting_[num_waiting_++];
  last.user.assign(user);
  last.item.assign(item);
  last.rating = static_cast<float>(next.rating);
  last.time = time;
  last.label = raw.label >= 0 ? raw.label : part_;
  last.weight = next.weight;
  if (num_waiting_ == waiting_.size()) settle();
}

bool InteractionLog::admits(double rating, bool single) {
  if (!options_.min_rating) return true;
  const double bound = single ? static_cast<double>(static_cast<float>(*options_.min_rating)) : *options_.min_rating;
  if (rating >= bound) return true;
  if (std::isnan(rating)) ++below_and_unrated_;
  ++below_min_rating_;
  return false;
}

void InteractionLog::append(std::int32_t user, std::int32_t item, double rating, double time, int label, float weight) {
  count_rating(rating);
  if (std::isnan(time)) ++without_time_;
  users.push_back(user);
  items.push_back(item);
  ratings.push_back(static_cast<float>(rating));
  times.push_back(time);
  if (label < 0) label = part_;
  if (label >= 0) labels.push_back(static_cast<std::uint8_t>(label));
  add_weight(weight);
  stop_when_enough();
}

void InteractionLog::stop_when_enough() {
  if (options_.most > 0 && size() > options_.most && !std::exchange(enough_, true)) throw EnoughRead{};
}

void InteractionLog::count_rating(double rating) {
  if (rating >= 0.0) return;
  if (std::isnan(rating)) {
    ++without_rating_;
    return;
  }
  ++below_zero_;
  if (rating == -1.0) ++minus_ones_;
}

void InteractionLog::add_weight(float weight) {
  if (weights.empty() && weight == 1.0F) return;
  weights.resize(users.size() - 1, 1.0F);
  weights.push_back(weight);
}

void InteractionLog::settle() {
  for (std::size_t n = 0; n < num_waiting_; ++n) {
    const Waiting& next = waiting_[n];
    users.push_back(user_names.add(next.user));
    items.push_back(item_names.add(next.item));
    ratings.push_back(next.rating);
    times.push_back(next.time);
    if (next.label >= 0) labels.push_back(static_cast<std::uint8_t>(next.label));
    add_weight(next.weight);
  }
  num_waiting_ = 0;
  stop_when_enough();
}

}  // namespace monet::prepare
