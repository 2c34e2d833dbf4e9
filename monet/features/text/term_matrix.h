#pragma once

#include "monet/core/csr.h"
#include "monet/features/text/tokenizer.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace monet::features {

/// A part of an item's text. `words`: its words, in one vocabulary with those of other fields. `labels`: entries set
/// apart by '|', ';', '>' or line ends ("Action|Sci-Fi"), each a term of its own that belongs to this field only.
struct TextField {
  enum class Kind { words, labels };
  std::string name;
  double weight = 1.0;
  Kind kind = Kind::words;
};

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
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Entry = std::pair<std::int32_t, float>;  // term, weight

  std::int32_t id_of(std::string_view term);
  void count_words(std::string_view text);
  void count_labels(const TextField& field, std::string_view text);
  void close_field(double weight);
  /// For each term the column it gets, -1 where it is left out; `terms` becomes the names of the columns.
  std::vector<std::int32_t> choose(std::vector<std::string>& terms) const;

  std::vector<TextField> fields_;
  TermOptions options_;
  Tokenizer tokenizer_;
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> ids_;
  std::unordered_set<std::string, Hash, std::equal_to<>> stop_words_;
  std::vector<Index> items_with_;      // by term
  std::vector<Entry> entries_;         // item after item
  std::vector<Index> ends_;            // of each item's entries
  std::vector<std::int32_t> counted_;  // terms of the field at work, repeated
  std::vector<Entry> item_;            // of the item at work
  Index items_with_terms_ = 0;
};

}  // namespace monet::features
