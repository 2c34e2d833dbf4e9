#include "monet/autograd/ops/detail/support.h"

#include "monet/core/error.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace monet::autograd::detail {

double sum_of_squares(Tape& tape, Var x) {
  const auto in = tape.value(x);
  std::vector<double> by_row(static_cast<std::size_t>(in.rows));
  for_rows(tape, in.rows, in.cols, [&](Index r) {
    // Eight partial sums: one alone waits for each addition.
    std::array<double, 8> lanes{};
    const float* const row = in.row(r);
    Index c = 0;
    for (; c + 8 <= in.cols; c += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        const auto v = static_cast<double>(row[c + static_cast<Index>(k)]);
        lanes[k] += v * v;
      }
    }
    for (; c < in.cols; ++c) lanes[0] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    by_row[static_cast<std::size_t>(r)] = std::accumulate(lanes.begin(), lanes.end(), 0.0);
  });
  return std::accumulate(by_row.begin(), by_row.end(), 0.0);
}

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
