#include "monet/data/interactions.h"

#include "monet/core/error.h"

#include <algorithm>

namespace monet::data {

Index plausible_rows(Index lines) {
  return std::max(Index{1'000'000}, 1000 * lines);
}

void require_plausible(const LargestId& largest, const char* what, Index interactions) {
  if (largest.id < plausible_rows(interactions)) return;
  fail<DataError>("{}: {} id {} is absurd for {} interactions; ids are row numbers from 0", largest.where, what,
                  largest.id, interactions);
}

}  // namespace monet::data
