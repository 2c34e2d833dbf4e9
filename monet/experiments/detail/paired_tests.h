#pragma once

#include "monet/experiments/comparison.h"

namespace monet::experiments {

/// Fills `tests` of every method that has finished runs, for each metric they share: each method against the one with
/// the highest mean, and that one against the second. Values are per user, means over the method's finished seeds, as
/// their `users.tsv` hold them; p values are corrected by Holm over the comparisons with the highest (the lead over the
/// second is one of them). Throws DataError when methods were evaluated on different users.
void add_paired_tests(Comparison& comparison);

}  // namespace monet::experiments
