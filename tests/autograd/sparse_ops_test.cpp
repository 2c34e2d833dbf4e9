#include "monet/autograd/ops/degree_normalize.h"
#include "monet/autograd/ops/entry_values.h"
#include "monet/autograd/ops/segment_softmax.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/ops/spmm.h"
#include "tests/autograd/support.h"

#include <array>

namespace monet::autograd::testing {
namespace {

using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;

PatternPtr pattern_of(Index rows, Index cols, const Pairs& pairs) {
  return std::make_shared<const SparsePattern>(Csr::from_pairs(rows, cols, pairs));
}

/// 4 x 5 with an empty row (2), an empty column (1) and a row of one entry.
PatternPtr oblong() {
  return pattern_of(4, 5, {{0, 0}, {0, 2}, {0, 4}, {1, 3}, {3, 0}, {3, 4}});
}
/// 4 x 4, not symmetric, with an empty row and column (3), diagonal entries and both directions of one pair.
PatternPtr square() {
  return pattern_of(4, 4, {{0, 0}, {0, 1}, {1, 0}, {1, 2}, {2, 0}, {2, 2}});
}

/// Calls body(r, k, c) for every entry.
template <class Body>
void for_entries(const Csr& csr, Body&& body) {
  Index k = 0;
  for (Index r = 0; r < csr.rows(); ++r) {
    for (const std::int32_t c : csr.row(r)) body(r, k++, Index{c});
  }
}

double entry(const Matrix<float>& m, Index r, Index c) {
  return static_cast<double>(m(r, c));
}

TEST(SparsePattern, TransposesByPermutation) {
  const auto p = oblong();
  EXPECT_EQ(p->transposed.rows(), 5);
  std::vector<std::pair<Index, Index>> where(static_cast<std::size_t>(p->nnz()));
  for_entries(p->csr, [&](Index r, Index k, Index c) { where[static_cast<std::size_t>(k)] = {r, c}; });
  for_entries(p->transposed, [&](Index c, Index k, Index r) {
    EXPECT_EQ(where[static_cast<std::size_t>(p->permutation[static_cast<std::size_t>(k)])], std::pair(r, c));
  });
}

TEST(Spmm, MatchesTheReferenceAndFiniteDifferences) {
  const auto p = oblong();
  for (const Index width : {1, 3, 17}) {
    const auto inputs = leaves(random_matrix(p->nnz(), 1, 1), random_matrix(5, width, 2));
    Reference want(4, width);
    for_entries(p->csr, [&](Index r, Index k, Index c) {
      for (Index j = 0; j < width; ++j) want(r, j) += entry(inputs[0], k, 0) * entry(inputs[1], c, j);
    });
    expect_operation(
        inputs, [&](Tape& t, auto v) { return spmm(t, p, v[0], v[1]); }, want, 3.0);
  }
  const Matrix<float> values(p->nnz(), 1), few(2, 1), x(4, 2);
  expect_refused([&](Tape& t) { spmm(t, p, t.constant(values), t.constant(x)); },
                 "[spmm] x has 4 rows, the pattern is 4 x 5");
  expect_refused([&](Tape& t) { spmm(t, p, t.constant(few), t.constant(x)); },
                 "[spmm] the values are 2 x 1, the pattern has 6 entries (expected 6 x 1)");
}

TEST(SampledDot, MatchesTheReferenceAndFiniteDifferences) {
  const auto p = oblong();
  for (const Index width : {1, 3, 17}) {
    const auto inputs = leaves(random_matrix(4, width, 1), random_matrix(5, width, 2));
    Reference want(p->nnz(), 1);
    for_entries(p->csr, [&](Index r, Index k, Index c) {
      for (Index j = 0; j < width; ++j) want(k, 0) += entry(inputs[0], r, j) * entry(inputs[1], c, j);
    });
    expect_operation(
        inputs, [&](Tape& t, auto v) { return sampled_dot(t, p, v[0], v[1]); }, want, static_cast<double>(width));
  }
  const auto s = square();
  expect_gradients(leaves(random_matrix(4, 3, 1)), [&](Tape& t, auto v) { return sampled_dot(t, s, v[0], v[0]); });
  const Matrix<float> a(4, 2), b(5, 3);
  expect_refused([&](Tape& t) { sampled_dot(t, p, t.constant(a), t.constant(b)); },
                 "[sampled_dot] 4 x 2 with 5 x 3 on a pattern of 4 x 5");
}

TEST(SegmentSoftmax, SumsToOneInEachRow) {
  const auto p = oblong();
  const auto inputs = leaves(random_matrix(p->nnz(), 1, 1));
  std::vector<double> totals(4, 0.0);
  for_entries(p->csr, [&](Index r, Index k, Index) {
    totals[static_cast<std::size_t>(r)] += std::exp(entry(inputs[0], k, 0));
  });
  Reference want(p->nnz(), 1);
  for_entries(p->csr, [&](Index r, Index k, Index) {
    want(k, 0) = std::exp(entry(inputs[0], k, 0)) / totals[static_cast<std::size_t>(r)];
  });
  expect_operation(
      inputs, [&](Tape& t, auto v) { return segment_softmax(t, p, v[0]); }, want, 3.0);
}

TEST(SegmentSoftmax, SurvivesLargeValues) {
  const auto p = pattern_of(1, 2, {{0, 0}, {0, 1}});
  Matrix<float> values(2, 1);
  values(0, 0) = 2000.0F;
  values(1, 0) = 2000.0F;
  ThreadPool pool(1);
  const auto out =
      run_forward(pool, leaves(std::move(values)), [&](Tape& t, auto v) { return segment_softmax(t, p, v[0]); });
  EXPECT_EQ(out(0, 0), 0.5F);
}

TEST(DegreeNormalize, DividesByRowSums) {
  for (const auto kind : {DegreeNormalization::row, DegreeNormalization::symmetric}) {
    const auto p = square();
    const auto inputs = leaves(positive_matrix(p->nnz(), 1, 1));
    std::vector<double> degree(4, 0.0);
    for_entries(p->csr,
                [&](Index r, Index k, Index) { degree[static_cast<std::size_t>(r)] += entry(inputs[0], k, 0); });
    Reference want(p->nnz(), 1);
    for_entries(p->csr, [&](Index r, Index k, Index c) {
      const double own = degree[static_cast<std::size_t>(r)];
      const double other = degree[static_cast<std::size_t>(c)];
      want(k, 0) = entry(inputs[0], k, 0) / (kind == DegreeNormalization::row ? own : std::sqrt(own * other));
    });
    expect_operation(
        inputs, [&](Tape& t, auto v) { return degree_normalize(t, p, v[0], kind); }, want, 3.0);
  }
  const auto p = oblong();
  const Matrix<float> values(6, 1);
  expect_refused([&](Tape& t) { degree_normalize(t, p, t.constant(values), DegreeNormalization::symmetric); },
                 "[degree_normalize] symmetric normalisation of 4 x 5: not square");
}

TEST(DegreeNormalize, GivesZeroWhereADegreeIsNotPositive) {
  // Row 1 sums to -1, so it and the entries that end in it are 0, as is column 2, whose own row is empty.
  const auto p = pattern_of(3, 3, {{0, 0}, {0, 1}, {0, 2}, {1, 0}});
  Matrix<float> values(4, 1);
  values(0, 0) = 2.0F, values(1, 0) = 1.0F, values(2, 0) = 1.0F, values(3, 0) = -1.0F;
  ThreadPool pool(1);
  const auto out = run_forward(pool, leaves(std::move(values)), [&](Tape& t, auto v) {
    return degree_normalize(t, p, v[0], DegreeNormalization::symmetric);
  });
  EXPECT_EQ(out(0, 0), 0.5F);
  for (const Index k : {1, 2, 3}) EXPECT_EQ(out(k, 0), 0.0F);
}

TEST(TransposeValues, FollowsThePermutation) {
  const auto p = oblong();
  const auto inputs = leaves(random_matrix(p->nnz(), 1, 1));
  Reference want(p->nnz(), 1);
  for (Index k = 0; k < p->nnz(); ++k) want(k, 0) = entry(inputs[0], p->permutation[static_cast<std::size_t>(k)], 0);
  expect_operation(
      inputs, [&](Tape& t, auto v) { return transpose_values(t, p, v[0]); }, want, 0.0);
}

TEST(Union, HoldsTheEntriesOfAllPartsAndPlacesTheirValues) {
  const std::array parts{oblong(), pattern_of(4, 5, {{0, 1}, {0, 2}, {2, 2}, {3, 4}})};
  const PatternUnion united = unite(parts);
  EXPECT_EQ(united.pattern->nnz(), 8);
  for (std::size_t part = 0; part < 2; ++part) {
    const auto inputs = leaves(random_matrix(parts[part]->nnz(), 1, 3));
    Reference dense(4, 5);
    for_entries(parts[part]->csr, [&](Index r, Index k, Index c) { dense(r, c) = entry(inputs[0], k, 0); });
    Reference want(8, 1);
    for_entries(united.pattern->csr, [&](Index r, Index k, Index c) { want(k, 0) = dense(r, c); });
    expect_operation(
        inputs, [&](Tape& t, auto v) { return spread_values(t, united, part, v[0]); }, want, 0.0);
  }
  expect_refused([&](Tape&) { unite(std::array{oblong(), square()}); }, "[unite] one pattern is 4 x 5, another 4 x 4");
  const Matrix<float> values(6, 1);
  expect_refused([&](Tape& t) { spread_values(t, united, 2, t.constant(values)); },
                 "[spread_values] part 2 of a union of 2");
}

}  // namespace
}  // namespace monet::autograd::testing
