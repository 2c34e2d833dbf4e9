#pragma once

#include "monet/core/csr.h"
#include "monet/features/text/item_terms.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::features {

/// Which terms count.
struct TermOptions {
  Index min_items = 2;                  // a term of fewer items connects nothing
  double max_share = 0.5;               // a term of a greater share of the items with text tells little
  Index max_terms = 50'000;             // of more, those of most items are kept
  std::vector<std::string> stop_words;  // left out; compared after folding
};

/// TF-IDF: one row per item, of length 1 (L2) where it has a term and empty where it has none.
struct TermMatrix {
  Csr pattern;                     // [items, terms]
  std::vector<float> weights;      // one per entry
  std::vector<std::string> terms;  // ascending by bytes; a label is "field:label"
  std::vector<float> idf;          // [terms]
  Index empty_items = 0;           // rows without a term
};

/// Counts the terms of items as they come, so texts need not be held: 8 bytes for each different term of an item.
class TermCounter {
 public:
  /// Throws InvalidArgument: no field, a weight that is not positive, options outside their domain.
  TermCounter(std::vector<TextField> fields, TermOptions options);

  /// The next item; one text for each field, in their order.
  void add(std::span<const std::string_view> texts);

  /// Term t in item i weighs Σ_fields weight · (1 + ln count) · idf_t, then rows are divided by their length, with
  /// idf_t = ln((1 + n) / (1 + n_t)) + 1 over the n items that have any term. O(entries log terms).
  TermMatrix finish() &&;

 private:
  using Entry = ItemTerms::Entry;

  std::int32_t id_of(std::string_view term);
  /// For each term the column it gets, -1 where it is left out; `terms` becomes the names of the columns.
  std::vector<std::int32_t> choose(std::vector<std::string>& terms) const;

  ItemTerms item_terms_;
  TermOptions options_;
  TermIds ids_;
  std::vector<Index> items_with_;  // by term
  std::vector<Entry> entries_;     // item after item
  std::vector<Index> ends_;        // of each item's entries
  Index items_with_terms_ = 0;
};

}  // namespace monet::features
