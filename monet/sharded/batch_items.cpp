#include "monet/sharded/batch_items.h"

#include "monet/core/error.h"

#include <algorithm>
#include <utility>

namespace monet::sharded {

BatchItems::BatchItems(dist::Communicator& world, const Ranges& items, std::vector<std::int32_t> wanted)
    : items_(std::move(wanted)), route_(world.size()) {
  std::sort(items_.begin(), items_.end());
  items_.erase(std::unique(items_.begin(), items_.end()), items_.end());
  std::vector<std::vector<std::int32_t>> asked(static_cast<std::size_t>(world.size()));
  for (std::size_t n = 0; n < items_.size(); ++n) {
    const auto owner = static_cast<std::size_t>(items.owner(items_[n]));
    route_.needed[owner].push_back(static_cast<std::int32_t>(n));
    asked[owner].push_back(items_[n]);
  }
  route_.in_order = true;  // ascending items, and so ascending owners
  route_.owned = dist::all_to_all(world, asked);
  const auto first = static_cast<std::int32_t>(items.of(world.rank()).begin);
  for (auto& list : route_.owned) {
    for (std::int32_t& item : list) item -= first;
  }
}

std::int32_t BatchItems::row(std::int32_t item) const {
  const auto at = std::lower_bound(items_.begin(), items_.end(), item);
  if (at == items_.end() || *at != item) fail<InternalError>("[batch] item {} is not wanted", item);
  return static_cast<std::int32_t>(at - items_.begin());
}

std::vector<std::int32_t> BatchItems::rows_of(std::span<const std::int32_t> items) const {
  std::vector<std::int32_t> rows;
  for (const std::int32_t item : items) rows.push_back(row(item));
  return rows;
}

std::vector<std::int32_t> BatchItems::own_rows() const {
  std::vector<std::int32_t> rows;
  for (const auto& list : route_.owned) rows.insert(rows.end(), list.begin(), list.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

autograd::Var fetch_rows(dist::Communicator& world, autograd::Tape& tape, const BatchItems& batch,
                         autograd::Var items) {
  const autograd::Var out = tape.make(batch.size(), tape.cols(items), {items});
  Fetch(world, tape, batch.route(), tape.value(items), tape.mutable_value(out)).wait();
  tape.on_backward(out, [&world, &batch, items, out](autograd::Tape& t) {
    const autograd::GradSlot slot = t.contribute(items);
    if (slot.fresh) fill(slot.view, 0.0F);
    if (!t.has_grad(out)) fill(t.contribute(out).view, 0.0F);
    Reduce(world, t, batch.route(), t.grad(out), slot.view).wait();
  });
  return out;
}

}  // namespace monet::sharded
