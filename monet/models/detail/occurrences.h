#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace monet::models::detail {

/// The different ones of some ids, how often each occurs, and where each id finds its own.
struct Occurrences {
  /// No id may be negative.
  explicit Occurrences(std::span<const std::int32_t> ids) {
    if (ids.empty()) return;
    // A bit for each id up to the largest: where an id stands among the different ones is how many bits lie before it.
    const auto largest = static_cast<std::size_t>(*std::max_element(ids.begin(), ids.end()));
    std::vector<std::uint64_t> words(largest / kBits + 1, 0);
    for (const std::int32_t id : ids) words[word_of(id)] |= bit_of(id);
    std::vector<std::int32_t> before(words.size());
    for (std::size_t w = 0; w < words.size(); ++w) {
      before[w] = static_cast<std::int32_t>(rows.size());
      for (std::uint64_t left = words[w]; left != 0; left &= left - 1) {
        rows.push_back(static_cast<std::int32_t>(w * kBits + static_cast<std::size_t>(std::countr_zero(left))));
      }
    }
    counts.resize(rows.size(), 0.0F);
    places.reserve(ids.size());
    for (const std::int32_t id : ids) {
      const std::size_t w = word_of(id);
      const std::int32_t place = before[w] + std::popcount(words[w] & (bit_of(id) - 1));
      counts[static_cast<std::size_t>(place)] += 1.0F;
      places.push_back(place);
    }
  }

  std::vector<std::int32_t> rows;    // ascending
  std::vector<float> counts;         // of each of them
  std::vector<std::int32_t> places;  // of each id, in `rows`

 private:
  static constexpr std::size_t kBits = 64;
  static std::size_t word_of(std::int32_t id) { return static_cast<std::size_t>(id) / kBits; }
  static std::uint64_t bit_of(std::int32_t id) { return std::uint64_t{1} << (static_cast<std::uint32_t>(id) % kBits); }
};

}  // namespace monet::models::detail
