#pragma once

#include "monet/prepare/interaction_log.h"

#include <cstdint>
#include <string>
#include <vector>

namespace monet::prepare {

/// What was left out on the way from the log to the set.
struct Cleaning {
  Index merged = 0;        // repetitions of a (user, item) pair; the earliest stays, with the largest weight
  Index in_two_parts = 0;  // pairs that the source's split has in more than one part
  Index core_rounds = 0;
  Index core_interactions = 0;  // left out by the k-core, likewise users and items
  Index core_users = 0;
  Index core_items = 0;
};

/// Interactions of users and items that are numbered without gaps, in the order of their first appearance.
struct InteractionSet {
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
  std::vector<float> ratings;
  std::vector<double> times;
  std::vector<std::uint8_t> labels;  // empty when there are none
  std::vector<float> weights;        // empty when all are 1
  std::vector<std::string> user_ids;
  std::vector<std::string> item_ids;

  Index size() const { return static_cast<Index>(users.size()); }
};

/// Merges repeated pairs (within a label only, with `keep_labels`), then leaves out users and items with fewer than
/// `k_core` interactions until none is left (0: none is left out), and numbers what stays. Takes the log apart.
/// O(n log n per user + n for each round of the core).
InteractionSet clean(InteractionLog log, Index k_core, bool keep_labels, Cleaning& cleaning);

}  // namespace monet::prepare
