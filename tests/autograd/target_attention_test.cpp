// The ranking loss at sizes where receptive fields are lists: a float64 reference of value and gradient, repeats in the
// batch, second consumers, threads, extreme scores.

#include "monet/autograd/ops/target_attention.h"

#include "monet/autograd/ops/add.h"
#include "tests/autograd/step_support.h"

#include <array>

namespace monet::autograd::testing::target_attention_test {
namespace {

constexpr Index kUsers = 400;
constexpr Index kItems = 300;

struct Batch {
  std::vector<std::int32_t> users, positives, negatives;
};

/// 90 triples of few users, so that users and items repeat. The last two users have no training item.
Batch batch_of(const graph::Bipartite& graph) {
  Batch b;
  Rng rng(9);
  for (int n = 0; n < 90; ++n) {
    const auto u = n < 88 ? static_cast<std::int32_t>(rng.below(40)) : static_cast<std::int32_t>(kUsers - 1);
    const auto past = graph.user_items().row(u);
    b.users.push_back(u);
    b.positives.push_back(past.empty() ? static_cast<std::int32_t>(rng.below(kItems)) : past[rng.below(past.size())]);
    b.negatives.push_back(static_cast<std::int32_t>(rng.below(kItems)));
  }
  return b;
}

struct LossReference {
  double ranking = 0.0;
  double regulariser = 0.0;
  Reference users{kUsers, 0}, items{kItems, 0};  // gradients of ranking + λ · regulariser
};

/// Eq. 4–7 in float64. The gradient follows the definition (through the weights' Jacobian), not the closed form.
LossReference reference(const graph::Bipartite& graph, const Batch& b, const Reference& users, const Reference& items,
                        const RankingLossOptions& o) {
  const Index width = users.cols;
  LossReference out;
  out.users = Reference(kUsers, width);
  out.items = Reference(kItems, width);
  const double count = static_cast<double>(b.users.size());
  const double beta = o.target_aware ? static_cast<double>(o.beta) : 0.0;
  const auto row = [width](const Reference& m, Index r) {
    return std::span(m.data).subspan(static_cast<std::size_t>(r * width), static_cast<std::size_t>(width));
  };
  const auto dot = [](auto a, auto c) { return std::inner_product(a.begin(), a.end(), c.begin(), 0.0); };
  const auto add_row = [&](Reference& to, Index r, double factor, auto from) {
    for (Index c = 0; c < width; ++c) to(r, c) += factor * from[static_cast<std::size_t>(c)];
  };
  for (std::size_t n = 0; n < b.users.size(); ++n) {
    const Index u = b.users[n];
    const std::array<Index, 2> targets{b.positives[n], b.negatives[n]};
    std::array<double, 2> scores{};
    // d ŷ^o / d s_k for the two targets.
    std::array<std::vector<std::pair<Index, double>>, 2> slopes;
    for (std::size_t t = 0; t < 2; ++t) {
      scores[t] = (1.0 - beta) * dot(row(users, u), row(items, targets[t]));
      const auto past = graph.user_items().row(u);
      std::vector<Index> history;
      for (const std::int32_t i : past) {
        if (!(o.exclude_target && t == 0 && i == targets[0] && past.size() > 1)) history.push_back(i);
      }
      if (beta == 0.0 || history.empty()) continue;
      std::vector<double> s, a;
      for (const Index i : history) s.push_back(dot(row(items, i), row(items, targets[t])));
      const double maximum = *std::max_element(s.begin(), s.end());
      double total = 0.0;
      for (const double value : s) total += std::exp(value - maximum);
      for (const double value : s) a.push_back(std::exp(value - maximum) / total);
      scores[t] += beta * dot(std::span(a), std::span(s));
      for (std::size_t j = 0; j < s.size(); ++j) {
        double slope = a[j];
        for (std::size_t k = 0; k < s.size(); ++k) slope += s[k] * a[k] * ((j == k ? 1.0 : 0.0) - a[j]);
        slopes[t].emplace_back(history[j], slope);
      }
    }
    const double margin = scores[0] - scores[1];
    out.ranking += (std::max(-margin, 0.0) + std::log1p(std::exp(-std::abs(margin)))) / count;
    const double g = -1.0 / (1.0 + std::exp(margin)) / count;
    for (std::size_t t = 0; t < 2; ++t) {
      const double sign = t == 0 ? g : -g;
      add_row(out.users, u, sign * (1.0 - beta), row(items, targets[t]));
      add_row(out.items, targets[t], sign * (1.0 - beta), row(users, u));
      for (const auto& [item, slope] : slopes[t]) {
        add_row(out.items, item, sign * beta * slope, row(items, targets[t]));
        add_row(out.items, targets[t], sign * beta * slope, row(items, item));
      }
    }
    const double decay = static_cast<double>(o.weight_decay) / count;
    add_row(out.users, u, decay, row(users, u));
    for (const Index t : targets) add_row(out.items, t, decay, row(items, t));
    out.regulariser += (dot(row(users, u), row(users, u)) + dot(row(items, targets[0]), row(items, targets[0])) +
                        dot(row(items, targets[1]), row(items, targets[1]))) /
                       (2.0 * count);
  }
  return out;
}

struct Setting {
  RankingLossOptions options{true, 0.4F, false, 0.1F};
  bool with_field = false;
  int threads = 1;
  Index width = 48;
  bool second_consumer = false;
};

class RankingLossAtSize : public ::testing::Test {
 protected:
  /// Value and gradients of a batch against float64. Returns the gradients.
  std::vector<Matrix<float>> check(const Setting& s) {
    SCOPED_TRACE(::testing::Message() << "target_aware " << s.options.target_aware << ", beta " << s.options.beta
                                      << ", exclude_target " << s.options.exclude_target << ", weight decay "
                                      << s.options.weight_decay << ", field " << s.with_field << ", threads "
                                      << s.threads << ", width " << s.width << ", second consumer "
                                      << s.second_consumer);
    std::vector<std::int32_t> items = batch_.positives;
    items.insert(items.end(), batch_.negatives.begin(), batch_.negatives.end());
    graph::ReceptiveField field(graph_, 2, 1.0);
    field.build(batch_.users, items, s.options.target_aware);
    EXPECT_FALSE(field.users(0).all);
    const auto user_rows = rows_of(s.with_field ? &field.users(0) : nullptr, kUsers);
    const auto item_rows = rows_of(s.with_field ? &field.items(0) : nullptr, kItems);
    const Matrix<float> more = random_matrix(kItems, s.width, 3);

    ThreadPool pool(s.threads);
    Tape tape(pool);
    Trainable inputs(leaves(random_matrix(kUsers, s.width, 1), random_matrix(kItems, s.width, 2)));
    const auto v = inputs.on(tape);
    const RankingLoss loss = target_aware_bpr(tape, v[0], v[1], graph_.user_items(), batch_.users, batch_.positives,
                                              batch_.negatives, s.options, s.with_field ? &field : nullptr);
    // Backward meets the consumer made last first, so its gradient is there already.
    Var total = loss.total;
    if (s.second_consumer) total = add(tape, total, weighted_rows(tape, v[1], more, item_rows));
    tape.backward(total);

    LossReference want = reference(graph_, batch_, Reference(inputs.values[0]), Reference(inputs.values[1]), s.options);
    // Sums of one product a column, shared by what follows from them.
    const double relative = static_cast<double>(s.width + 64) * kEpsilon;
    EXPECT_NEAR(loss.ranking, want.ranking, relative * want.ranking);
    EXPECT_NEAR(loss.regulariser, want.regulariser, relative * want.regulariser);
    const double decayed = want.ranking + static_cast<double>(s.options.weight_decay) * want.regulariser;
    EXPECT_NEAR(tape.scalar(loss.total), decayed, relative * decayed);
    if (s.second_consumer) {
      for (const std::int32_t r : item_rows) {
        for (Index c = 0; c < s.width; ++c) want.items(r, c) += static_cast<double>(more(r, c));
      }
    }
    // Rows outside the field belong to nobody.
    const auto clear_rest = [&](Matrix<float>& grad, const std::vector<std::int32_t>& rows) {
      Matrix<float> kept = Matrix<float>::zeros(grad.rows(), grad.cols());
      for (const std::int32_t r : rows) std::copy_n(grad.row(r), grad.cols(), kept.row(r));
      grad = std::move(kept);
    };
    clear_rest(inputs.grads[0], user_rows);
    clear_rest(inputs.grads[1], item_rows);
    if (s.options.beta != 1.0F || s.options.weight_decay != 0.0F) {
      EXPECT_TRUE(near_all(inputs.grads[0].view(), want.users, relative));
    }
    EXPECT_TRUE(near_all(inputs.grads[1].view(), want.items, relative));
    return std::move(inputs.grads);
  }

