#pragma once

#include "monet/input/record.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace monet::prepare {

/// The labels of a list written as a text, in order: JSON or Python (`["a", "b"]`, `('a', 'b')`, a list of objects,
/// whose `name` is the label, counts by label), an array as PostgreSQL or NumPy write it (`{a,"b c"}`, `['a' 'b']`).
/// Nothing when `cell` is no such list.
std::optional<std::vector<std::string>> labels_of_list(std::string_view cell);

/// A scalar of a list or an object.
struct LabelEntry {
  input::Scalar::Kind kind;
  std::string text;
  std::string key;  // of the innermost object; empty: it lies in none
};

/// Which of the entries are labels: those in no object; else the `name`s (or `title`s, `value`s, …) of the objects;
/// else their texts; else their keys, but for those that are 0 or false. Views of `entries`.
std::vector<std::string_view> labels_of(const std::vector<LabelEntry>& entries);

/// Reads the cells of one column of labels. What stands between the labels of a cell is a bar, a semicolon, a line end
/// or a comma, the same in all cells: it is chosen by a sample of them. Bars, semicolons and line ends always separate.
/// Commas do where labels recur in other company: at least half of the parts of the sample's different cells are in
/// another cell too, and one of them elsewhere within it, or alone. "Toys & Games, Other", always written so, is one
/// label.
class LabelColumn {
 public:
  /// Takes a cell into the sample.
  void look(std::string_view cell);
  /// Chooses the separator by what was looked at.
  void decide();
  /// '\0' until it is chosen, and where labels are one to a cell.
  char separator() const { return separator_; }

  /// The labels of a cell, joined by '|', each once, as clean text. A path (`A > B`) is the labels on it, from the
  /// general to the special.
  std::string read(std::string_view cell) const;

 private:
  bool commas_separate() const;

  std::unordered_set<std::string> sample_;
  char separator_ = '\0';
};

}  // namespace monet::prepare
