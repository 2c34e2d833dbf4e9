#include "monet/autograd/ops/degree_normalize.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <cmath>
#include <vector>

namespace monet::autograd {

namespace {

std::size_t at(Index i) {
  return static_cast<std::size_t>(i);
}

/// Calls body(r, k, c) for every entry k = (r, c).
template <class Body>
void for_entries(const Csr& csr, Body&& body) {
  for (Index r = 0; r < csr.rows(); ++r) {
    for (Index k = csr.indptr()[at(r)]; k < csr.indptr()[at(r) + 1]; ++k) body(r, k, Index{csr.indices()[at(k)]});
  }
}

}  // namespace

Var degree_normalize(Tape& tape, const PatternPtr& pattern, Var values, DegreeNormalization kind) {
  detail::require_entry_values(tape, "degree_normalize", values, pattern->nnz());
  const bool symmetric = kind == DegreeNormalization::symmetric;
  if (symmetric && pattern->rows() != pattern->cols()) {
    fail<InvalidArgument>("[degree_normalize] symmetric normalisation of {} x {}: not square", pattern->rows(),
                          pattern->cols());
  }
  const Var y = tape.make(pattern->nnz(), 1, {values});
  const auto in = tape.value(values);
  const auto out = tape.mutable_value(y);
  // factor_r = D_r^power, so that y_rc = w_rc factor_r (factor_c).
  const double power = symmetric ? -0.5 : -1.0;
  std::vector<double> degree(at(pattern->rows()), 0.0);
  for_entries(pattern->csr, [&](Index r, Index k, Index) { degree[at(r)] += static_cast<double>(in(k, 0)); });
  std::vector<double> factor(degree.size());
  for (std::size_t r = 0; r < degree.size(); ++r) factor[r] = degree[r] > 0.0 ? std::pow(degree[r], power) : 0.0;
  for_entries(pattern->csr, [&](Index r, Index k, Index c) {
    out(k, 0) = static_cast<float>(static_cast<double>(in(k, 0)) * factor[at(r)] * (symmetric ? factor[at(c)] : 1.0));
  });

  tape.on_backward(y, [=, degree = std::move(degree), factor = std::move(factor)](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto w = t.value(values);
    std::vector<double> towards_factor(factor.size(), 0.0);
    for_entries(pattern->csr, [&](Index r, Index k, Index c) {
      const double weighted = static_cast<double>(g(k, 0)) * static_cast<double>(w(k, 0));
      towards_factor[at(r)] += weighted * (symmetric ? factor[at(c)] : 1.0);
      if (symmetric) towards_factor[at(c)] += weighted * factor[at(r)];
    });
    const auto slot = t.contribute(values);
    for_entries(pattern->csr, [&](Index r, Index k, Index c) {
      const double direct = static_cast<double>(g(k, 0)) * factor[at(r)] * (symmetric ? factor[at(c)] : 1.0);
      const double through_degree =
          degree[at(r)] > 0.0 ? towards_factor[at(r)] * power * factor[at(r)] / degree[at(r)] : 0.0;
      detail::put(slot.view(k, 0), static_cast<float>(direct + through_degree), slot.fresh);
    });
  });
  return y;
}

}  // namespace monet::autograd
