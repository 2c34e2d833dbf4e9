// Propagation at sizes where receptive fields are lists: float64 references of both directions, memory that was never
// written, second consumers, threads.

#include "monet/autograd/ops/propagate.h"

#include "monet/autograd/ops/add.h"
#include "tests/autograd/step_support.h"

#include <array>

namespace monet::autograd::testing::propagate_test {
namespace {

constexpr Index kUsers = 400;
constexpr Index kItems = 300;

struct Both {
  Reference users, items;
};

/// The operator of `o` on float64: layer by layer over the edges. Symmetric, so it is its own backward.
Both operate(const graph::Bipartite& graph, const PropagateOptions& o, const Both& start) {
  Both layer = start;
  Both sum = start;
  const auto side = [&](const Csr& pattern, const Csr& back, const Reference& own, const Reference& other) {
    Reference next(own.rows, own.cols);
    for (Index r = 0; r < own.rows; ++r) {
      const auto degree = static_cast<double>(pattern.degree(r));
      double self = o.kind == Propagation::megcn ? static_cast<double>(o.alpha) : 0.0;
      if (o.normalize_self && degree > 0.0) self /= degree;
      for (Index c = 0; c < own.cols; ++c) {
        next(r, c) = self * own(r, c);
        for (const std::int32_t n : pattern.row(r)) {
          next(r, c) += other(n, c) / std::sqrt(degree * static_cast<double>(back.degree(n)));
        }
      }
    }
    return next;
  };
  for (int l = 0; l < o.layers; ++l) {
    layer = {side(graph.user_items(), graph.item_users(), layer.users, layer.items),
             side(graph.item_users(), graph.user_items(), layer.items, layer.users)};
    for (std::size_t k = 0; k < sum.users.data.size(); ++k) sum.users.data[k] += layer.users.data[k];
    for (std::size_t k = 0; k < sum.items.data.size(); ++k) sum.items.data[k] += layer.items.data[k];
  }
  if (o.kind == Propagation::megcn) return layer;
  for (Reference* r : {&sum.users, &sum.items}) {
    for (double& v : r->data) v /= o.layers + 1;
  }
  for (std::size_t k = 0; k < sum.items.data.size(); ++k) {
    sum.items.data[k] += static_cast<double>(o.item_residual) * start.items.data[k];
  }
  return sum;
}

/// What is in the listed rows, zero elsewhere.
Reference only_rows(const Matrix<float>& m, const std::vector<std::int32_t>& rows) {
  Reference out(m.rows(), m.cols());
  for (const std::int32_t r : rows) {
    for (Index c = 0; c < m.cols(); ++c) out(r, c) = static_cast<double>(m(r, c));
  }
  return out;
}

enum class Extra { none, before, after };  // a second consumer of the inputs, made before or after propagation

struct Setting {
  PropagateOptions options;
  double dense_share = -1.0;  // below zero: no field
  int threads = 1;
  Index width = 48;
  Extra extra = Extra::none;
};

class PropagateAtSize : public ::testing::TestWithParam<std::tuple<Propagation, bool, float>> {
 protected:
  PropagateOptions options(int layers) const {
    return {std::get<0>(GetParam()), layers, 0.7F, std::get<1>(GetParam()), std::get<2>(GetParam())};
  }

  /// Runs both directions and compares them with float64. Returns the gradients of the inputs.
  std::vector<Matrix<float>> check(const Setting& s) {
    SCOPED_TRACE(::testing::Message() << "L " << s.options.layers << ", dense share " << s.dense_share << ", threads "
                                      << s.threads << ", width " << s.width << ", extra " << static_cast<int>(s.extra));
    std::optional<graph::ReceptiveField> field;
    if (s.dense_share >= 0.0) {
      field.emplace(graph_, s.options.layers, s.dense_share);
      field->build(std::vector<std::int32_t>{3, 50, 51, 399}, std::vector<std::int32_t>{7, 120, 299}, true);
      listed_ += field->users(0).all ? 0 : 1;
    }
    const auto users = rows_of(field ? &field->users(0) : nullptr, kUsers);
    const auto items = rows_of(field ? &field->items(0) : nullptr, kItems);
    const Matrix<float> user_weights = random_matrix(kUsers, s.width, 3),
                        item_weights = random_matrix(kItems, s.width, 4);

    ThreadPool pool(s.threads);
    Tape tape(pool);
    poison(tape, kUsers, s.width);
    poison(tape, kItems, s.width);
    Trainable inputs(leaves(random_matrix(kUsers, s.width, 1), random_matrix(kItems, s.width, 2)));
    const auto v = inputs.on(tape);
    const auto second = [&] {
      return add(tape, weighted_rows(tape, v[0], user_weights, rows_of(nullptr, kUsers)),
                 weighted_rows(tape, v[1], item_weights, rows_of(nullptr, kItems)));
    };
    Var extra;
    if (s.extra == Extra::before) extra = second();
    const Embeddings out = propagate(tape, graph_, v[0], v[1], s.options, field ? &*field : nullptr);
    if (s.extra == Extra::after) extra = second();
    const Both want = operate(graph_, s.options, {Reference(inputs.values[0]), Reference(inputs.values[1])});
    // A node sums at most its neighbours once a layer.
    const double relative = 64.0 * s.options.layers * kEpsilon;
    const auto expect_rows = [&](Var got, const Reference& all, const std::vector<std::int32_t>& rows) {
      Matrix<float> picked(static_cast<Index>(rows.size()), s.width);
      Reference wanted(picked.rows(), s.width);
      for (std::size_t k = 0; k < rows.size(); ++k) {
        for (Index c = 0; c < s.width; ++c) {
          picked(static_cast<Index>(k), c) = tape.value(got)(rows[k], c);
          wanted(static_cast<Index>(k), c) = all(rows[k], c);
        }
      }
      EXPECT_TRUE(near_all(picked.view(), wanted, relative));
    };
    expect_rows(out.users, want.users, users);
    expect_rows(out.items, want.items, items);

    Var loss = add(tape, weighted_rows(tape, out.users, user_weights, users),
                   weighted_rows(tape, out.items, item_weights, items));
    if (extra.valid()) loss = add(tape, loss, extra);
    tape.backward(loss);
    Both want_grads = operate(graph_, s.options, {only_rows(user_weights, users), only_rows(item_weights, items)});
    if (extra.valid()) {
      const Reference more_users(user_weights), more_items(item_weights);
      for (std::size_t k = 0; k < more_users.data.size(); ++k) want_grads.users.data[k] += more_users.data[k];
      for (std::size_t k = 0; k < more_items.data.size(); ++k) want_grads.items.data[k] += more_items.data[k];
    }
    EXPECT_TRUE(near_all(inputs.grads[0].view(), want_grads.users, relative));
    EXPECT_TRUE(near_all(inputs.grads[1].view(), want_grads.items, relative));
    return std::move(inputs.grads);
  }

