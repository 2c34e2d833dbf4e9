#include "monet/autograd/ops/bi_interaction.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/leaky_sum.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace monet::autograd {

namespace {

using kernels::Transpose;

constexpr Index kBlockRows = 256;

void check(const Tape& tape, Var x, Var z, const BiInteraction& layer) {
  detail::require_same_shape(tape, "bi_interaction", x, z);
  detail::require_same_shape(tape, "bi_interaction", layer.gc_weight, layer.bi_weight);
  const Index out = tape.rows(layer.gc_weight);
  if (tape.cols(x) != tape.cols(layer.gc_weight)) {
    fail<InvalidArgument>("[bi_interaction] x has {} columns, the weights are {} x {}", tape.cols(x), out,
                          tape.cols(layer.gc_weight));
  }
  for (const Var bias : {layer.gc_bias, layer.bi_bias}) {
    if (tape.rows(bias) != 1 || tape.cols(bias) != out) {
      fail<InvalidArgument>("[bi_interaction] a bias is {} x {}, expected 1 x {}", tape.rows(bias), tape.cols(bias),
                            out);
    }
  }
  if (!(layer.dropout >= 0.0F && layer.dropout < 1.0F)) {
    fail<InvalidArgument>("[bi_interaction] dropout {} is outside [0, 1)", layer.dropout);
  }
}

/// Calls body(first row, rows, worker) for blocks of rows, each worker with consecutive ones.
template <class Body>
void for_blocks(Tape& tape, Index rows, Body&& body) {
  tape.pool().for_range(
      rows,
      [&](Index begin, Index end, int worker) {
        for (Index at = begin; at < end; at += kBlockRows) body(at, std::min(kBlockRows, end - at), worker);
      },
      kBlockRows);
}

template <class Combine>
void combine_rows(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> out, Combine&& combine) {
  for (Index r = 0; r < out.rows; ++r) {
    const float* const one = a.row(r);
    const float* const other = b.row(r);
    float* const to = out.row(r);
    for (Index c = 0; c < out.cols; ++c) to[c] = combine(one[c], other[c]);
  }
}

/// What W_g and W_b take, for a block of rows.
struct Inputs {
  MatrixView<const float> gc, bi;
  Inputs(MatrixView<const float> x, MatrixView<const float> z, bool adds_self, MatrixView<float> sums,
         MatrixView<float> products)
      : gc(z), bi(products.row_range(0, x.rows)) {
    combine_rows(x, z, products.row_range(0, x.rows), [](float a, float b) { return a * b; });
    if (!adds_self) return;
    combine_rows(x, z, sums.row_range(0, x.rows), [](float a, float b) { return a + b; });
    gc = sums.row_range(0, x.rows);
  }
};

MatrixView<std::uint8_t> bytes_of(MatrixView<float> memory, Index cols) {
  return {reinterpret_cast<std::uint8_t*>(memory.data), memory.rows, cols,
          memory.cols * static_cast<Index>(sizeof(float))};
}

/// A worker's part of the scratch of all.
MatrixView<float> part_of(Tape::Scratch& scratch, int worker, int workers) {
  const auto all = scratch.view();
  return all.row_range(worker * (all.rows / workers), all.rows / workers);
}

/// Where a gradient goes: to the tape, or for a value that needs none, nowhere.
struct Target {
  std::optional<Tape::Scratch> unused;
  GradSlot slot;
  Target(Tape& tape, Var v) {
    if (tape.needs_grad(v)) {
      slot = tape.contribute(v);
    } else {
      unused.emplace(tape.scratch(tape.rows(v), tape.cols(v)));
      slot.view = unused->view();
    }
  }
  void put(MatrixView<const float> gradient) const {
    for (Index r = 0; r < gradient.rows; ++r) {
      for (Index c = 0; c < gradient.cols; ++c) detail::put(slot.view(r, c), gradient(r, c), slot.fresh);
    }
  }
};

/// Row r of a slot takes a ⊙ b, and `straight` where it is given.
void give_row(const GradSlot& slot, Index r, const float* __restrict a, const float* __restrict b,
              const float* __restrict straight) {
  float* const __restrict to = slot.view.row(r);
  const Index count = slot.view.cols;
  if (slot.fresh && straight == nullptr) {
    for (Index c = 0; c < count; ++c) to[c] = a[c] * b[c];
  } else if (slot.fresh) {
    for (Index c = 0; c < count; ++c) to[c] = straight[c] + a[c] * b[c];
  } else if (straight == nullptr) {
    for (Index c = 0; c < count; ++c) to[c] += a[c] * b[c];
  } else {
    for (Index c = 0; c < count; ++c) to[c] += straight[c] + a[c] * b[c];
  }
}

/// x̄ = [da W_g when adds_self] + dt ⊙ z and z̄ = da W_g + dt ⊙ x, with `through` da W_g and `products` dt.
void input_gradients(const Target& x_grad, const Target& z_grad, MatrixView<const float> x, MatrixView<const float> z,
                     MatrixView<const float> through, MatrixView<const float> products, bool adds_self, Index first) {
  for (Index r = 0; r < x.rows; ++r) {
    const float* const straight = through.row(r);
    const float* const t = products.row(r);
    give_row(x_grad.slot, first + r, t, z.row(r), adds_self ? straight : nullptr);
    give_row(z_grad.slot, first + r, t, x.row(r), straight);
  }
}

void backward(Tape& t, Var x, Var z, Var y, Var kept, const BiInteraction& layer) {
  const auto g = t.grad(y);
  const auto signs = bytes_of(t.mutable_value(kept), g.cols);
  const auto x_rows = t.value(x);
  const auto z_rows = t.value(z);
  const Index in = x_rows.cols;
  const Index out = g.cols;
  const int workers = t.pool().size();
  auto sums = t.scratch(workers * kBlockRows, in);      // x + z
  auto products = t.scratch(workers * kBlockRows, in);  // x ⊙ z
  auto gc_grads = t.scratch(workers * kBlockRows, out);
  auto bi_grads = t.scratch(workers * kBlockRows, out);
  auto through_gc = t.scratch(workers * kBlockRows, in);
  auto through_bi = t.scratch(workers * kBlockRows, in);
  auto weight_grads = t.scratch(Index{2} * workers * out, in);  // of W_g, then of W_b
  auto bias_grads = t.scratch(Index{2} * workers, out);
  fill(weight_grads.view(), 0.0F);
  fill(bias_grads.view(), 0.0F);
  const Target x_grad(t, x);
  const Target z_grad(t, z);
  for_blocks(t, g.rows, [&](Index first, Index rows, int worker) {
    const auto block = [&](Tape::Scratch& scratch) { return part_of(scratch, worker, workers).row_range(0, rows); };
    const auto x_block = x_rows.row_range(first, rows);
    const auto z_block = z_rows.row_range(first, rows);
    const Inputs inputs(x_block, z_block, layer.adds_self, block(sums), block(products));
    const auto weights = part_of(weight_grads, worker, workers);
    const auto biases = part_of(bias_grads, worker, workers);
    const auto gc = block(gc_grads);
    const auto bi = block(bi_grads);
    kernels::leaky_sum_backward({g.row_range(first, rows), signs.row_range(first, rows), layer.slope,
                                 1.0F / (1.0F - layer.dropout), gc, bi, biases.row(0), biases.row(1)});
    kernels::gemm(Transpose::yes, Transpose::no, gc, inputs.gc, true, weights.row_range(0, out));
    kernels::gemm(Transpose::yes, Transpose::no, bi, inputs.bi, true, weights.row_range(out, out));
    kernels::gemm(Transpose::no, Transpose::no, gc, t.value(layer.gc_weight), false, block(through_gc));
    kernels::gemm(Transpose::no, Transpose::no, bi, t.value(layer.bi_weight), false, block(through_bi));
    input_gradients(x_grad, z_grad, x_block, z_block, block(through_gc), block(through_bi), layer.adds_self, first);
  });
  const Target gc_weight(t, layer.gc_weight), bi_weight(t, layer.bi_weight);
  const Target gc_bias(t, layer.gc_bias), bi_bias(t, layer.bi_bias);
  const auto weights = part_of(weight_grads, 0, workers);
  const auto biases = part_of(bias_grads, 0, workers);
  for (int worker = 1; worker < workers; ++worker) {
    combine_rows(weights, part_of(weight_grads, worker, workers), weights, std::plus<float>());
    combine_rows(biases, part_of(bias_grads, worker, workers), biases, std::plus<float>());
  }
  gc_weight.put(weights.row_range(0, out));
  bi_weight.put(weights.row_range(out, out));
  gc_bias.put(biases.row_range(0, 1));
  bi_bias.put(biases.row_range(1, 1));
}

}  // namespace

