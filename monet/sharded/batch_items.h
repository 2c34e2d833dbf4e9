#pragma once

#include "monet/autograd/tape.h"
#include "monet/models/model.h"
#include "monet/sharded/halo.h"
#include "monet/sharded/partition.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::sharded {

/// Items that this process reads for its part of a batch, whoever owns them, side by side.
class BatchItems {
 public:
  /// `wanted`: items in any order, repeats allowed. Collective.
  BatchItems(dist::Communicator& world, const Ranges& items, std::vector<std::int32_t> wanted);

  Index size() const { return static_cast<Index>(items_.size()); }
  /// The row of an item that is wanted.
  std::int32_t row(std::int32_t item) const;
  std::vector<std::int32_t> rows_of(std::span<const std::int32_t> items) const;
  /// Rows of wanted items from their owners.
  const Route& route() const { return route_; }
  /// Own rows that any process wants, ascending and unique.
  std::vector<std::int32_t> own_rows() const;

 private:
  std::vector<std::int32_t> items_;  // ascending, unique
  Route route_;
};

/// Rows of `batch` out of tables of items [own items, D] → [batch.size(), D]. Backward adds up at the owners what every
/// process gives for a row. `batch` must outlive the step. Collective, backward too.
autograd::Var fetch_rows(dist::Communicator& world, autograd::Tape& tape, const BatchItems& batch, autograd::Var items);

}  // namespace monet::sharded
