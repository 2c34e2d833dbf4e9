#include "monet/autograd/ops/edge_attention.h"
#include "monet/autograd/ops/matmul.h"
#include "tests/autograd/edges.h"

#include <cmath>
#include <utility>
#include <vector>

namespace monet::autograd::testing {
namespace {

struct AttentionReference {
  Reference to_users, to_items, users, items;
};

AttentionReference attention_reference(const Matrix<float>& p, const Matrix<float>& f) {
  const auto pattern = item_users();
  const auto edges = edges_of(*pattern);
  const Reference unit_p = normalised(p), unit_f = normalised(f);
  AttentionReference out{Reference(pattern->nnz(), 1), Reference(pattern->nnz(), 1), unit_p, unit_f};
  std::vector<double> of_users(kUsers, 0.0), of_items(kItems, 0.0), e;
  for (const Edge& edge : edges) {
    double cosine = 0.0;
    for (Index c = 0; c < p.cols(); ++c) cosine += unit_p(edge.user, c) * unit_f(edge.item, c);
    e.push_back(std::exp(cosine));
    of_users[static_cast<std::size_t>(edge.user)] += e.back();
    of_items[static_cast<std::size_t>(edge.item)] += e.back();
  }
  for (const Edge& edge : edges) {
    const auto k = static_cast<std::size_t>(edge.entry);
    out.to_users(edge.entry, 0) = e[k] / of_users[static_cast<std::size_t>(edge.user)];
    out.to_items(edge.entry, 0) = e[k] / of_items[static_cast<std::size_t>(edge.item)];
    for (Index c = 0; c < p.cols(); ++c) {
      out.users(edge.user, c) += out.to_users(edge.entry, 0) * unit_f(edge.item, c);
      out.items(edge.item, c) += out.to_items(edge.entry, 0) * unit_p(edge.user, c);
    }
  }
  return out;
}

TEST(EdgeAttention, MatchesTheReferenceAndFiniteDifferences) {
  const auto pattern = item_users();
  for (const Index width : {2, 5, 19}) {
    const auto inputs = leaves(random_matrix(kUsers, width, 1), random_matrix(kItems, width, 2));
    const auto want = attention_reference(inputs[0], inputs[1]);
    const auto roundings = static_cast<double>(2 * width + 16);
    // `outputs` names two of its results.
    const auto check = [&](auto outputs, const Reference& of_outputs) {
      expect_differentiable(
          inputs,
          [&](Tape& t, auto v) {
            const auto [first, second] = outputs(edge_attention(t, pattern, v[0], v[1], nullptr));
            return concat_rows(t, first, second);
          },
          of_outputs, roundings);
    };
    check([](const EdgeAttention& out) { return std::pair(out.content.users, out.content.items); },
          stacked({want.users, want.items}));
    check([](const EdgeAttention& out) { return std::pair(out.attention.to_users, out.attention.to_items); },
          stacked({want.to_users, want.to_items}));
  }
}

TEST(EdgeAttention, GradientsOfAllItsOutputsMeet) {
  const auto pattern = item_users();
  const auto ones = positive_matrix(1, 3, 9);
  expect_gradients(leaves(random_matrix(kUsers, 3, 3), random_matrix(kItems, 3, 4)), [&](Tape& t, auto v) {
    const auto out = edge_attention(t, pattern, v[0], v[1], nullptr);
    const Var attention = concat_rows(t, out.attention.to_users, out.attention.to_items);
    return stack(t, {matmul(t, attention, t.constant(ones.view())), out.content.users, out.content.items, v[0], v[1]});
  });
}

TEST(EdgeAttention, WithAFieldTheRowsOfABatch) {
  const auto pattern = item_users();
  const Field field;
  const auto inputs = leaves(random_matrix(kUsers, 4, 5), random_matrix(kItems, 4, 6));
  const auto want = attention_reference(inputs[0], inputs[1]);
  expect_differentiable(
      inputs,
      [&](Tape& t, auto v) { return field.rows(t, edge_attention(t, pattern, v[0], v[1], &field.field).content); },
      field.rows(want.users, want.items), 24.0);
}

TEST(EdgeAttention, OneSideMayBeConstant) {
  const auto pattern = item_users();
  const auto other = random_matrix(kItems, 3, 8);
  expect_gradients(leaves(random_matrix(kUsers, 3, 7)), [&](Tape& t, auto v) {
    const auto out = edge_attention(t, pattern, v[0], t.constant(other.view()), nullptr);
    return concat_rows(t, out.content.users, out.content.items);
  });
}

TEST(EdgeAttention, RefusesShapesThatDoNotFit) {
  const Matrix<float> users(kUsers, 3), items(kUsers, 3);
  expect_refused([&](Tape& t) { edge_attention(t, item_users(), t.constant(users), t.constant(items), nullptr); },
                 "[edge_attention] users are 6 x 3 and items 6 x 3, the pattern of items is 7 x 6");
}

}  // namespace
}  // namespace monet::autograd::testing
