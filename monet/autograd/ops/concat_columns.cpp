#include "monet/autograd/ops/concat_columns.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <vector>

namespace monet::autograd {

namespace {

void assign_or_add(Tape& tape, MatrixView<const float> source, MatrixView<float> target, bool assign) {
  detail::for_rows(tape, source.rows, source.cols, [&](Index r) {
    if (assign) {
      std::copy_n(source.row(r), source.cols, target.row(r));
    } else {
      detail::axpy(1.0F, source.row(r), source.cols, target.row(r));
    }
  });
}

}  // namespace

Var concat_columns(Tape& tape, std::span<const Var> parts) {
  if (parts.empty()) fail<InvalidArgument>("[concat_columns] nothing to put side by side");
  const Index rows = tape.rows(parts.front());
  Index cols = 0;
  for (const Var part : parts) {
    if (tape.rows(part) != rows) {
      fail<InvalidArgument>("[concat_columns] one part has {} rows, another {}", rows, tape.rows(part));
    }
    cols += tape.cols(part);
  }
  const Var y = tape.make(rows, cols, {detail::deciding(tape, parts)});
  Index first = 0;
  for (const Var part : parts) {
    assign_or_add(tape, tape.value(part), tape.mutable_value(y).columns(first, tape.cols(part)), true);
    first += tape.cols(part);
  }

  tape.on_backward(y, [y, inputs = std::vector<Var>(parts.begin(), parts.end())](Tape& t) {
    if (!t.has_grad(y)) return;
    Index begin = 0;
    for (const Var part : inputs) {
      const Index count = t.cols(part);
      if (t.needs_grad(part)) {
        const auto slot = t.contribute(part);
        assign_or_add(t, t.grad(y).columns(begin, count), slot.view, slot.fresh);
      }
      begin += count;
    }
  });
  return y;
}

Var slice_columns(Tape& tape, Var x, Index first, Index count) {
  if (first < 0 || count < 0 || first + count > tape.cols(x)) {
    fail<InvalidArgument>("[slice_columns] columns {} to {} of a matrix with {}", first, first + count, tape.cols(x));
  }
  const Var y = tape.make(tape.rows(x), count, {x});
  assign_or_add(tape, tape.value(x).columns(first, count), tape.mutable_value(y), true);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y) || !t.needs_grad(x)) return;
    const auto slot = t.contribute(x);
    if (slot.fresh) fill(slot.view, 0.0F);
    assign_or_add(t, t.grad(y), slot.view.columns(first, count), slot.fresh);
  });
  return y;
}

}  // namespace monet::autograd