  graph::Bipartite graph_ = random_graph(kUsers, kItems, 600, 5);
  int listed_ = 0;
};

TEST_P(PropagateAtSize, BothDirectionsMatchFloat64WithAndWithoutAField) {
  for (const int layers : {1, 2, 3, 4}) {
    for (const double share : {-1.0, 1.0, 0.4, 0.1, 0.01, 0.0}) check({options(layers), share});
  }
  EXPECT_GE(listed_, 8);  // lists were used, not only whole passes
}

TEST_P(PropagateAtSize, AddsToGradientsThatAreThereAndIsAddedTo) {
  for (const Extra extra : {Extra::before, Extra::after}) {
    for (const int layers : {1, 2, 3}) {
      for (const double share : {-1.0, 1.0, 0.1}) check({options(layers), share, 1, 48, extra});
    }
  }
}

TEST_P(PropagateAtSize, AnyWidthAndNumberOfThreads) {
  for (const Index width : {1, 17, 64, 129}) {
    for (const double share : {-1.0, 1.0, 0.1}) {
      const auto one = check({options(2), share, 1, width});
      for (const int threads : {2, 3}) {
        const auto more = check({options(2), share, threads, width});
        // Rows and columns are split, never sums: the same bits.
        for (std::size_t k = 0; k < one.size(); ++k) {
          EXPECT_TRUE(std::equal(one[k].data(), one[k].data() + one[k].size(), more[k].data()));
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PropagateAtSize,
                         ::testing::Values(std::tuple{Propagation::megcn, false, 0.0F},
                                           std::tuple{Propagation::megcn, true, 0.0F},
                                           std::tuple{Propagation::lightgcn, false, 0.0F},
                                           std::tuple{Propagation::lightgcn, false, 0.6F}),
                         [](const auto& info) {
                           if (std::get<2>(info.param) > 0.0F) return std::string("lightgcn_with_a_residual");
                           if (std::get<0>(info.param) == Propagation::lightgcn) return std::string("lightgcn");
                           return std::string(std::get<1>(info.param) ? "normalize_self" : "megcn");
                         });

TEST(PropagateAtSize, WithoutLayersIsItsInput) {
  const graph::Bipartite graph = random_graph(kUsers, kItems, 600, 5);
  ThreadPool pool(1);
  Tape tape(pool);
  Trainable inputs(leaves(random_matrix(kUsers, 3, 1), random_matrix(kItems, 3, 2)));
  const auto v = inputs.on(tape);
  for (const Propagation kind : {Propagation::megcn, Propagation::lightgcn}) {
    const Embeddings out = propagate(tape, graph, v[0], v[1], {kind, 0, 0.5F, false}, nullptr);
    EXPECT_EQ(out.users.id, v[0].id);
    EXPECT_EQ(out.items.id, v[1].id);
  }
  const Embeddings out = propagate(tape, graph, v[0], v[1], {Propagation::lightgcn, 0, 0.0F, false, 1.0F}, nullptr);
  EXPECT_EQ(tape.value(out.items)(7, 1), 2.0F * tape.value(v[1])(7, 1));
}

TEST(PropagateAtSize, RefusesAFieldOfAnotherDepth) {
  const graph::Bipartite graph = random_graph(kUsers, kItems, 600, 5);
  const Matrix<float> users(kUsers, 3), items(kItems, 3);
  const graph::ReceptiveField field(graph, 3);
  expect_refused([&](Tape& t) { propagate(t, graph, t.constant(users.view()), t.constant(items.view()), {}, &field); },
                 "[propagate] a field of 3 layers for 2 layers");
  expect_refused(
      [&](Tape& t) {
        propagate(t, graph, t.constant(users.view()), t.constant(items.view()), {Propagation::megcn, -1}, nullptr);
      },
      "[propagate] -1 layers");
  expect_refused(
      [&](Tape& t) {
        const PropagateOptions options{Propagation::megcn, 2, 1.0F, false, 1.0F};
        propagate(t, graph, t.constant(users.view()), t.constant(items.view()), options, nullptr);
      },
      "[propagate] a residual of the items in another propagation than LightGCN's");
}

}  // namespace
}  // namespace monet::autograd::testing::propagate_test
