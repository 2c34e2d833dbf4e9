// The fused operations of MONET's step: float64 references of the equations, finite differences, receptive fields.

#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/target_attention.h"
#include "monet/core/error.h"
#include "tests/autograd/support.h"

#include <array>
#include <numeric>

namespace monet::autograd::testing {
namespace {

/// 6 users x 7 items; user 5 and item 6 have no edge, user 0 one.
Csr interactions() {
  const std::vector<std::pair<std::int32_t, std::int32_t>> pairs{{0, 2}, {1, 0}, {1, 2}, {1, 5}, {2, 1}, {2, 3},
                                                                 {3, 3}, {3, 4}, {3, 0}, {3, 1}, {4, 4}, {4, 5}};
  return Csr::from_pairs(6, 7, pairs);
}

struct Sets {
  std::vector<std::int32_t> users{0, 4};
  std::vector<std::int32_t> items{2, 6};
};

/// Rows of a side that the field says layer 0 has.
std::vector<std::int32_t> rows_of(const graph::RowSet& set, Index size) {
  if (!set.all) return set.rows;
  std::vector<std::int32_t> out(static_cast<std::size_t>(size));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

// ---- project ----

struct Features {
  Matrix<float> first = random_matrix(9, 5, 21);
  Matrix<float> second = random_matrix(9, 3, 22);
};

/// Leaves: W_1 [4, 5], b_1, W_2 [4, 3], b_2, tail [9, 2].
std::vector<Matrix<float>> project_leaves() {
  return leaves(random_matrix(4, 5, 1), random_matrix(1, 4, 2), random_matrix(4, 3, 3), random_matrix(1, 4, 4),
                random_matrix(9, 2, 5));
}

Var run_project(Tape& t, std::span<const Var> v, const Features& f, bool normalize, const graph::RowSet* rows) {
  std::array<ProjectedModality, 2> modalities;
  modalities[0].features = f.first.view();
  modalities[0].weight = v[0];
  modalities[0].bias = v[1];
  modalities[1].features = f.second.view();
  modalities[1].weight = v[2];
  modalities[1].bias = v[3];
  return project(t, modalities, normalize, v[4], rows);
}

Reference project_reference(const std::vector<Matrix<float>>& v, const Features& f, bool normalize) {
  Reference out(9, 10);
  for (Index i = 0; i < 9; ++i) {
    for (std::size_t m = 0; m < 2; ++m) {
      const Reference x(m == 0 ? f.first : f.second), w(v[2 * m]), b(v[2 * m + 1]);
      const auto column = static_cast<Index>(4 * m);
      double squares = 0.0;
      for (Index o = 0; o < 4; ++o) {
        double sum = b(0, o);
        for (Index k = 0; k < x.cols; ++k) sum += x(i, k) * w(o, k);
        out(i, column + o) = sum;
        squares += sum * sum;
      }
      for (Index o = 0; normalize && o < 4; ++o) out(i, column + o) /= std::sqrt(squares);
    }
    for (Index c = 0; c < 2; ++c) out(i, 8 + c) = static_cast<double>(v[4](i, c));
  }
  return out;
}

TEST(Project, MatchesTheReferenceAndFiniteDifferences) {
  const Features f;
  for (const bool normalize : {false, true}) {
    const auto inputs = project_leaves();
    ThreadPool pool(1);
    const Build build = [&](Tape& t, auto v) { return run_project(t, v, f, normalize, nullptr); };
    expect_near(run_forward(pool, inputs, build), project_reference(inputs, f, normalize), 12.0);
    // Normalised rows are short where a product nearly vanishes: a quarter of the step.
    ThreadPool two(2);
    const auto report = check_gradients(two, inputs, build, 0.25);
    EXPECT_TRUE(report.ok) << report.message;
  }
}

TEST(Project, ComputesListedRowsOnlyAndTheirGradients) {
  const Features f;
  const auto inputs = project_leaves();
  graph::RowSet rows;
  rows.all = false;
  rows.rows = {1, 4, 8};
  rows.count = 3;
  const auto build_with = [&](const graph::RowSet* set) -> Build {
    return [&f, set, listed = rows.rows](Tape& t, auto v) {
      return gather_rows(t, run_project(t, v, f, true, set), listed);
    };
  };
  ThreadPool pool(1);
  const auto whole = run_forward(pool, inputs, build_with(nullptr));
  expect_near(run_forward(pool, inputs, build_with(&rows)), Reference(whole), 4.0);
  const auto report = check_gradients(pool, inputs, build_with(&rows), 0.25);
  EXPECT_TRUE(report.ok) << report.message;
}

// ---- propagate ----

/// Leaves: users [6, 3], items [7, 3]. Layer by layer on a dense matrix, users first.
Reference propagate_reference(const std::vector<Matrix<float>>& v, const PropagateOptions& o) {
  const Csr train = interactions();
  const Csr back = train.transposed();
  const auto degree = [&](Index node) {
    return static_cast<double>(node < 6 ? train.degree(node) : back.degree(node - 6));
  };
  Reference layer(13, 3);
  for (Index r = 0; r < 13; ++r) {
    for (Index c = 0; c < 3; ++c) layer(r, c) = static_cast<double>(r < 6 ? v[0](r, c) : v[1](r - 6, c));
  }
  Reference sum = layer;
  for (int l = 0; l < o.layers; ++l) {
    Reference next(13, 3);
    for (Index node = 0; node < 13; ++node) {
      const auto neighbours = node < 6 ? train.row(node) : back.row(node - 6);
      for (Index c = 0; c < 3; ++c) {
        for (const std::int32_t n : neighbours) {
          const Index other = node < 6 ? n + 6 : n;
          next(node, c) += layer(other, c) / std::sqrt(degree(node) * degree(other));
        }
        if (o.kind == Propagation::megcn) {
          const double own = o.normalize_self && degree(node) > 0.0 ? degree(node) : 1.0;
          next(node, c) += static_cast<double>(o.alpha) / own * layer(node, c);
        }
        sum(node, c) += next(node, c);
      }
    }
    layer = next;
  }
  if (o.kind == Propagation::megcn) return layer;
  for (double& value : sum.data) value /= o.layers + 1;
  return sum;
}

/// Both outputs (their rows in `users` and `items`), flattened side by side.
Var both(Tape& t, const Embeddings& e, std::span<const std::int32_t> users, std::span<const std::int32_t> items) {
  // Equal numbers of rows are wanted by concat_columns: rows repeat as needed.
  std::vector<std::int32_t> u, i;
  for (std::size_t k = 0; k < std::max(users.size(), items.size()); ++k) {
    u.push_back(users[k % users.size()]);
    i.push_back(items[k % items.size()]);
  }
  return concat_columns(t, std::array{gather_rows(t, e.users, u), gather_rows(t, e.items, i)});
}

class PropagateCases : public ::testing::TestWithParam<std::tuple<Propagation, int, bool>> {
 protected:
  PropagateOptions options() const {
    const auto [kind, layers, normalize_self] = GetParam();
    return {kind, layers, 0.7F, normalize_self};
  }
  graph::Bipartite graph_{interactions()};
  std::vector<Matrix<float>> inputs_ = leaves(random_matrix(6, 3, 1), random_matrix(7, 3, 2));
};

TEST_P(PropagateCases, MatchesTheReference) {
  ThreadPool pool(1);
  const Reference want = propagate_reference(inputs_, options());
  const auto users = run_forward(
      pool, inputs_, [&](Tape& t, auto v) { return propagate(t, graph_, v[0], v[1], options(), nullptr).users; });
  const auto items = run_forward(
      pool, inputs_, [&](Tape& t, auto v) { return propagate(t, graph_, v[0], v[1], options(), nullptr).items; });
  Reference want_users(6, 3), want_items(7, 3);
  for (Index c = 0; c < 3; ++c) {
    for (Index r = 0; r < 6; ++r) want_users(r, c) = want(r, c);
    for (Index r = 0; r < 7; ++r) want_items(r, c) = want(r + 6, c);
  }
  expect_near(users, want_users, 20.0);
  expect_near(items, want_items, 20.0);
}

TEST_P(PropagateCases, GradientsAgreeWithFiniteDifferences) {
  const std::vector<std::int32_t> users{0, 1, 2, 3, 4, 5}, items{0, 1, 2, 3, 4, 5, 6};
  expect_gradients(inputs_, [&](Tape& t, auto v) {
    return both(t, propagate(t, graph_, v[0], v[1], options(), nullptr), users, items);
  });
  // Inputs that were computed, and are used a second time.
  expect_gradients(inputs_, [&](Tape& t, auto v) {
    const Var i = normalize_rows(t, v[1], 4.0F);
    const Var u = normalize_rows(t, v[0], 4.0F);
    const Embeddings once = propagate(t, graph_, u, i, options(), nullptr);
    return concat_columns(t, std::array{both(t, once, users, items), both(t, {u, i}, users, items)});
  });
  // One output alone: the other's gradient counts as zero.
  PropagateOptions deeper = options();
  deeper.layers = std::max(deeper.layers, 1);
  expect_gradients(inputs_, [&](Tape& t, auto v) { return propagate(t, graph_, v[0], v[1], deeper, nullptr).users; });
  expect_gradients(inputs_, [&](Tape& t, auto v) { return propagate(t, graph_, v[0], v[1], deeper, nullptr).items; });
}

TEST_P(PropagateCases, AReceptiveFieldGivesTheSameRowsAndGradients) {
  const Sets batch;
  graph::ReceptiveField field(graph_, options().layers, 1.0);
  field.build(batch.users, batch.items, true);
  if (options().layers == 0) {  // nothing would carry the gradients of the rows outside
    ThreadPool pool(1);
    Tape tape(pool);
    const Matrix<float> zero_users = Matrix<float>::zeros(6, 2), zero_items = Matrix<float>::zeros(7, 2);
    EXPECT_THROW(propagate(tape, graph_, tape.constant(zero_users), tape.constant(zero_items), options(), &field),
                 InvalidArgument);
    return;
  }
  const auto users = rows_of(field.users(0), 6);
  const auto items = rows_of(field.items(0), 7);
  const auto build_with = [&](const graph::ReceptiveField* f) -> Build {
    return [this, f, &users, &items](Tape& t, auto v) {
      // Computed inputs, so that their gradients lie in the tape's memory.
      return both(t, propagate(t, graph_, normalize_rows(t, v[0], 4.0F), normalize_rows(t, v[1], 4.0F), options(), f),
                  users, items);
    };
  };
  ThreadPool pool(1);
  expect_near(run_forward(pool, inputs_, build_with(&field)),
              Reference(run_forward(pool, inputs_, build_with(nullptr))), 4.0);
  expect_gradients(inputs_, build_with(&field));
}

INSTANTIATE_TEST_SUITE_P(Kinds, PropagateCases,
                         ::testing::Combine(::testing::Values(Propagation::megcn, Propagation::lightgcn),
                                            ::testing::Values(0, 1, 2, 3), ::testing::Bool()),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) == Propagation::megcn ? "megcn" : "lightgcn") +
                                  "_L" + std::to_string(std::get<1>(info.param)) +
                                  (std::get<2>(info.param) ? "_normalize_self" : "");
                         });

