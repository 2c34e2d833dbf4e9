#include "monet/models/detail/fusion.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/linear.h"
#include "monet/autograd/ops/weighted_sum.h"

#include <array>
#include <vector>

namespace monet::models::detail {

using autograd::Var;

Var fuse(autograd::Tape& tape, const FusionVars& fusion, Var slabs, Var extra) {
  if (fusion.kind == Fusion::concat || fusion.kind == Fusion::fc) {
    const Var joined = extra.valid() ? autograd::concat_columns(tape, std::array{slabs, extra}) : slabs;
    return fusion.kind == Fusion::concat ? joined : autograd::linear(tape, joined, fusion.weight, fusion.bias);
  }
  std::vector<Var> terms;
  for (Index first = 0; first < tape.cols(slabs); first += fusion.slab_width) {
    terms.push_back(autograd::slice_columns(tape, slabs, first, fusion.slab_width));
  }
  if (extra.valid()) terms.push_back(extra);
  return fusion.kind == Fusion::sum ? autograd::add(tape, terms) : autograd::weighted_sum(tape, terms, fusion.weight);
}

}  // namespace monet::models::detail
