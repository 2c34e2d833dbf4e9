#include "monet/sharded/model.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/scale.h"
#include "monet/core/error.h"
#include "monet/sharded/propagate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace monet::sharded {

using autograd::Tape;
using autograd::Var;

namespace {

/// A loss of 0 that gives every input a gradient of 0: of a process without triples, which takes part all the same.
Var no_loss(Tape& tape, Var users, Var items) {
  const Var out = tape.make(1, 1, {users, items});
  tape.mutable_value(out)(0, 0) = 0.0F;
  tape.on_backward(out, [users, items](Tape& t) {
    for (const Var input : {users, items}) {
      if (!t.needs_grad(input)) continue;
      const autograd::GradSlot slot = t.contribute(input);
      if (slot.fresh) fill(slot.view, 0.0F);
    }
  });
  return out;
}

/// The histories of `users` in the columns that `items` gives them.
Csr histories_of(const Csr& train, std::span<const std::int32_t> users, const BatchItems& items) {
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  for (const std::int32_t user : users) {
    for (const std::int32_t item : train.row(user)) indices.push_back(items.row(item));
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  return {static_cast<Index>(users.size()), items.size(), std::move(indptr), std::move(indices)};
}

/// Where each of `values` is in ascending `distinct`.
std::vector<std::int32_t> places_of(std::span<const std::int32_t> values, const std::vector<std::int32_t>& distinct) {
  std::vector<std::int32_t> places;
  for (const std::int32_t value : values) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), value);
    places.push_back(static_cast<std::int32_t>(at - distinct.begin()));
  }
  return places;
}

}  // namespace

Step Model::compute_gradients(Tape& tape, const ShardBatch& batch) {
  tape.clear();
  std::vector<std::int32_t> wanted = batch.positives;
  wanted.insert(wanted.end(), batch.negatives.begin(), batch.negatives.end());
  if (reads_histories()) {
    for (const std::int32_t user : batch.users) {
      const auto history = shard_->train.row(user);
      wanted.insert(wanted.end(), history.begin(), history.end());
    }
  }
  batch_items_.emplace(world(), shard_->partition.items, std::move(wanted));
  if (field_) field_->build(batch.users, batch_items_->own_rows());
  const Tables whole = tables(tape, field_ ? &*field_ : nullptr, &batch);
  const Var items = fetch_rows(world(), tape, *batch_items_, whole.embeddings.items);

  std::array<double, 5> sums{};
  Var total;
  if (batch.users.empty()) {
    total = no_loss(tape, whole.embeddings.users, items);
  } else {
    std::vector<std::int32_t> users = batch.users;
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    histories_ = reads_histories() ? histories_of(shard_->train, users, *batch_items_)
                                   : Csr(static_cast<Index>(users.size()), batch_items_->size());
    const models::Loss own = loss_of(
        tape, {autograd::gather_rows(tape, whole.embeddings.users, users), items}, histories_,
        {places_of(batch.users, users), batch_items_->rows_of(batch.positives), batch_items_->rows_of(batch.negatives)},
        whole.layer0);
    const double share = static_cast<double>(batch.users.size()) / static_cast<double>(batch.size);
    total = share == 1.0 ? own.total : autograd::scale(tape, own.total, static_cast<float>(share));
    sums[0] = share * own.parts.ranking;
    sums[1] = share * own.parts.regulariser;
    sums[2] = share * own.parts.total;
  }
  tape.backward(total);
  reduce_weights();
  sums[3] = batch.interrupt ? 1.0 : 0.0;
  sums[4] = batch.end ? 1.0 : 0.0;
  dist::all_reduce(world(), std::span<double>(sums));
  tape.clear();
  return {{sums[2], sums[0], sums[1]}, sums[3] > 0.0, sums[4] > 0.0};
}

void Model::reduce_weights() {
  if (world().is_alone()) return;
  std::vector<float> gradients;
  const auto each = [&](auto&& body) {
    for (const models::Parameter& parameter : parameters_.parameters()) {
      if (parameter.rows_of != models::RowsOf::weights) continue;
      for (Index r = 0; r < parameter.grad.rows; ++r) body(parameter.grad.row_span(r));
    }
  };
  each([&](std::span<float> row) { gradients.insert(gradients.end(), row.begin(), row.end()); });
  dist::all_reduce(world(), std::span(gradients));
  auto next = gradients.begin();
  each([&](std::span<float> row) {
    std::copy_n(next, row.size(), row.begin());
    next += static_cast<std::ptrdiff_t>(row.size());
  });
}

void Model::draw_table(models::Parameter& table, Rng& rng) const {
  const bool of_users = table.rows_of == models::RowsOf::users;
  const Ranges& ranges = of_users ? shard_->partition.users : shard_->partition.items;
  const dist::Share own = ranges.of(world().rank());
  const double bound = std::sqrt(6.0 / static_cast<double>(ranges.rows() + table.value.cols));
  for (Index r = 0; r < ranges.rows(); ++r) {
    const bool is_own = r >= own.begin && r < own.end;
    for (Index c = 0; c < table.value.cols; ++c) {
      const auto drawn = static_cast<float>(rng.uniform(-bound, bound));
      if (is_own) table.value(r - own.begin, c) = drawn;
    }
  }
}

// As models::detail::item_foldin, which has the formula.
std::optional<Var> Model::item_foldin(Tape& tape, const autograd::Embeddings& start,
                                      const autograd::PropagateOptions& options) const {
  const bool lightgcn = options.kind == autograd::Propagation::lightgcn;
  const int layers = options.layers;
  if (!lightgcn && options.normalize_self && layers > 1 && options.alpha != 0.0F) return std::nullopt;
  const Var foldin = tape.make(graph_.num_items(), tape.cols(start.items), {});
  const auto out = tape.mutable_value(foldin);
  fill(out, 0.0F);
  autograd::PropagateOptions single = options;
  single.kind = autograd::Propagation::megcn;
  single.layers = 1;
  if (lightgcn) single.alpha = 0.0F;
  autograd::Embeddings layer = start;
  for (int l = 0; l < layers; ++l) {
    if (l > 0) layer = propagate(tape, graph_, layer.users, layer.items, single, nullptr);
    const double share = lightgcn ? 1.0 / (layers + 1) : std::pow(static_cast<double>(options.alpha), layers - 1 - l);
    const auto value = tape.value(layer.items);
    autograd::detail::for_rows(tape, out.rows, 2 * out.cols, [&](Index i) {
      const double degree = std::max(graph_.item_degrees()[static_cast<std::size_t>(i)], 1);
      autograd::detail::axpy(static_cast<float>(share / std::sqrt(degree)), value.row(i), out.cols, out.row(i));
    });
  }
  return foldin;
}

}  // namespace monet::sharded