TEST(Propagate, RefusesShapesThatDoNotFit) {
  const graph::Bipartite graph(interactions());
  const Matrix<float> users(6, 3), items(7, 2);
  expect_refused([&](Tape& t) { propagate(t, graph, t.constant(users), t.constant(items), {}, nullptr); },
                 "[propagate] users are 6 x 3 and items 7 x 2, the graph has 6 users and 7 items");
}

// ---- target_aware_bpr ----

struct Triples {
  std::vector<std::int32_t> users{1, 3, 1, 0, 4};
  std::vector<std::int32_t> positives{2, 0, 5, 2, 4};
  std::vector<std::int32_t> negatives{1, 6, 4, 5, 2};
};

double dot(const Reference& a, Index r, const Reference& b, Index s) {
  double out = 0.0;
  for (Index c = 0; c < a.cols; ++c) out += a(r, c) * b(s, c);
  return out;
}

/// Eq. 4–6 as written: e_u^c is built, then multiplied with the candidate.
double score(const Reference& users, const Reference& items, Index u, Index c, Index left_out,
             const RankingLossOptions& o) {
  const double general = dot(users, u, items, c);
  if (!o.target_aware) return general;
  const Csr train = interactions();
  std::vector<std::int32_t> history;
  for (const std::int32_t i : train.row(u)) {
    if (i != left_out) history.push_back(i);
  }
  if (history.empty()) history.push_back(static_cast<std::int32_t>(left_out));
  double total = 0.0;
  for (const std::int32_t i : history) total += std::exp(dot(items, i, items, c));
  Reference target(1, users.cols);
  for (const std::int32_t i : history) {
    const double a = std::exp(dot(items, i, items, c)) / total;
    for (Index k = 0; k < users.cols; ++k) target(0, k) += a * items(i, k);
  }
  return (1.0 - static_cast<double>(o.beta)) * general + static_cast<double>(o.beta) * dot(target, 0, items, c);
}

