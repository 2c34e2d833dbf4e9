#include "monet/autograd/ops/gated_sum.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/modality_attention.h"

#include <vector>

namespace monet::autograd {

namespace {

void check_terms(const Tape& tape, std::span<const GatedTerm> terms, Var base) {
  if (terms.empty()) fail<InvalidArgument>("[gated_sum] no terms");
  for (const GatedTerm& term : terms) {
    detail::require_same_shape(tape, "gated_sum", term.value, term.logits);
    detail::require_same_shape(tape, "gated_sum", terms[0].value, term.value);
    if (term.value.id == term.logits.id) fail<InvalidArgument>("[gated_sum] values that are their own logits");
    if (!term.mask.empty() && (term.mask.rows != tape.rows(term.value) || term.mask.cols != tape.cols(term.value))) {
      fail<InvalidArgument>("[gated_sum] a mask of {} x {} for values of {} x {}", term.mask.rows, term.mask.cols,
                            tape.rows(term.value), tape.cols(term.value));
    }
  }
  if (base.valid()) detail::require_same_shape(tape, "gated_sum", terms[0].value, base);
}

/// σ(z) = (1 + tanh(z / 2)) / 2.
void open_row(const float* logits, Index count, float* gate) {
  for (Index c = 0; c < count; ++c) gate[c] = 0.5F * logits[c];
  kernels::tanh_in_place({gate, 1, count});
  for (Index c = 0; c < count; ++c) gate[c] = 0.5F + 0.5F * gate[c];
}

}  // namespace

Var gated_sum(Tape& tape, std::span<const GatedTerm> given, Var base, float factor) {
  check_terms(tape, given, base);
  const std::vector<GatedTerm> terms(given.begin(), given.end());
  const Index rows = tape.rows(terms[0].value);
  const Index cols = tape.cols(terms[0].value);
  std::vector<Var> gates;  // σ(z), for the backward pass
  Var deciding = base;
  for (const GatedTerm& term : terms) {
    gates.push_back(tape.make(rows, cols, {}));
    for (const Var input : {term.value, term.logits}) {
      if (!deciding.valid() || !tape.needs_grad(deciding)) deciding = input;
    }
  }
  const Var y = tape.make(rows, cols, {deciding});
  const auto out = tape.mutable_value(y);
  const auto count = static_cast<Index>(terms.size());
  detail::for_rows(tape, rows, cols * (2 + 8 * count), [&](Index r) {
    float* const to = out.row(r);
    const float* const from = base.valid() ? tape.value(base).row(r) : nullptr;
    for (Index c = 0; c < cols; ++c) to[c] = from == nullptr ? 0.0F : factor * from[c];
    for (std::size_t m = 0; m < terms.size(); ++m) {
      float* const gate = tape.mutable_value(gates[m]).row(r);
      open_row(tape.value(terms[m].logits).row(r), cols, gate);
      const float* const value = tape.value(terms[m].value).row(r);
      const float* const mask = terms[m].mask.empty() ? nullptr : terms[m].mask.row(r);
      for (Index c = 0; c < cols; ++c) {
        const float open = mask == nullptr ? gate[c] : gate[c] * mask[c];
        to[c] += factor * open * (from == nullptr ? value[c] : value[c] - from[c]);
      }
    }
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const bool to_base = base.valid() && t.needs_grad(base);
    if (to_base) {
      detail::give(t, base, g.contiguous(),
                   [=](Index r) { return [seed = g.row(r), factor](Index k) { return factor * seed[k]; }; });
    }
    const GradSlot base_slot = to_base ? t.contribute(base) : GradSlot{};
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const GatedTerm& term = terms[m];
      const auto gate = t.value(gates[m]);
      const auto value = t.value(term.value);
      const bool to_value = t.needs_grad(term.value);
      const bool to_logits = t.needs_grad(term.logits);
      const GradSlot value_slot = to_value ? t.contribute(term.value) : GradSlot{};
      const GradSlot logits_slot = to_logits ? t.contribute(term.logits) : GradSlot{};
      detail::for_rows(t, rows, 8 * cols, [&](Index r) {
        const float* const seed = g.row(r);
        const float* const open = gate.row(r);
        const float* const x = value.row(r);
        const float* const mask = term.mask.empty() ? nullptr : term.mask.row(r);
        const float* const from = base.valid() ? t.value(base).row(r) : nullptr;
        float* const x_to = to_value ? value_slot.view.row(r) : nullptr;
        float* const z_to = to_logits ? logits_slot.view.row(r) : nullptr;
        float* const b_to = to_base ? base_slot.view.row(r) : nullptr;
        for (Index c = 0; c < cols; ++c) {
          const float along = factor * seed[c] * (mask == nullptr ? open[c] : open[c] * mask[c]);
          if (x_to != nullptr) detail::put(x_to[c], along, value_slot.fresh);
          if (b_to != nullptr) b_to[c] -= along;
          if (z_to == nullptr) continue;
          const float apart = from == nullptr ? x[c] : x[c] - from[c];
          detail::put(z_to[c], along * (1.0F - open[c]) * apart, logits_slot.fresh);
        }
      });
    }
  });
  return y;
}

}  // namespace monet::autograd
