#include "monet/autograd/ops/strongest_edges.h"
#include "monet/autograd/ops/matmul.h"
#include "tests/autograd/edges.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace monet::autograd::testing {
namespace {

/// Leaves: a of two modalities in both directions, confidences of users and of items. One modality wins clearly at each
/// edge; every third weight is clearly negative.
std::vector<Matrix<float>> strongest_leaves(Index edges) {
  std::vector<Matrix<float>> out;
  for (const bool second : {false, true}) {
    for (const int direction : {0, 1}) {
      auto a = positive_matrix(edges, 1, static_cast<std::uint64_t>(10 + direction));
      for (Index k = 0; k < edges; ++k) {
        const bool wins = (k % 2 == 0) == second;
        if ((k + direction) % 3 == 0) {
          a(k, 0) = wins ? -0.4F : -0.9F;
        } else {
          a(k, 0) = wins ? 0.7F + 0.3F * a(k, 0) : 0.3F * a(k, 0);
        }
      }
      out.push_back(std::move(a));
    }
  }
  for (const Index rows : {kUsers, kItems}) {
    auto confidence = positive_matrix(rows, 2, static_cast<std::uint64_t>(20 + rows));
    for (Index k = 0; k < confidence.size(); ++k) confidence.data()[k] = 0.8F + 0.3F * confidence.data()[k];
    out.push_back(std::move(confidence));
  }
  return out;
}

Var run_strongest(Tape& t, const PatternPtr& pattern, std::span<const Var> v, bool prune) {
  const std::array attentions{EdgeValues{v[0], v[1]}, EdgeValues{v[2], v[3]}};
  const auto out = strongest_edges(t, pattern, attentions, {v[4], v[5]}, prune);
  return concat_rows(t, out.to_users, out.to_items);
}

TEST(StrongestEdges, MatchesTheReferenceAndFiniteDifferences) {
  const auto pattern = item_users();
  const auto inputs = strongest_leaves(pattern->nnz());
  for (const bool prune : {false, true}) {
    Reference to_users(pattern->nnz(), 1), to_items(pattern->nnz(), 1);
    for (const Edge& edge : edges_of(*pattern)) {
      const auto most = [&](std::size_t direction, const Matrix<float>& confidence, Index source) {
        const double first = static_cast<double>(inputs[direction](edge.entry, 0)) * confidence(source, 0);
        const double second = static_cast<double>(inputs[2 + direction](edge.entry, 0)) * confidence(source, 1);
        return std::max(std::max(first, second), prune ? 0.0 : -1e30);
      };
      to_users(edge.entry, 0) = most(0, inputs[5], edge.item);
      to_items(edge.entry, 0) = most(1, inputs[4], edge.user);
    }
    expect_operation(
        inputs, [&](Tape& t, auto v) { return run_strongest(t, pattern, v, prune); }, stacked({to_users, to_items}),
        1.0);
  }
}

TEST(StrongestEdges, TheFirstOfSeveralWins) {
  const auto pattern = std::make_shared<const SparsePattern>(
      Csr::from_pairs(1, 1, std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 0}}));
  std::vector<Matrix<float>> values, grads;
  for (int n = 0; n < 6; ++n) {
    values.push_back(Matrix<float>::zeros(1, n < 4 ? 1 : 2));
    fill(values.back().view(), 0.5F);
    grads.push_back(Matrix<float>::zeros(1, n < 4 ? 1 : 2));
  }
  ThreadPool pool(1);
  Tape tape(pool);
  std::vector<Var> vars;
  for (std::size_t n = 0; n < 6; ++n) vars.push_back(tape.parameter(values[n].view(), grads[n].view()));
  const Var both = run_strongest(tape, pattern, vars, true);
  const auto ones = Matrix<float>::copy_of(positive_matrix(1, 2, 1).view());
  tape.backward(matmul(tape, tape.constant(ones.view()), both));
  EXPECT_EQ(grads[0](0, 0), 0.5F * ones(0, 0));
  EXPECT_EQ(grads[2](0, 0), 0.0F);
  EXPECT_EQ(grads[4](0, 0), 0.5F * ones(0, 1));
  EXPECT_EQ(grads[4](0, 1), 0.0F);
}

TEST(StrongestEdges, RefusesShapesThatDoNotFit) {
  const auto pattern = item_users();
  const Matrix<float> values(pattern->nnz(), 1), users(kUsers, 2), items(kItems, 2);
  expect_refused(
      [&](Tape& t) {
        strongest_edges(t, pattern, {}, {t.constant(users), t.constant(items)}, true);
      },
      "[strongest_edges] no attention given");
  expect_refused(
      [&](Tape& t) {
        const std::array one{EdgeValues{t.constant(values), t.constant(values)}};
        strongest_edges(t, pattern, one, {t.constant(users), t.constant(items)}, true);
      },
      "[strongest_edges] confidences of users are 6 x 2 and of items 7 x 2, the pattern of items is 7 x 6, with 1 "
      "attentions");
}

}  // namespace
}  // namespace monet::autograd::testing