double loss_reference(const std::vector<Matrix<float>>& v, const RankingLossOptions& o) {
  const Reference users(v[0]), items(v[1]);
  const Triples b;
  double ranking = 0.0;
  double squares = 0.0;
  for (std::size_t k = 0; k < b.users.size(); ++k) {
    const Index left_out = o.exclude_target ? b.positives[k] : -1;
    const double margin = score(users, items, b.users[k], b.positives[k], left_out, o) -
                          score(users, items, b.users[k], b.negatives[k], -1, o);
    ranking += std::log1p(std::exp(-margin)) / 5.0;
    squares += dot(users, b.users[k], users, b.users[k]) + dot(items, b.positives[k], items, b.positives[k]) +
               dot(items, b.negatives[k], items, b.negatives[k]);
  }
  return ranking + static_cast<double>(o.weight_decay) * 0.5 * squares / 5.0;
}

TEST(TargetAwareBpr, MatchesTheEquationsAndFiniteDifferences) {
  const Csr history = interactions();
  const Triples b;
  std::vector<RankingLossOptions> all;
  for (const bool target_aware : {true, false}) {
    for (const bool exclude_target : {false, true}) {
      for (const float beta : {0.0F, 0.3F, 1.0F}) all.push_back({target_aware, beta, exclude_target, 0.2F});
    }
  }
  for (const auto& o : all) {
    // Widths around the vector's, where the tail is handled apart.
    for (const Index width : {3, 16, 21}) {
      const auto inputs = leaves(random_matrix(6, width, 1), random_matrix(7, width, 2));
      Reference want(1, 1);
      want(0, 0) = loss_reference(inputs, o);
      const Build build = [&](Tape& t, auto v) {
        return target_aware_bpr(t, v[0], v[1], history, b.users, b.positives, b.negatives, o, nullptr).total;
      };
      ThreadPool pool(2);
      expect_near(run_forward(pool, inputs, build), want, 20.0);
      const auto report = check_gradients(pool, inputs, build, 0.25);
      // Without the general score only the regulariser reaches the users: it does, with weight decay on.
      EXPECT_TRUE(report.ok) << report.message << ", target_aware " << o.target_aware << ", beta " << o.beta
                             << ", exclude_target " << o.exclude_target << ", width " << width;
    }
  }
}

TEST(TargetAwareBpr, RefusesABatchThatDoesNotFit) {
  const Csr history = interactions();
  const Matrix<float> users(6, 3), items(7, 3), few(5, 3);
  const Triples b;
  expect_refused(
      [&](Tape& t) {
        target_aware_bpr(t, t.constant(few), t.constant(items), history, b.users, b.positives, b.negatives, {},
                         nullptr);
      },
      "[target_aware_bpr] users are 5 x 3 and items 7 x 3, the histories 6 x 7");
  expect_refused(
      [&](Tape& t) {
        target_aware_bpr(t, t.constant(users), t.constant(items), history, b.users, b.positives,
                         std::span(b.negatives).first(2), {}, nullptr);
      },
      "[target_aware_bpr] a batch of 5 users, 5 positives and 2 negatives");
}

}  // namespace
}  // namespace monet::autograd::testing
