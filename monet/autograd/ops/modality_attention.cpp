#include "monet/autograd/ops/modality_attention.h"

#include "monet/autograd/ops/detail/parallel_gemm.h"
#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/modality_attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace monet::autograd {

using kernels::Transpose;

namespace {

void check(const Tape& tape, Var users, Var items, const ModalityAttentionVars& v) {
  detail::require_same_shape(tape, "modality_attention", users, items);
  const Index a = tape.rows(v.weight);
  const Index d = tape.cols(v.weight);
  if (a == 0 || d == 0 || tape.cols(users) == 0 || tape.cols(users) % d != 0) {
    fail<InvalidArgument>("[modality_attention] W is {} x {}, the embeddings have {} columns: not a multiple", a, d,
                          tape.cols(users));
  }
  for (const Var row : {v.bias, v.vector}) {
    if (tape.rows(row) != 1 || tape.cols(row) != a) {
      fail<InvalidArgument>("[modality_attention] b or w is {} x {}, expected 1 x {}", tape.rows(row), tape.cols(row),
                            a);
    }
  }
}

/// softmax of `count` values in place.
void softmax(float* values, Index count) {
  const float largest = *std::max_element(values, values + count);
  float sum = 0.0F;
  for (Index m = 0; m < count; ++m) sum += values[m] = std::exp(values[m] - largest);
  for (Index m = 0; m < count; ++m) values[m] /= sum;
}

float sum_of(const float* values, Index count) {
  return std::accumulate(values, values + count, 0.0F);
}

}  // namespace

Var modality_attention(Tape& tape, Var users, Var items, const ModalityAttentionVars& v) {
  check(tape, users, items, v);
  const Index n = tape.rows(users);
  const Index a = tape.rows(v.weight);
  const Index d = tape.cols(v.weight);
  const Index slabs = tape.cols(users) / d;
  // Rows n·M of pairs and modalities; kept for the backward pass.
  const Var hidden = tape.make(n * slabs, d, {});
  const Var activation = tape.make(n * slabs, a, {});
  const Var share = tape.make(n, slabs, {});
  const Var y = tape.make(n, 1, {users, items, v.weight, v.bias, v.vector});
  const auto p = tape.value(users);
  const auto q = tape.value(items);
  const auto h = tape.mutable_value(hidden);
  const auto t = tape.mutable_value(activation);
  const auto s = tape.mutable_value(share);
  const auto out = tape.mutable_value(y);
  const auto b = tape.value(v.bias);
  const auto w = tape.value(v.vector);
  detail::for_rows(tape, n, 3 * p.cols, [&](Index k) {
    float* to = h.row(k * slabs);  // the M rows of a pair lie one after the other
    for (Index c = 0; c < p.cols; ++c) to[c] = p(k, c) * q(k, c);
    for (Index m = 0; m < slabs; ++m) std::copy_n(b.data, a, t.row(k * slabs + m));
  });
  detail::parallel_gemm(tape.pool(), Transpose::no, Transpose::yes, h, tape.value(v.weight), true, t);
  detail::for_rows(tape, n, slabs * (8 * a + d), [&](Index k) {
    kernels::tanh_in_place(t.row_range(k * slabs, slabs));
    for (Index m = 0; m < slabs; ++m) s(k, m) = detail::dot(t.row(k * slabs + m), w.data, a);
    softmax(s.row(k), slabs);
    out(k, 0) = 0.0F;
    for (Index m = 0; m < slabs; ++m) out(k, 0) += s(k, m) * sum_of(h.row(k * slabs + m), d);
  });

  tape.on_backward(y, [=](Tape& tp) {
    if (!tp.has_grad(y)) return;
    const auto g = tp.grad(y);
    const auto weights = tp.value(v.vector);
    const auto hidden_rows = tp.value(hidden);
    const auto tanh_rows = tp.value(activation);
    auto logit = tp.scratch(n * slabs, 1);        // gradient of wᵀ t
    auto before = tp.scratch(n * slabs, a);       // of W h + b
    auto hidden_grad = tp.scratch(n * slabs, d);  // of h
    detail::for_rows(tp, n, slabs * (2 * a + 2 * d), [&](Index k) {
      for (Index m = 0; m < slabs; ++m) {
        const Index row = k * slabs + m;
        const float along = g(k, 0) * tp.value(share)(k, m);
        const float slope = along * (sum_of(hidden_rows.row(row), d) - tp.value(y)(k, 0));
        logit.view()(row, 0) = slope;
        for (Index j = 0; j < a; ++j) {
          const float tanh = tanh_rows(row, j);
          before.view()(row, j) = slope * weights(0, j) * (1.0F - tanh * tanh);
        }
        std::fill_n(hidden_grad.view().row(row), d, along);
      }
    });
    if (tp.needs_grad(v.vector)) {
      const auto slot = tp.contribute(v.vector);
      detail::parallel_gemm(tp.pool(), Transpose::yes, Transpose::no, logit.view(), tanh_rows, !slot.fresh, slot.view);
    }
    if (tp.needs_grad(v.bias)) {
      const auto slot = tp.contribute(v.bias);
      detail::column_sums(tp.pool(), before.view(), !slot.fresh, slot.view);
    }
    if (tp.needs_grad(v.weight)) {
      const auto slot = tp.contribute(v.weight);
      detail::parallel_gemm(tp.pool(), Transpose::yes, Transpose::no, before.view(), hidden_rows, !slot.fresh,
                            slot.view);
    }
    detail::parallel_gemm(tp.pool(), Transpose::no, Transpose::no, before.view(), tp.value(v.weight), true,
                          hidden_grad.view());
    const auto give = [&](Var target, Var other) {
      if (!tp.needs_grad(target)) return;
      const auto slot = tp.contribute(target);
      const auto factor = tp.value(other);
      detail::for_rows(tp, n, 3 * factor.cols, [&](Index k) {
        const float* from = hidden_grad.view().row(k * slabs);
        for (Index c = 0; c < factor.cols; ++c) detail::put(slot.view(k, c), from[c] * factor(k, c), slot.fresh);
      });
    };
    give(users, items);
    give(items, users);
  });
  return y;
}

}  // namespace monet::autograd