Var bi_interaction(Tape& tape, Var x, Var z, const BiInteraction& layer) {
  check(tape, x, z, layer);
  const auto x_rows = tape.value(x);
  const auto z_rows = tape.value(z);
  const Index in = x_rows.cols;
  const Index out = tape.rows(layer.gc_weight);
  // Before y, so that it is still there when y's backward runs.
  const Var kept = tape.make(x_rows.rows, (out + 3) / 4, {});
  const Var y = tape.make(x_rows.rows, out, {x, z, layer.gc_weight, layer.gc_bias, layer.bi_weight, layer.bi_bias});
  const auto value = tape.mutable_value(y);
  const auto signs = bytes_of(tape.mutable_value(kept), out);
  const int workers = tape.pool().size();
  auto sums = tape.scratch(workers * kBlockRows, in);
  auto products = tape.scratch(workers * kBlockRows, in);
  auto gc_rows = tape.scratch(workers * kBlockRows, out);
  auto bi_rows = tape.scratch(workers * kBlockRows, out);
  const auto dropout = kernels::Dropout::at(layer.dropout, layer.seed);
  for_blocks(tape, x_rows.rows, [&](Index first, Index rows, int worker) {
    const auto block = [&](Tape::Scratch& scratch) { return part_of(scratch, worker, workers).row_range(0, rows); };
    const Inputs inputs(x_rows.row_range(first, rows), z_rows.row_range(first, rows), layer.adds_self, block(sums),
                        block(products));
    kernels::gemm(Transpose::no, Transpose::yes, inputs.gc, tape.value(layer.gc_weight), false, block(gc_rows));
    kernels::gemm(Transpose::no, Transpose::yes, inputs.bi, tape.value(layer.bi_weight), false, block(bi_rows));
    kernels::leaky_sum({block(gc_rows), block(bi_rows), tape.value(layer.gc_bias).data, tape.value(layer.bi_bias).data,
                        layer.slope, dropout, first, value.row_range(first, rows), signs.row_range(first, rows)});
  });

  tape.on_backward(y, [=](Tape& t) {
    if (t.has_grad(y)) backward(t, x, z, y, kept, layer);
  });
  return y;
}

}  // namespace monet::autograd
