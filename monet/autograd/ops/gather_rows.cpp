#include "monet/autograd/ops/gather_rows.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>
#include <vector>

namespace monet::autograd {

namespace {

/// Rows `first` … of a gradient that is fresh, from rows that ascend: each is written once.
void assign_ascending(const std::vector<std::int32_t>& rows, MatrixView<const float> g, Index first,
                      MatrixView<float> to) {
  auto k = static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), first) - rows.begin());
  for (Index r = 0; r < to.rows; ++r) {
    if (k == rows.size() || rows[k] != first + r) {
      std::fill_n(to.row(r), to.cols, 0.0F);
      continue;
    }
    std::copy_n(g.row(static_cast<Index>(k)), to.cols, to.row(r));
    for (++k; k < rows.size() && rows[k] == first + r; ++k) {
      detail::axpy(1.0F, g.row(static_cast<Index>(k)), to.cols, to.row(r));
    }
  }
}

}  // namespace

Var gather_rows(Tape& tape, Var x, std::span<const std::int32_t> rows) {
  const auto in = tape.value(x);
  for (const std::int32_t r : rows) {
    if (r < 0 || r >= in.rows) fail<InvalidArgument>("[gather_rows] row {} of a matrix with {} rows", r, in.rows);
  }
  const Var y = tape.make(static_cast<Index>(rows.size()), in.cols, {x});
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, out.rows, out.cols,
                   [&](Index k) { std::copy_n(in.row(rows[static_cast<std::size_t>(k)]), in.cols, out.row(k)); });
  if (!tape.needs_grad(y)) return y;

  tape.on_backward(y, [y, x, rows = std::vector<std::int32_t>(rows.begin(), rows.end())](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto slot = t.contribute(x);
    // Each worker owns some rows of x and looks for them in the whole list: no two write one row.
    const bool assigns = slot.fresh && std::is_sorted(rows.begin(), rows.end());
    const auto scatter = [&](Index begin, Index end, int) {
      if (assigns) {
        assign_ascending(rows, g, begin, slot.view.row_range(begin, end - begin));
        return;
      }
      if (slot.fresh) fill(slot.view.row_range(begin, end - begin), 0.0F);
      for (Index k = 0; k < g.rows; ++k) {
        const Index target = rows[static_cast<std::size_t>(k)];
        if (target >= begin && target < end) detail::axpy(1.0F, g.row(k), g.cols, slot.view.row(target));
      }
    };
    if ((g.rows + slot.view.rows) * g.cols <= detail::kSerialWork) {
      scatter(0, slot.view.rows, 0);
    } else {
      t.pool().for_range(slot.view.rows, scatter);
    }
  });
  return y;
}

}  // namespace monet::autograd
