#pragma once

#include "monet/core/view.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// How the ids of one file (a catalogue, features) meet those of the dataset. A join is by id; where too little meets,
/// the ids are of another kind, and the file is refused with an example of each side.
class IdMatch {
 public:
  void take(std::string_view id, bool known);

  Index known() const { return known_; }
  Index unknown() const { return unknown_; }
  /// Nothing matches, or less than a tenth of both sides: of the ids taken, and of the dataset's `ours`.
  bool is_too_little(Index ours) const;
  /// "its ids are like '0042', those of the interactions like '42'; they differ in leading zeros": what to look at. The
  /// kinds of difference it knows are leading zeros, `.0`, letter case, quotes, and what stands before a ':' or '/'.
  std::string explain(std::span<const std::string> ours) const;

 private:
  Index known_ = 0;
  Index unknown_ = 0;
  std::vector<std::string> unknown_ids_;  // the first few
};

/// Whether a column of ids only counts the rows, from 0 or 1: then it says the order and nothing else.
class RowCount {
 public:
  void take(std::string_view id);
  bool counts() const { return rows_ > 0 && counts_; }

 private:
  Index rows_ = 0;
  Index first_ = 0;
  bool counts_ = true;
};

/// Whether names only say their row numbers, from `first` on: "0", "1", "2", …
bool are_row_numbers(std::span<const std::string> names, Index first = 0);

}  // namespace monet::data
