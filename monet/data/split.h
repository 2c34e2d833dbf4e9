#pragma once

#include "monet/core/view.h"
#include "monet/data/interactions.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::data {

/// How a table without a split of its own is split: at random per user, or by time per user (the newest for testing,
/// the ones before for validation).
enum class SplitKind { random, time };

/// How many of a user's interactions are held out.
struct HeldOut {
  Index validation = 0;
  Index test = 0;
};

/// The paper's rule: under 10 interactions one each for validation and test, otherwise ⌊0.2 n⌋, the first half (rounded
/// down) for the test, the rest for validation. Fewer than three stay in training whole.
HeldOut held_out(Index interactions);

/// The part of each interaction, and which are repeated.
struct Split {
  std::vector<std::uint8_t> part;  // a Part, or kRepeated for a (user, item) pair that an earlier entry holds
  Index repeated = 0;
  static constexpr std::uint8_t kRepeated = 255;
};

/// Splits interactions given as parallel arrays, each user by `held_out` of the distinct items. `times` may be empty
/// for `SplitKind::random`; of a repeated pair the earliest is kept; ties in time follow the order of the entries. The
/// draw of a user depends on `seed`, the user's index and the number of items. O(n log n per user).
Split split_interactions(std::span<const std::int32_t> users, std::span<const std::int32_t> items,
                         std::span<const double> times, Index num_users, SplitKind kind, std::uint64_t seed);

/// Splits parallel arrays as above and adds each entry to its part of `out`, beside what is to be said of repeated
/// ones. `weights` are the entries' own (empty: all weigh 1); of a repeated pair the largest counts.
void add_split(std::span<const std::int32_t> users, std::span<const std::int32_t> items, std::span<const double> times,
               std::vector<float> weights, Index num_users, SplitKind kind, std::uint64_t seed, Interactions& out);

/// Where a source holds out a test but no validation: draws as many of each user's training interactions as `held_out`
/// says for the validation (users are sorted, and repeated pairs drop out). A line in `notes` says so. Users with fewer
/// than three keep all. O(n log n).
void draw_validation(Interactions& interactions, std::uint64_t seed);

/// The same for parallel arrays: some entries of `part` become validation.
Index draw_validation(std::span<const std::int32_t> users, std::span<std::uint8_t> part, Index num_users,
                      std::uint64_t seed);

}  // namespace monet::data