  graph::Bipartite graph_ = random_graph(kUsers, kItems, 900, 5);
  Batch batch_ = batch_of(graph_);
};

TEST_F(RankingLossAtSize, EveryOptionWithAndWithoutAField) {
  for (const bool with_field : {false, true}) {
    for (const bool target_aware : {true, false}) {
      for (const float beta : {0.0F, 0.3F, 1.0F}) {
        for (const bool exclude_target : {false, true}) {
          for (const float decay : {0.0F, 0.5F}) {
            check({{target_aware, beta, exclude_target, decay}, with_field, 1, 48, false});
          }
        }
      }
    }
  }
}

TEST_F(RankingLossAtSize, AddsToGradientsThatAreThere) {
  for (const bool with_field : {false, true}) check({{}, with_field, 1, 48, true});
}

TEST_F(RankingLossAtSize, AnyWidthAndNumberOfThreads) {
  for (const Index width : {1, 15, 16, 17, 32, 48, 64, 129}) {
    for (const bool with_field : {false, true}) {
      const auto one = check({{true, 0.4F, true, 0.1F}, with_field, 1, width, false});
      for (const int threads : {2, 3}) {
        const auto more = check({{true, 0.4F, true, 0.1F}, with_field, threads, width, false});
        if (width % 16 != 0) continue;
        // Workers split whole cache lines of columns, never sums: the same bits.
        for (std::size_t k = 0; k < one.size(); ++k) {
          EXPECT_TRUE(std::equal(one[k].data(), one[k].data() + one[k].size(), more[k].data()));
        }
      }
    }
  }
}

TEST_F(RankingLossAtSize, MoreThreadsThanTriples) {
  for (auto* ids : {&batch_.users, &batch_.positives, &batch_.negatives}) ids->resize(2);
  check({{}, true, 3, 17, false});
}

// A margin of hundreds: the loss is the margin itself or next to nothing, its gradient one or nothing, never NaN.
TEST_F(RankingLossAtSize, ExtremeScoresStayFinite) {
  for (const float size : {30.0F, 1000.0F}) {
    ThreadPool pool(1);
    Tape tape(pool);
    Trainable inputs(leaves(random_matrix(kUsers, 16, 1), random_matrix(kItems, 16, 2)));
    for (auto& m : inputs.values) {
      for (Index k = 0; k < m.size(); ++k) m.data()[k] *= size;
    }
    const auto v = inputs.on(tape);
    const RankingLoss loss = target_aware_bpr(tape, v[0], v[1], graph_.user_items(), batch_.users, batch_.positives,
                                              batch_.negatives, {}, nullptr);
    tape.backward(loss.total);
    const auto want = reference(graph_, batch_, Reference(inputs.values[0]), Reference(inputs.values[1]), {});
    EXPECT_NEAR(loss.ranking, want.ranking, 1e-5 * want.ranking);
    EXPECT_GT(want.ranking, 10.0);
    for (const auto& g : inputs.grads) {
      EXPECT_TRUE(std::all_of(g.data(), g.data() + g.size(), [](float x) { return std::isfinite(x); }));
    }
  }
}

}  // namespace
}  // namespace monet::autograd::testing::target_attention_test
