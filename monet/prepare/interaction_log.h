#pragma once

#include "monet/core/view.h"
#include "monet/data/name_table.h"
#include "monet/input/text.h"
#include "monet/prepare/events.h"
#include "monet/prepare/options.h"
#include "monet/prepare/reading_style.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// One interaction as a source writes it; empty texts where it says nothing.
struct RawInteraction {
  std::string_view user;
  std::string_view item;
  std::string_view rating;
  std::string_view time;
  int label = -1;               // 0 training, 1 validation, 2 test; -1: the source does not say
  std::string_view event = {};  // its kind
  std::optional<std::string_view> weight = {};
};

/// How a log takes interactions in.
struct LogOptions {
  std::optional<double> min_rating;      // lower ones are counted and left out; compared as written, in float64
  bool time_in_ms = false;               // times of 1e11 and more are milliseconds, and are kept as seconds
  std::vector<EventWeight> events = {};  // kinds that count, and what they weigh; empty: all weigh 1
  Index most = 0;                        // with more interactions EnoughRead is thrown, once; 0: no end
};

/// Interactions in the order in which they came: 20 bytes each, and every name once; 4 more where they have weights.
class InteractionLog {
 public:
  explicit InteractionLog(const LogOptions& options) : kinds(options.events), options_(options) {}

  /// Throws DataError, without a place, for a missing or unprintable id, a rating that is no finite number, a time that
  /// `data::parse_time` does not read, a weight that is none. An interaction whose kind does not count is counted by it
  /// and left out. What is added counts from the next `settle` on.
  void add(const RawInteraction& raw);
  /// Throws as `add` would, and adds nothing.
  void check(const RawInteraction& raw) const { read(raw); }
  /// How what is added from now on is written.
  void read_as(const ReadingStyle& style);
  const ReadingStyle& style() const { return style_; }
  /// Whether an interaction with this rating (NaN: none) is kept; one that is not is counted. `single`: the rating has
  /// the precision of float32, and so has the bound then.
  bool admits(double rating, bool single);
  /// Adds one that is admitted, whose user and item are in the names already. NaN: no rating, no time; -1: no label. To
  /// be called after `settle`.
  void append(std::int32_t user, std::int32_t item, double rating, double time, int label, float weight = 1.0F);
  /// What is added from now on is of this part, where it does not say itself; -1: unknown.
  void set_part(int part) { part_ = part; }
  /// Gives the last few that were added their indices: they wait so that the look-ups of their names, which miss the
  /// caches, overlap (measured: 92 to 189 MB/s of CSV with a million users).
  void settle();

  Index size() const { return static_cast<Index>(users.size()); }
  Index below_min_rating() const { return below_min_rating_; }
  /// Of those, the ones without a rating.
  Index below_and_unrated() const { return below_and_unrated_; }
  Index without_rating() const { return without_rating_; }
  /// Ratings of -1 where no other is below 0: they stand for none.
  Index minus_ones() const { return below_zero_ == minus_ones_ ? minus_ones_ : 0; }
  Index without_time() const { return without_time_; }
  Index times_in_ms() const { return times_in_ms_; }
  bool has_ratings() const { return without_rating_ < size(); }
  bool has_times() const { return without_time_ < size(); }
  bool has_labels() const { return !labels.empty(); }

  EventKinds kinds;  // says whether the source tells them, and which count

  // Parallel, one entry for each interaction.
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
  std::vector<float> ratings;        // NaN where there is none
  std::vector<double> times;         // NaN where there is none
  std::vector<std::uint8_t> labels;  // empty when the source has none
  std::vector<float> weights;        // empty when all are 1
  data::NameTable user_names;
  data::NameTable item_names;
  InteractionColumns columns;  // of the file that was read last; "none" or empty: there is none

 private:
  void stop_when_enough();
  /// An interaction whose texts are understood.
  struct Read {
    std::string_view user;
    std::string_view item;
    double rating;
    double time;
    float weight;
  };
  Read read(const RawInteraction& raw) const;

  struct Waiting {
    std::string user;
    std::string item;
    float rating = 0.0F;
    double time = 0.0;
    int label = -1;
    float weight = 1.0F;
  };
  void add_weight(float weight);
  void count_rating(double rating);

  LogOptions options_;
  ReadingStyle style_;
  int part_ = -1;
  std::array<Waiting, 32> waiting_;
  std::size_t num_waiting_ = 0;
  bool enough_ = false;
  Index below_min_rating_ = 0;
  Index below_and_unrated_ = 0;
  Index without_rating_ = 0;
  Index below_zero_ = 0;
  Index minus_ones_ = 0;
  Index without_time_ = 0;
  Index times_in_ms_ = 0;
};

using input::checked_id;

}  // namespace monet::prepare
