#pragma once

#include "monet/core/view.h"
#include "monet/serve/shelf.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::serve {

/// Both ends belong to it. An item without a price lies in none.
struct PriceRange {
  std::optional<double> least = {};
  std::optional<double> most = {};
};

/// What a list has to be beside good. Each rule is one function below; those on candidates hold before the list is cut,
/// so that it stays full.
struct Rules {
  std::vector<std::string> exclude = {};
  std::optional<std::vector<std::string>> only = {};
  std::vector<std::string> categories = {};  // any of these; empty: whatever the category
  std::optional<PriceRange> price = {};
  bool available = true;        // only items that are
  bool seen = false;            // items of the history may come again
  Index most_per_category = 0;  // 0: any number
  double diversity = 0.0;       // λ of maximal marginal relevance, in [0, 1]
  std::vector<std::string> pinned = {};
};

/// Throws InvalidArgument for a λ outside [0, 1], a negative number, a price range that is none, or an item that is
/// both pinned and excluded.
void check(const Rules& rules);

/// The only candidates that categories and price leave, ascending; none where there is no such rule. O(I).
std::optional<std::vector<std::int32_t>> candidates_of(const Shelf& shelf, const Rules& rules);

/// What is left out of every list: hidden items and, unless the rules say otherwise, those that are not available.
/// Ascending. O(those).
std::vector<std::int32_t> withheld(const Shelf& shelf, const Rules& rules);

/// An item that may be listed, by row, with its score.
struct Candidate {
  std::int32_t row = 0;
  double score = 0.0;
};

/// At most `most` candidates of each category, in their order: an item counts for each of its categories, and is left
/// out where one of them is full. Items without a category are not limited.
std::vector<Candidate> limited_per_category(const Shelf& shelf, std::span<const Candidate> candidates, Index most);

/// Maximal marginal relevance (Carbonell and Goldstein 1998): k of the candidates, each the one of largest
/// (1 - λ) relevance - λ max over those listed of `likeness`. Relevance is the score stretched to [0, 1] over the
/// candidates (all 1 where they are equal). Ties go to the earlier candidate. O(k n) likenesses.
std::vector<Candidate> diversified(std::span<const Candidate> candidates, double lambda, Index k,
                                   const std::function<double(std::int32_t, std::int32_t)>& likeness);

}  // namespace monet::serve
