#include "monet/autograd/ops/unit_blocks.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/row_normalize.h"

#include <cmath>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

/// Calls body(begin, end) on shares of the rows, on the pool when it pays.
template <class Body>
void for_row_ranges(Tape& tape, Index rows, Index cols, Body&& body) {
  if (rows * cols <= detail::kSerialWork) {
    body(Index{0}, rows);
  } else {
    tape.pool().for_range(rows, [&](Index begin, Index end, int) { body(begin, end); });
  }
}

void scale_rows(MatrixView<float> x, float factor) {
  for (Index r = 0; r < x.rows; ++r) {
    for (float& value : x.row_span(r)) value *= factor;
  }
}

}  // namespace

Var unit_blocks(Tape& tape, Var x, Index blocks) {
  const auto in = tape.value(x);
  if (blocks < 1 || in.cols % blocks != 0) {
    fail<InvalidArgument>("[unit_blocks] {} columns are not {} blocks", in.cols, blocks);
  }
  const Var y = tape.make(in.rows, in.cols, {x});
  const auto out = tape.mutable_value(y);
  const Index width = in.cols / blocks;
  const auto rows = static_cast<std::size_t>(in.rows);
  const float length = static_cast<float>(1.0 / std::sqrt(static_cast<double>(blocks)));
  std::vector<float> inverse(rows * static_cast<std::size_t>(blocks));  // block after block
  const auto norms = [rows](auto& of, Index block, Index begin, Index end) {
    return std::span(of).subspan(static_cast<std::size_t>(block) * rows + static_cast<std::size_t>(begin),
                                 static_cast<std::size_t>(end - begin));
  };
  for_row_ranges(tape, in.rows, in.cols, [&](Index begin, Index end) {
    for (Index b = 0; b < blocks; ++b) {
      const auto to = out.row_range(begin, end - begin).columns(b * width, width);
      kernels::normalize_rows(in.row_range(begin, end - begin).columns(b * width, width), to,
                              norms(inverse, b, begin, end));
      if (blocks > 1) scale_rows(to, length);
    }
  });

  tape.on_backward(y, [=, inverse = std::move(inverse)](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto slot = t.contribute(x);
    const auto g = t.grad(y);
    const auto unit = t.value(y);
    const auto blocks_length = static_cast<float>(blocks);
    for_row_ranges(t, g.rows, g.cols, [&](Index begin, Index end) {
      for (Index b = 0; b < blocks; ++b) {
        const auto own = norms(inverse, b, begin, end);
        for (Index r = begin; r < end; ++r) {
          const float scale = own[static_cast<std::size_t>(r - begin)];
          const float* const e = unit.row(r) + b * width;
          const float* const from = g.row(r) + b * width;
          float* const to = slot.view.row(r) + b * width;
          const bool at_floor = scale >= 1.0F / kernels::kNormFloor;
          const float along = at_floor ? 0.0F : blocks_length * detail::dot(e, from, width);
          const float factor = scale * length;
          if (slot.fresh) {
            for (Index c = 0; c < width; ++c) to[c] = factor * (from[c] - along * e[c]);
          } else {
            for (Index c = 0; c < width; ++c) to[c] += factor * (from[c] - along * e[c]);
          }
        }
      }
    });
  });
  return y;
}

}  // namespace monet::autograd
