#pragma once

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

/// Terms by number, found without making a string.
struct TermHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using TermIds = std::unordered_map<std::string, std::int32_t, TermHash, std::equal_to<>>;

/// Reads the texts of one item after the other as weighted terms. Not to be shared between threads.
class ItemTerms {
 public:
  using Entry = std::pair<std::int32_t, float>;  // number, weight
  /// The number of a term; below 0: it does not count.
  using IdOf = std::function<std::int32_t(std::string_view)>;

  /// Stop words are compared after folding. Throws InvalidArgument: no field, a weight that is not positive.
  ItemTerms(std::vector<TextField> fields, std::span<const std::string> stop_words);

  const std::vector<TextField>& fields() const { return fields_; }
  /// The terms of an item, ascending by number, valid until the next call: each weighs Σ_fields weight · (1 + ln
  /// count). One text for each field, in their order; throws InvalidArgument for another number.
  std::span<const Entry> read(std::span<const std::string_view> texts, const IdOf& id_of);

 private:
  void count(std::string_view term, const IdOf& id_of);
  void count_words(std::string_view text, const IdOf& id_of);
  void count_labels(const TextField& field, std::string_view text, const IdOf& id_of);
  void close_field(double weight);

  std::vector<TextField> fields_;
  Tokenizer tokenizer_;
  std::unordered_set<std::string, TermHash, std::equal_to<>> stop_words_;
  std::vector<std::int32_t> counted_;  // terms of the field at work, repeated
  std::vector<Entry> item_;            // of the item at work
};

/// Divides the weights of an item's terms by their length (L2).
void normalize(std::span<float> weights);

}  // namespace monet::features
