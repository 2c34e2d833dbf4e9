#pragma once

#include "monet/autograd/tape.h"
#include "monet/kernels/bfloat16.h"

#include <array>
#include <cassert>
#include <span>

namespace monet::autograd::detail {

/// An operation on fewer floats than this stays on the calling thread: waking a worker costs more.
inline constexpr Index kSerialWork = Index{1} << 15;
/// Workers that each own some columns own them by whole cache lines, in floats.
inline constexpr Index kColumnGrain = 16;

/// A tape's scratch as memory of the other precision: fresh memory for every step would have to be cleared by the
/// kernel first. `memory` is contiguous and holds at least rows · cols / 2 floats.
inline MatrixView<kernels::BFloat16> as_bfloat16(MatrixView<float> memory, Index rows, Index cols) {
  assert(rows * cols <= 2 * memory.rows * memory.cols);
  return {reinterpret_cast<kernels::BFloat16*>(memory.data), rows, cols};
}

/// Calls `body(row)` for every row, on the pool when it pays. `floats_per_row` is what one row reads, about.
template <class Body>
void for_rows(Tape& tape, Index rows, Index floats_per_row, Body&& body) {
  if (rows * floats_per_row <= kSerialWork) {
    for (Index r = 0; r < rows; ++r) body(r);
    return;
  }
  tape.pool().for_range(rows, [&](Index begin, Index end, int) {
    for (Index r = begin; r < end; ++r) body(r);
  });
}

/// Calls `body(row, count)` for runs of `count` elements of matrices [rows, cols] that begin at a row: many rows at a
/// time when `contiguous` says that the rows of all of them follow each other, one by one otherwise.
template <class Body>
void for_runs(Tape& tape, Index rows, Index cols, bool contiguous, Body&& body) {
  const auto part = [&](Index begin, Index end, int) {
    if (contiguous && begin < end) {
      body(begin, (end - begin) * cols);
      return;
    }
    for (Index r = begin; r < end; ++r) body(r, cols);
  };
  if (rows * cols <= kSerialWork) {
    part(0, rows, 0);
  } else {
    tape.pool().for_range(rows, part);
  }
}

/// Gives the gradient of an element-wise operation to one of its inputs: `slope(row)` is a function that maps the
/// element after that row's first to its contribution. All views it reads are contiguous if `contiguous`.
template <class Slope>
void give(Tape& tape, Var target, bool contiguous, Slope&& slope) {
  const GradSlot slot = tape.contribute(target);
  for_runs(tape, slot.view.rows, slot.view.cols, contiguous && slot.view.contiguous(), [&](Index r, Index count) {
    float* const to = slot.view.row(r);
    const auto at = slope(r);
    if (slot.fresh) {
      for (Index k = 0; k < count; ++k) to[k] = at(k);
    } else {
      for (Index k = 0; k < count; ++k) to[k] += at(k);
    }
  });
}

/// Assigns to memory that is fresh, adds otherwise (GradSlot's rule).
inline void put(float& target, float value, bool fresh) {
  target = fresh ? value : target + value;
}

/// Sixteen partial sums: vectorises without reassociating, and rounds like a sum of a sixteenth of the length.
inline float dot(const float* a, const float* b, Index count) {
  std::array<float, 16> lanes{};
  Index i = 0;
  for (; i + 16 <= count; i += 16) {
    for (std::size_t k = 0; k < 16; ++k) lanes[k] += a[i + static_cast<Index>(k)] * b[i + static_cast<Index>(k)];
  }
  for (; i < count; ++i) lanes[static_cast<std::size_t>(i % 16)] += a[i] * b[i];
  for (std::size_t width = 8; width > 0; width /= 2) {
    for (std::size_t k = 0; k < width; ++k) lanes[k] += lanes[k + width];
  }
  return lanes[0];
}

/// target += factor * source.
inline void axpy(float factor, const float* source, Index count, float* target) {
  for (Index i = 0; i < count; ++i) target[i] += factor * source[i];
}

/// Σ x², in float64 and in the order of the rows, whatever the number of threads.
double sum_of_squares(Tape& tape, Var x);

/// The input that decides whether a value made from `inputs` needs a gradient.
Var deciding(const Tape& tape, std::span<const Var> inputs);

/// Throws InvalidArgument unless a and b have one shape.
void require_same_shape(const Tape& tape, const char* operation, Var a, Var b);
/// Throws InvalidArgument unless `values` is [entries, 1].
void require_entry_values(const Tape& tape, const char* operation, Var values, Index entries);

}  // namespace monet::autograd::detail
