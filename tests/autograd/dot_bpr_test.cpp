#include "monet/autograd/ops/dot_bpr.h"
#include "tests/autograd/edges.h"

#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace monet::autograd::testing {
namespace {

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

}  // namespace
}  // namespace monet::autograd::testing
