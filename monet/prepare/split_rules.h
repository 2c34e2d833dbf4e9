#pragma once

#include "monet/prepare/interaction_set.h"
#include "monet/prepare/options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace monet::prepare {

/// The part (data::Part) of each interaction:
/// - given: its label.
/// - random: each user by `data::held_out`, drawn.
/// - time: the same sizes, the newest for the test, the ones before for validation.
/// - global_time: a fifth of all, the newest half of it (rounded down) for the test; the cuts are points in time, so
///   interactions of equal time stay together. Holds for every user, however few interactions they have.
/// - leave_one_out: of each user with three or more the newest for the test, the one before for validation; without
///   times they are drawn.
/// - cold_items: a fifth of the items is drawn, the first half of them (rounded down) for the test, the rest for
///   validation, with all their interactions.
/// Draws depend on the seed and the order of users and items. `note` says in words what was done. Throws DataError:
/// times that are missing, labels that are, nothing left for training.
std::vector<std::uint8_t> split_set(const InteractionSet& set, SplitRule rule, std::uint64_t seed, std::string& note);

}  // namespace monet::prepare
