#include "monet/autograd/ops/rows_squared_norm.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"

#include <memory>
#include <vector>

namespace monet::autograd {

namespace {

/// Rows named at least once, ascending, and how often each.
struct Counted {
  graph::RowSet set;
  std::vector<float> counts;  // of every row
};

Counted count_rows(std::span<const std::int32_t> rows, Index size) {
  Counted out{{false, {}, 0}, std::vector<float>(static_cast<std::size_t>(size), 0.0F)};
  for (const std::int32_t r : rows) {
    if (r < 0 || r >= size) fail<InvalidArgument>("[rows_squared_norm] row {} of a matrix with {} rows", r, size);
    out.counts[static_cast<std::size_t>(r)] += 1.0F;
  }
  for (Index r = 0; r < size; ++r) {
    if (out.counts[static_cast<std::size_t>(r)] != 0.0F) out.set.rows.push_back(static_cast<std::int32_t>(r));
  }
  out.set.count = static_cast<Index>(out.set.rows.size());
  return out;
}

}  // namespace

Var rows_squared_norm(Tape& tape, Var x, std::span<const std::int32_t> rows, float factor) {
  const auto in = tape.value(x);
  const auto counted = std::make_shared<const Counted>(count_rows(rows, in.rows));
  std::vector<float> squares(static_cast<std::size_t>(in.rows), 0.0F);
  detail::for_set(tape, &counted->set, in.rows, {in},
                  [&](Index r) { squares[static_cast<std::size_t>(r)] = detail::dot(in.row(r), in.row(r), in.cols); });
  double sum = 0.0;
  for (const std::int32_t r : counted->set.rows) {
    const auto row = static_cast<std::size_t>(r);
    sum += static_cast<double>(counted->counts[row]) * static_cast<double>(squares[row]);
  }
  const Var y = tape.make(1, 1, {x});
  tape.mutable_value(y)(0, 0) = static_cast<float>(0.5 * static_cast<double>(factor) * sum);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const float seed = factor * t.grad(y)(0, 0);
    const auto input = t.value(x);
    const auto slot = t.contribute(x);
    if (slot.fresh) fill(slot.view, 0.0F);
    detail::for_set(t, &counted->set, input.rows, {input, slot.view}, [&](Index r) {
      detail::axpy(seed * counted->counts[static_cast<std::size_t>(r)], input.row(r), input.cols, slot.view.row(r));
    });
  });
  return y;
}

}  // namespace monet::autograd
