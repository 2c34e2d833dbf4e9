#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/view.h"
#include "monet/dist/communicator.h"
#include "monet/sharded/partition.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace monet::sharded {

/// Rows of items that travel between the process that owns them and those that need them. Both sides list the same
/// items in the same order.
struct Route {
  std::vector<std::vector<std::int32_t>> owned;   // [process]: own rows that the process needs
  std::vector<std::vector<std::int32_t>> needed;  // [process]: rows of a table here whose items the process owns
  bool in_order = false;  // `needed` one list after the other is 0, 1, 2, …: such a table is sent and received in place

  explicit Route(int processes = 0)
      : owned(static_cast<std::size_t>(processes)), needed(static_cast<std::size_t>(processes)) {}
  Index num_owned() const;
  Index num_needed() const;
};

/// Brings owners' rows to those who need them: begins at once, and is done after `wait`.
class Fetch {
 public:
  /// `own` [own items, D] is read before this returns; rows `route.needed` of `table` are written by `wait`.
  Fetch(dist::Communicator& world, autograd::Tape& tape, const Route& route, MatrixView<const float> own,
        MatrixView<float> table);
  void wait();

 private:
  autograd::Tape& tape_;
  const Route& route_;
  MatrixView<float> table_;
  std::optional<autograd::Tape::Scratch> out_, in_;
  std::unique_ptr<dist::Transfer> transfer_;  // ends before the memory it writes to
};

/// Brings what was summed up for an owner's rows back to it: begins at once, and is done after `wait`. Sums are in the
/// order of processes.
class Reduce {
 public:
  /// Rows `route.needed` of `table` must stay as they are until `wait`, which adds to rows `route.owned` of `own`.
  Reduce(dist::Communicator& world, autograd::Tape& tape, const Route& route, MatrixView<const float> table,
         MatrixView<float> own);
  void wait();

 private:
  autograd::Tape& tape_;
  const Route& route_;
  MatrixView<float> own_;
  std::optional<autograd::Tape::Scratch> out_, in_;
  std::unique_ptr<dist::Transfer> transfer_;
};

/// The items that own users have interactions with and other processes own: ghosts, numbered in the order of items.
class Halo {
 public:
  /// `touched`: items of own users' interactions, ascending and unique. Collective.
  Halo(dist::Communicator& world, const Ranges& items, std::span<const std::int32_t> touched);

  dist::Communicator& world() const { return *world_; }
  Index num_ghosts() const { return static_cast<Index>(ghosts_.size()); }
  /// Items of the ghosts, ascending.
  std::span<const std::int32_t> ghosts() const { return ghosts_; }
  /// The ghost of an item that is one.
  std::int32_t ghost(std::int32_t item) const;
  /// Every ghost.
  const Route& route() const { return route_; }

  /// The ghosts with a mark, and what the same choice elsewhere means for the rows here. Collective.
  Route marked(std::span<const std::uint8_t> ghost_marks) const;
  /// A mark for each own row that any process has marked as its ghost, and for each ghost whether its owner's row has
  /// one: `own` is added to and `ghosts` written. Collective.
  void spread(std::span<std::uint8_t> own, std::span<std::uint8_t> ghosts) const;

 private:
  dist::Communicator* world_;
  std::vector<std::int32_t> ghosts_;
  Route route_;
};

}  // namespace monet::sharded
