#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace monet::data {

/// Whether an interaction may weigh so much: more than 0, and at most a million.
bool is_weight(float weight);

/// The weight of an interaction, written as a number. Throws DataError, without a place, for what is none.
float parse_weight(std::string_view text);

/// Gives all entries of one (user, item) pair the largest of their weights. Parallel arrays; O(n log n).
void share_largest(std::span<const std::int32_t> users, std::span<const std::int32_t> items, std::span<float> weights);

}  // namespace monet::data
