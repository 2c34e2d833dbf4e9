#pragma once

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/csr.h"
#include "monet/graph/receptive_field.h"
#include "monet/kernels/spmm.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

namespace monet::autograd::detail {

/// Asks for a row that will be used soon.
inline void prefetch(const float* row, Index width) {
  for (Index line = 0; line < width; line += 16) __builtin_prefetch(row + line);
}

/// Calls body(begin, end) on shares of the rows of about equal work, on the pool when it pays.
template <class Body>
void for_shares(Tape& tape, const Csr& csr, Index width, Body&& body) {
  if ((csr.nnz() + csr.rows()) * width <= kSerialWork) {
    body(Index{0}, csr.rows());
    return;
  }
  const std::vector<Index> bounds = kernels::balanced_ranges(csr, tape.pool().size());
  tape.pool().run([&](int w) { body(bounds[static_cast<std::size_t>(w)], bounds[static_cast<std::size_t>(w) + 1]); });
}

/// Values [nnz, 1] as the kernels take them: in place, or copied where they do not follow each other, and in another
/// order where one is given.
class Entries {
 public:
  Entries(Tape& tape, MatrixView<const float> values, std::span<const Index> order = {}) {
    if (order.empty() && values.contiguous()) {
      span_ = {values.data, static_cast<std::size_t>(values.rows)};
      return;
    }
    memory_.emplace(tape.scratch(values.rows, 1));
    float* const to = memory_->view().data;
    for (Index k = 0; k < values.rows; ++k) to[k] = values(order.empty() ? k : order[static_cast<std::size_t>(k)], 0);
    span_ = {to, static_cast<std::size_t>(values.rows)};
  }
  operator std::span<const float>() const { return span_; }

 private:
  std::optional<Tape::Scratch> memory_;
  std::span<const float> span_;
};

/// One byte for each of `size` rows of a side: not 0 for those of the set (null: all of them).
std::vector<std::uint8_t> marks_of(const graph::RowSet* set, Index size);
/// The same for the rows of a value's gradient: none of them where it has none.
std::vector<std::uint8_t> gradient_marks(const Tape& tape, Var v, const graph::RowSet* set);
/// The gradient of a value whose rows are read by these marks.
inline MatrixView<const float> marked_gradient(const Tape& tape, Var v) {
  return tape.has_grad(v) ? tape.grad(v) : tape.value(v);
}

/// Calls body(row) for the rows of a set (null: all `size` of them), on the pool when it pays. Of listed rows, those of
/// the tables that `body` reads are fetched ahead.
template <class Body>
void for_set(Tape& tape, const graph::RowSet* set, Index size, std::initializer_list<MatrixView<const float>> tables,
             Body&& body) {
  constexpr Index kAhead = 8;
  Index width = 0;
  for (const auto& table : tables) width += table.cols;
  if (set == nullptr || set->all) {
    for_rows(tape, size, width, body);
    return;
  }
  const std::span<const std::int32_t> rows = set->rows;
  for_rows(tape, set->count, width, [&](Index n) {
    const Index next = rows[static_cast<std::size_t>(std::min(n + kAhead, set->count - 1))];
    for (const auto& table : tables) prefetch(table.row(next), table.cols);
    body(Index{rows[static_cast<std::size_t>(n)]});
  });
}

/// Rows of a sparse product: those of a set (null: all of them).
void spmm_set(Tape& tape, const graph::RowSet* set, const Csr& csr, const kernels::SpmmOperands& operands);

/// The gradient of a value, or zeros where it has none.
class Gradient {
 public:
  Gradient(Tape& tape, Var v) : zeros_(tape.scratch(tape.has_grad(v) ? 0 : tape.rows(v), tape.cols(v))) {
    if (!tape.has_grad(v)) fill(zeros_.view(), 0.0F);
    view_ = tape.has_grad(v) ? tape.grad(v) : MatrixView<const float>(zeros_.view());
  }
  MatrixView<const float> view() const { return view_; }

 private:
  Tape::Scratch zeros_;
  MatrixView<const float> view_;
};

/// Where the gradient of an input goes: to the tape, or, for one that needs none, nowhere.
class Target {
 public:
  Target(Tape& tape, Var v) : unused_(tape.scratch(tape.needs_grad(v) ? 0 : tape.rows(v), tape.cols(v))) {
    slot_ = tape.needs_grad(v) ? tape.contribute(v) : GradSlot{unused_.view(), true};
  }
  const GradSlot& slot() const { return slot_; }

 private:
  Tape::Scratch unused_;
  GradSlot slot_;
};

/// target += source, on the pool when it pays.
void add_to(Tape& tape, MatrixView<const float> source, MatrixView<float> target);

/// Calls body(grad) with where the gradient of an input is to be written, every row of it; what was there before stays
/// part of it.
template <class Body>
void give_rows(Tape& tape, Var v, Body&& body) {
  const Target target(tape, v);
  if (target.slot().fresh) {
    body(target.slot().view);
    return;
  }
  auto memory = tape.scratch(tape.rows(v), tape.cols(v));
  body(memory.view());
  add_to(tape, memory.view(), target.slot().view);
}

/// 1 / max(‖x_r‖₂, 1e-12) of each row of a value.
std::vector<float> inverse_norms(Tape& tape, Var x);

/// A column as its elements, which follow each other.
inline std::span<const float> elements(MatrixView<const float> column) {
  return {column.data, static_cast<std::size_t>(column.rows)};
}
inline std::span<float> elements(MatrixView<float> column) {
  return {column.data, static_cast<std::size_t>(column.rows)};
}

}  // namespace monet::autograd::detail
