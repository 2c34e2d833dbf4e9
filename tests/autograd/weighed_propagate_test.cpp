#include "monet/autograd/ops/weighed_propagate.h"
#include "tests/autograd/edges.h"

#include <array>
#include <vector>

namespace monet::autograd::testing {
namespace {

/// Leaves: weights to users and to items, x of users and of items.
std::vector<Matrix<float>> propagate_leaves(Index edges, Index width) {
  return leaves(random_matrix(edges, 1, 1), random_matrix(edges, 1, 2), random_matrix(kUsers, width, 3),
                random_matrix(kItems, width, 4));
}

std::array<Reference, 2> propagate_reference(const std::vector<Matrix<float>>& v, int layers) {
  std::array<Reference, 2> layer{normalised(v[2]), normalised(v[3])};
  std::array<Reference, 2> sum = layer;
  for (int l = 0; l < layers; ++l) {
    std::array<Reference, 2> next{Reference(kUsers, v[2].cols()), Reference(kItems, v[3].cols())};
    for (const Edge& edge : edges_of(*item_users())) {
      for (Index c = 0; c < v[2].cols(); ++c) {
        next[0](edge.user, c) += static_cast<double>(v[0](edge.entry, 0)) * layer[1](edge.item, c);
        next[1](edge.item, c) += static_cast<double>(v[1](edge.entry, 0)) * layer[0](edge.user, c);
      }
    }
    layer = next;
    for (std::size_t side = 0; side < 2; ++side) {
      for (std::size_t k = 0; k < sum[side].data.size(); ++k) sum[side].data[k] += layer[side].data[k];
    }
  }
  return sum;
}

TEST(WeighedPropagate, MatchesTheReferenceAndFiniteDifferences) {
  const auto pattern = item_users();
  for (const int layers : {1, 2, 3, 4}) {
    const auto inputs = propagate_leaves(pattern->nnz(), 3);
    const auto want = propagate_reference(inputs, layers);
    expect_differentiable(
        inputs,
        [&](Tape& t, auto v) {
          const auto out = weighed_propagate(t, pattern, {v[0], v[1]}, {v[2], v[3]}, layers, nullptr);
          return concat_rows(t, out.users, out.items);
        },
        stacked({want[0], want[1]}), 12.0 * layers);
  }
}

TEST(WeighedPropagate, WithAFieldTheRowsOfABatch) {
  const auto pattern = item_users();
  const Field field;
  for (const int layers : {1, 2, 3}) {
    const auto inputs = propagate_leaves(pattern->nnz(), 5);
    const auto want = propagate_reference(inputs, layers);
    expect_differentiable(
        inputs,
        [&](Tape& t, auto v) {
          return field.rows(t, weighed_propagate(t, pattern, {v[0], v[1]}, {v[2], v[3]}, layers, &field.field));
        },
        field.rows(want[0], want[1]), 12.0 * layers);
  }
}

TEST(WeighedPropagate, AddsToGradientsThatAreThere) {
  const auto pattern = item_users();
  expect_gradients(propagate_leaves(pattern->nnz(), 3), [&](Tape& t, auto v) {
    const auto out = weighed_propagate(t, pattern, {v[0], v[1]}, {v[2], v[3]}, 2, nullptr);
    const auto again = weighed_propagate(t, pattern, {v[0], v[1]}, {v[2], v[3]}, 1, nullptr);
    return stack(t, {out.users, out.items, again.users, v[2]});
  });
}

TEST(WeighedPropagate, RefusesShapesThatDoNotFit) {
  const auto pattern = item_users();
  const Matrix<float> weights(pattern->nnz(), 1), users(kUsers, 3), items(kItems, 2), few(3, 1);
  const auto run = [&](const Matrix<float>& w, const Matrix<float>& of_items, int layers) {
    return [&, layers](Tape& t) {
      weighed_propagate(t, pattern, {t.constant(w), t.constant(weights)}, {t.constant(users), t.constant(of_items)},
                        layers, nullptr);
    };
  };
  const Matrix<float> fits(kItems, 3);
  expect_refused(run(weights, items, 2),
                 "[weighed_propagate] users are 6 x 3 and items 7 x 2, the pattern of items is 7 x 6");
  expect_refused(run(weights, fits, 0), "[weighed_propagate] 0 layers");
  expect_refused(run(few, fits, 2),
                 "[weighed_propagate] the values are 3 x 1, the pattern has 12 entries (expected 12 x 1)");
}

}  // namespace
}  // namespace monet::autograd::testing
