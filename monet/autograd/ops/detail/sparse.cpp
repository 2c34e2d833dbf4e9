#include "monet/autograd/ops/detail/sparse.h"

#include "monet/kernels/row_norms.h"

namespace monet::autograd::detail {

std::vector<std::uint8_t> marks_of(const graph::RowSet* set, Index size) {
  const bool all = set == nullptr || set->all;
  std::vector<std::uint8_t> marks(static_cast<std::size_t>(size), all ? 1 : 0);
  if (all) return marks;
  for (const std::int32_t row : set->rows) marks[static_cast<std::size_t>(row)] = 1;
  return marks;
}

std::vector<std::uint8_t> gradient_marks(const Tape& tape, Var v, const graph::RowSet* set) {
  if (tape.has_grad(v)) return marks_of(set, tape.rows(v));
  return std::vector<std::uint8_t>(static_cast<std::size_t>(tape.rows(v)), 0);
}

void spmm_set(Tape& tape, const graph::RowSet* set, const Csr& csr, const kernels::SpmmOperands& operands) {
  if (set == nullptr || set->all) {
    for_shares(tape, csr, operands.x.cols, [&](Index begin, Index end) { kernels::spmm_rows(operands, begin, end); });
    return;
  }
  const std::span<const std::int32_t> rows = set->rows;
  tape.pool().for_range(set->count, [&](Index begin, Index end, int) {
    kernels::spmm_listed_rows(operands,
                              rows.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  });
}

void add_to(Tape& tape, MatrixView<const float> source, MatrixView<float> target) {
  for_rows(tape, source.rows, 2 * source.cols, [&](Index r) { axpy(1.0F, source.row(r), source.cols, target.row(r)); });
}

std::vector<float> inverse_norms(Tape& tape, Var x) {
  const auto in = tape.value(x);
  std::vector<float> out(static_cast<std::size_t>(in.rows));
  tape.pool().for_range(in.rows, [&](Index begin, Index end, int) {
    kernels::inverse_norms(
        in.row_range(begin, end - begin),
        std::span(out).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  });
  return out;
}

}  // namespace monet::autograd::detail
