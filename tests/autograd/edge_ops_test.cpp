// The fused operations of GRCN's step: float64 references of the equations, finite differences, fields of a batch.

#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/dot_bpr.h"
#include "monet/autograd/ops/edge_attention.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/matmul.h"
#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/autograd/ops/strongest_edges.h"
#include "monet/autograd/ops/weighed_propagate.h"
#include "tests/autograd/support.h"

#include <array>
#include <numeric>

namespace monet::autograd::testing {
namespace {

constexpr Index kUsers = 6;
constexpr Index kItems = 7;

/// User 5 and item 6 have no edge, user 0 one.
Csr interactions() {
  const std::vector<std::pair<std::int32_t, std::int32_t>> pairs{{0, 2}, {1, 0}, {1, 2}, {1, 5}, {2, 1}, {2, 3},
                                                                 {3, 3}, {3, 4}, {3, 0}, {3, 1}, {4, 4}, {4, 5}};
  return Csr::from_pairs(kUsers, kItems, pairs);
}

PatternPtr item_users() {
  return std::make_shared<const SparsePattern>(interactions().transposed());
}

struct Edge {
  Index entry, item, user;
};

std::vector<Edge> edges_of(const SparsePattern& pattern) {
  std::vector<Edge> edges;
  for (Index i = 0; i < pattern.rows(); ++i) {
    for (const std::int32_t u : pattern.csr.row(i)) edges.push_back({static_cast<Index>(edges.size()), i, u});
  }
  return edges;
}

Reference normalised(const Matrix<float>& x) {
  Reference out(x);
  for (Index r = 0; r < out.rows; ++r) {
    double squares = 0.0;
    for (Index c = 0; c < out.cols; ++c) squares += out(r, c) * out(r, c);
    for (Index c = 0; c < out.cols; ++c) out(r, c) /= std::sqrt(squares);
  }
  return out;
}

/// One below the other.
Reference stacked(std::initializer_list<Reference> parts) {
  Reference out(0, parts.begin()->cols);
  for (const Reference& part : parts) {
    out.rows += part.rows;
    out.data.insert(out.data.end(), part.data.begin(), part.data.end());
  }
  return out;
}

Var stack(Tape& t, std::initializer_list<Var> parts) {
  Var out = *parts.begin();
  for (const Var* part = parts.begin() + 1; part != parts.end(); ++part) out = concat_rows(t, out, *part);
  return out;
}

struct Field {
  graph::Bipartite graph{interactions()};
  graph::ReceptiveField field{graph, 0, 1.0};
  std::vector<std::int32_t> users{1, 4, 5}, items{0, 3, 6};

