#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace monet {

/// The median of `values`, the lower of two; 0 when there is none. O(n).
template <class T>
T lower_median(std::vector<T> values) {
  if (values.empty()) return T{};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace monet
