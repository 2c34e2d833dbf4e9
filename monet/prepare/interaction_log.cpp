#include "monet/prepare/interaction_log.h"

#include "monet/data/text.h"
#include "monet/data/time.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace monet::prepare {

namespace {
constexpr double kLeastMs = 1e11;  // as seconds the year 5138, as milliseconds 1973

double number_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

float rating_of(std::string_view text) {
  const double rating = number_of(text);
  if (!std::isfinite(static_cast<float>(rating))) {
    fail<DataError>("the rating '{}' is no finite number; correct it, or leave it empty", data::excerpt(text));
  }
  return static_cast<float>(rating);
}

double time_of(std::string_view text) {
  if (text.size() < 16 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return static_cast<double>(seconds);
  }
  const auto time = data::parse_time(text);
  if (!time) fail<DataError>("the time '{}' is neither a number nor an ISO date", data::excerpt(text));
  return *time;
}
}  // namespace

void InteractionLog::add(const RawInteraction& raw) {
  constexpr float kNoRating = std::numeric_limits<float>::quiet_NaN();
  constexpr double kNoTime = std::numeric_limits<double>::quiet_NaN();
  const std::string_view user = checked_id(raw.user, "user");
  const std::string_view item = checked_id(raw.item, "item");
  const std::string_view rating_text = input::trimmed(raw.rating);
  const std::string_view time_text = input::trimmed(raw.time);
  const float rating = rating_text.empty() ? kNoRating : rating_of(rating_text);
  double time = time_text.empty() ? kNoTime : time_of(time_text);
  if (options_.min_rating && !(static_cast<double>(rating) >= *options_.min_rating)) {
    ++below_min_rating_;
    return;
  }
  if (options_.time_in_ms && time >= kLeastMs) {
    ++times_in_ms_;
    time /= 1000.0;
  }
  if (std::isnan(rating)) ++without_rating_;
  if (std::isnan(time)) ++without_time_;
  user_names.prefetch(user);
  item_names.prefetch(item);
  Waiting& last = waiting_[num_waiting_++];
  last.user.assign(user);
  last.item.assign(item);
  last.rating = rating;
  last.time = time;
  last.label = raw.label >= 0 ? raw.label : part_;
  if (num_waiting_ == waiting_.size()) settle();
}

bool InteractionLog::admits(double rating, bool single) {
  if (!options_.min_rating) return true;
  const double bound = single ? static_cast<double>(static_cast<float>(*options_.min_rating)) : *options_.min_rating;
  if (rating >= bound) return true;
  ++below_min_rating_;
  return false;
}

void InteractionLog::append(std::int32_t user, std::int32_t item, double rating, double time, int label) {
  if (std::isnan(rating)) ++without_rating_;
  if (std::isnan(time)) ++without_time_;
  users.push_back(user);
  items.push_back(item);
  ratings.push_back(static_cast<float>(rating));
  times.push_back(time);
  if (label < 0) label = part_;
  if (label >= 0) labels.push_back(static_cast<std::uint8_t>(label));
}

void InteractionLog::settle() {
  for (std::size_t n = 0; n < num_waiting_; ++n) {
    const Waiting& next = waiting_[n];
    users.push_back(user_names.add(next.user));
    items.push_back(item_names.add(next.item));
    ratings.push_back(next.rating);
    times.push_back(next.time);
    if (next.label >= 0) labels.push_back(static_cast<std::uint8_t>(next.label));
  }
  num_waiting_ = 0;
}

}  // namespace monet::prepare
