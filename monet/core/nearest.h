#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet {

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`, upper and lower case being equal. O(|a|
/// |b|).
int edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, or "" when none is near: more than a third of the longer word would have to change.
/// A candidate that `word` begins, or that holds it between dashes, counts as near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'alpha'?" with `prefix` before the candidate, or "" when none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates, std::string_view prefix = "");

}  // namespace monet