  Field() { field.build(users, items, false); }
  Var rows(Tape& t, Embeddings all) const {
    return concat_rows(t, gather_rows(t, all.users, users), gather_rows(t, all.items, items));
  }
  Reference rows(const Reference& of_users, const Reference& of_items) const {
    Reference out(0, of_users.cols);
    const auto take = [&](const Reference& all, std::span<const std::int32_t> rows) {
      for (const std::int32_t r : rows) {
        for (Index c = 0; c < all.cols; ++c) out.data.push_back(all(r, c));
        ++out.rows;
      }
    };
    take(of_users, users);
    take(of_items, items);
    return out;
  }
};

void expect_differentiable(const std::vector<Matrix<float>>& inputs, const Build& build, const Reference& want,
                           double roundings) {
  ThreadPool pool(1);
  expect_near(run_forward(pool, inputs, build), want, roundings);
  // Lengths of few numbers bend within less than order one.
  const GradientReport report = check_gradients(pool, inputs, build, 0.5);
  EXPECT_TRUE(report.ok) << report.message;
}

// ---- edge_attention ----

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
    expect_differentiable(
        inputs,
        [&](Tape& t, auto v) {
          const auto out = edge_attention(t, pattern, v[0], v[1], nullptr);
          return concat_rows(t, out.content.users, out.content.items);
        },
        stacked({want.users, want.items}), roundings);
    expect_differentiable(
        inputs,
        [&](Tape& t, auto v) {
          const auto out = edge_attention(t, pattern, v[0], v[1], nullptr);
          return concat_rows(t, out.attention.to_users, out.attention.to_items);
        },
        stacked({want.to_users, want.to_items}), roundings);
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

// ---- strongest_edges ----

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

// ---- weighed_propagate ----

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

// ---- dot_bpr ----

const std::vector<std::int32_t> kBatchUsers{1, 4, 1, 5}, kPositives{0, 3, 6, 0}, kNegatives{3, 6, 3, 0};

Var run_bpr(Tape& t, std::span<const Var> v, const graph::ReceptiveField* field) {
  const std::array parts{Embeddings{v[0], v[1]}, Embeddings{v[2], v[3]}};
  return dot_bpr(t, parts, kBatchUsers, kPositives, kNegatives, field);
}

TEST(DotBpr, MatchesTheReferenceAndFiniteDifferences) {
  const auto inputs = leaves(random_matrix(kUsers, 3, 1), random_matrix(kItems, 3, 2), random_matrix(kUsers, 17, 3),
                             random_matrix(kItems, 17, 4));
  Reference want(1, 1);
  for (std::size_t b = 0; b < kBatchUsers.size(); ++b) {
    double margin = 0.0;
    for (const std::size_t part : {0U, 2U}) {
      for (Index c = 0; c < inputs[part].cols(); ++c) {
        margin += static_cast<double>(inputs[part](kBatchUsers[b], c)) *
                  (static_cast<double>(inputs[part + 1](kPositives[b], c)) -
                   static_cast<double>(inputs[part + 1](kNegatives[b], c)));
      }
    }
    want(0, 0) += std::log1p(std::exp(-margin)) / static_cast<double>(kBatchUsers.size());
  }
  const Field field;
  for (const graph::ReceptiveField* rows : {static_cast<const graph::ReceptiveField*>(nullptr), &field.field}) {
    ThreadPool pool(1);
    expect_near(run_forward(pool, inputs, [&](Tape& t, auto v) { return run_bpr(t, v, rows); }), want, 20.0);
  }
  expect_gradients(inputs, [](Tape& t, auto v) { return run_bpr(t, v, nullptr); });
}

TEST(DotBpr, WithAFieldTheSameGradientsInItsRows) {
  const Field field;
  const auto gradients = [&](const graph::ReceptiveField* rows) {
    ThreadPool pool(1);
    Tape tape(pool);
    std::vector<Matrix<float>> values, grads;
    for (const auto& [height, width] : {std::pair<Index, Index>{kUsers, 3}, {kItems, 3}, {kUsers, 17}, {kItems, 17}}) {
      values.push_back(random_matrix(height, width, 5));
      grads.emplace_back(height, width);
    }
    std::vector<Var> vars;
    for (std::size_t n = 0; n < 4; ++n) vars.push_back(tape.parameter(values[n].view(), grads[n].view()));
    tape.backward(run_bpr(tape, vars, rows));
    return grads;
  };
  const auto whole = gradients(nullptr);
  const auto some = gradients(&field.field);
  for (std::size_t n = 0; n < 4; ++n) {
    for (const std::int32_t r : n % 2 == 0 ? field.users : field.items) {
      for (Index c = 0; c < whole[n].cols(); ++c) EXPECT_EQ(some[n](r, c), whole[n](r, c));
    }
  }
}

TEST(DotBpr, LargeMarginsNeitherOverflowNorVanish) {
  Matrix<float> user(1, 1), items(2, 1);
  user(0, 0) = 100.0F, items(0, 0) = -10.0F, items(1, 0) = 10.0F;
  const std::vector<std::int32_t> zero{0}, one{1};
  ThreadPool pool(1);
  Tape tape(pool);
  const std::array parts{Embeddings{tape.constant(user.view()), tape.constant(items.view())}};
  EXPECT_EQ(tape.scalar(dot_bpr(tape, parts, zero, zero, one, nullptr)), 2000.0F);
  EXPECT_EQ(tape.scalar(dot_bpr(tape, parts, zero, one, zero, nullptr)), 0.0F);
}

TEST(DotBpr, RefusesWhatDoesNotFit) {
  const Matrix<float> users(kUsers, 3), items(kItems, 3), wide(kItems, 4);
  const std::vector<std::int32_t> none, two{0, 1}, outside{0, 7};
  const auto run = [&](const Matrix<float>& of_items, const std::vector<std::int32_t>& positives) {
    return [&](Tape& t) {
      const std::array parts{Embeddings{t.constant(users), t.constant(of_items)}};
      dot_bpr(t, parts, two, positives, two, nullptr);
    };
  };
  expect_refused([&](Tape& t) { dot_bpr(t, {}, two, two, two, nullptr); }, "[dot_bpr] no tables given");
  expect_refused(run(items, none), "[dot_bpr] a batch of 2 users, 0 positives and 2 negatives");
  expect_refused(run(items, outside), "[dot_bpr] row 7 of a table with 7 rows");
  expect_refused(run(wide, two), "[dot_bpr] tables of 6 x 3 and 7 x 4 beside tables of 6 and 7 rows");
}

// ---- rows_squared_norm ----

TEST(RowsSquaredNorm, MatchesTheReferenceAndFiniteDifferences) {
  const std::vector<std::int32_t> rows{4, 0, 4, 2};
  const auto inputs = leaves(random_matrix(5, 6, 1));
  Reference want(1, 1);
  for (const std::int32_t r : rows) {
    for (Index c = 0; c < 6; ++c) want(0, 0) += 0.35 * static_cast<double>(inputs[0](r, c)) * inputs[0](r, c);
  }
  const auto build = [&](Tape& t, auto v) { return rows_squared_norm(t, v[0], rows, 0.7F); };
  expect_operation(inputs, build, want, 16.0);
  expect_gradients(inputs, [&](Tape& t, auto v) {
    const Var first = build(t, v);
    return concat_rows(t, first, build(t, v));
  });
  const Matrix<float> x(5, 6);
  expect_refused([&](Tape& t) { rows_squared_norm(t, t.constant(x), std::vector<std::int32_t>{5}, 1.0F); },
                 "[rows_squared_norm] row 5 of a matrix with 5 rows");
}

}  // namespace
}  // namespace monet::autograd::testing
