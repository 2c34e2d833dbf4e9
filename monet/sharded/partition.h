#pragma once

#include "monet/core/view.h"
#include "monet/dist/collectives.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::sharded {

/// Which process has which rows of one side (users or items): consecutive ranges, so that a file or a table falls into
/// consecutive parts, too.
class Ranges {
 public:
  Ranges() = default;
  /// `bounds`: size + 1 of them, ascending from 0.
  explicit Ranges(std::vector<Index> bounds) : bounds_(std::move(bounds)) {}
  /// Ranges of about the same weight, a row of n interactions weighing mean + n: rows cost memory, interactions time.
  /// `degrees`: interactions of every row of the side.
  static Ranges balanced(std::span<const std::int32_t> degrees, int processes);

  int processes() const { return static_cast<int>(bounds_.size()) - 1; }
  Index rows() const { return bounds_.back(); }
  dist::Share of(int process) const {
    const auto at = static_cast<std::size_t>(process);
    return {bounds_[at], bounds_[at + 1]};
  }
  Index count(int process) const { return of(process).end - of(process).begin; }
  /// The process that has `row`. O(log processes).
  int owner(Index row) const;
  const std::vector<Index>& bounds() const { return bounds_; }

 private:
  std::vector<Index> bounds_{0};
};

struct Partition {
  Ranges users;
  Ranges items;
};

}  // namespace monet::sharded
