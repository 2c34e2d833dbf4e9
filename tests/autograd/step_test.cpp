// A whole training step of MONET's three operations: a receptive field changes the time, not the numbers.

#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/target_attention.h"
#include "tests/autograd/step_support.h"

#include <array>

namespace monet::autograd::testing::step_test {
namespace {

constexpr Index kUsers = 400;
constexpr Index kItems = 300;
constexpr Index kDim = 24;

struct Setting {
  PropagateOptions propagation;
  RankingLossOptions loss{true, 0.4F, false, 0.05F};
  double dense_share = -1.0;  // below zero: no field
  int threads = 1;
};

struct Result {
  double ranking = 0.0;
  std::vector<Matrix<float>> grads;
};

class Step : public ::testing::Test {
 protected:
  /// Three steps on one tape with one field, of which the last counts: memory is reused, and NaN to begin with.
  Result run(const Setting& s) {
    ThreadPool pool(s.threads);
    Tape tape(pool);
    poison(tape, kUsers, 2 * kDim);
    poison(tape, kItems, 2 * kDim);
    Trainable p(leaves(random_matrix(kUsers, 2 * kDim, 1), random_matrix(kDim, 10, 2), random_matrix(1, kDim, 3),
                       random_matrix(kDim, 6, 4), random_matrix(1, kDim, 5)));
    const Matrix<float> first = random_matrix(kItems, 10, 6), second = random_matrix(kItems, 6, 7);
    graph::ReceptiveField field(graph_, s.propagation.layers, std::max(s.dense_share, 0.0));
    Result out;
    for (std::uint64_t step = 0; step < 3; ++step) {
      const auto users = random_ids(30, kUsers, 10 + step);
      const auto positives = random_ids(30, kItems, 20 + step), negatives = random_ids(30, kItems, 30 + step);
      auto items = positives;
      items.insert(items.end(), negatives.begin(), negatives.end());
      const graph::ReceptiveField* used = nullptr;
      if (s.dense_share >= 0.0) {
        field.build(users, items, s.loss.target_aware);
        used = &field;
        for (int l = 0; l <= s.propagation.layers; ++l)
          listed_ += (field.users(l).all ? 0 : 1) + (field.items(l).all ? 0 : 1);
      }
      tape.clear();
      const auto v = p.on(tape);
      std::array<ProjectedModality, 2> modalities;
      modalities[0].features = first.view();
      modalities[0].weight = v[1];
      modalities[0].bias = v[2];
      modalities[1].features = second.view();
      modalities[1].weight = v[3];
      modalities[1].bias = v[4];
      const Var start =
          project(tape, modalities, true, Var{}, used == nullptr ? nullptr : &field.items(field.layers()));
      const Embeddings e = propagate(tape, graph_, v[0], start, s.propagation, used);
      const RankingLoss loss =
          target_aware_bpr(tape, e.users, e.items, graph_.user_items(), users, positives, negatives, s.loss, used);
      tape.backward(loss.total);
      out.ranking = loss.ranking;
    }
    out.grads = std::move(p.grads);
    return out;
  }

  void expect_alike(const Result& got, const Result& want) {
    EXPECT_NEAR(got.ranking, want.ranking, 64.0 * kEpsilon * want.ranking);
    for (std::size_t k = 0; k < want.grads.size(); ++k) {
      EXPECT_TRUE(near_all(got.grads[k].view(), Reference(want.grads[k]), 256.0 * kEpsilon)) << "parameter " << k;
    }
  }

  graph::Bipartite graph_ = random_graph(kUsers, kItems, 700, 5);
  int listed_ = 0;
};

TEST_F(Step, AFieldGivesTheSameLossAndGradients) {
  for (const PropagateOptions& kind :
       {PropagateOptions{Propagation::megcn, 0, 0.7F, false}, PropagateOptions{Propagation::megcn, 0, 0.7F, true},
        PropagateOptions{Propagation::lightgcn, 0, 0.7F, false}}) {
    for (const int layers : {1, 2, 3, 4}) {
      for (const bool target_aware : {true, false}) {
        Setting s;
        s.propagation = kind;
        s.propagation.layers = layers;
        s.loss.target_aware = target_aware;
        s.loss.exclude_target = target_aware && layers == 2;
        const Result whole = run(s);
        for (const double share : {1.0, 0.5, 0.2, 0.05}) {
          SCOPED_TRACE(::testing::Message()
                       << "kind " << static_cast<int>(kind.kind) << ", normalize_self " << kind.normalize_self << ", L "
                       << layers << ", target_aware " << target_aware << ", dense share " << share);
          s.dense_share = share;
          expect_alike(run(s), whole);
        }
      }
    }
  }
  EXPECT_GT(listed_, 500);
}

TEST_F(Step, ThreadsAgree) {
  for (const double share : {-1.0, 1.0, 0.2}) {
    Setting s;
    s.dense_share = share;
    const Result one = run(s);
    for (const int threads : {2, 3}) {
      SCOPED_TRACE(::testing::Message() << "dense share " << share << ", threads " << threads);
      s.threads = threads;
      expect_alike(run(s), one);
    }
  }
}

TEST_F(Step, TheSameStepGivesTheSameBits) {
  for (const double share : {-1.0, 0.2}) {
    Setting s;
    s.dense_share = share;
    s.threads = 2;
    const Result once = run(s), again = run(s);
    EXPECT_EQ(once.ranking, again.ranking);
    for (std::size_t k = 0; k < once.grads.size(); ++k) {
      EXPECT_TRUE(std::equal(once.grads[k].data(), once.grads[k].data() + once.grads[k].size(), again.grads[k].data()));
    }
  }
}

}  // namespace
}  // namespace monet::autograd::testing::step_test
