#include "monet/data/weights.h"

#include "monet/core/error.h"
#include "monet/data/text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>
#include <vector>

namespace monet::data {

bool is_weight(float weight) {
  constexpr float kMost = 1e6F;
  return weight > 0.0F && weight <= kMost;
}

float parse_weight(std::string_view text) {
  text = input::trimmed(text);
  float weight = 0.0F;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error == std::errc() && end == text.data() + text.size() && is_weight(weight)) return weight;
  fail<DataError>("the weight '{}' is no number above 0 and at most 1000000; `weight-column none` leaves weights out",
                  excerpt(text));
}

void share_largest(std::span<const std::int32_t> users, std::span<const std::int32_t> items, std::span<float> weights) {
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto pair_of = [&](std::size_t entry) { return std::pair(users[entry], items[entry]); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return pair_of(a) < pair_of(b); });
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    float largest = 0.0F;
    for (; end < order.size() && pair_of(order[end]) == pair_of(order[begin]); ++end) {
      largest = std::max(largest, weights[order[end]]);
    }
    for (; begin < end; ++begin) weights[order[begin]] = largest;
  }
}

}  // namespace monet::data
