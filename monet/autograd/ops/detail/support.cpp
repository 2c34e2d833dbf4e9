#include "monet/autograd/ops/detail/support.h"

#include "monet/core/error.h"

#include <algorithm>

namespace monet::autograd::detail {

Var deciding(const Tape& tape, std::span<const Var> inputs) {
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](Var v) { return tape.needs_grad(v); });
  return found == inputs.end() ? inputs.front() : *found;
}

void require_same_shape(const Tape& tape, const char* operation, Var a, Var b) {
  if (tape.rows(a) != tape.rows(b) || tape.cols(a) != tape.cols(b)) {
    fail<InvalidArgument>("[{}] one operand is {} x {}, the other {} x {}", operation, tape.rows(a), tape.cols(a),
                          tape.rows(b), tape.cols(b));
  }
}

void require_entry_values(const Tape& tape, const char* operation, Var values, Index entries) {
  if (tape.rows(values) != entries || tape.cols(values) != 1) {
    fail<InvalidArgument>("[{}] the values are {} x {}, the pattern has {} entries (expected {} x 1)", operation,
                          tape.rows(values), tape.cols(values), entries, entries);
  }
}

}  // namespace monet::autograd::detail
