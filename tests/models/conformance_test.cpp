// What every registered model must do, whatever it is.

#include "monet/autograd/gradient_check.h"
#include "monet/models/model.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace monet::models::testing {
namespace {

struct Subject {
  Subject(std::string_view name, const ModelOptions& options, int threads = 1, Index users = 7, Index items = 9)
      : dataset(tiny_dataset(users, items)),
        graph(dataset.train),
        pool(threads),
        model(make_model(name, options, dataset, graph, pool)) {
    Rng rng(5);
    model->initialise(rng);
  }
  data::Dataset dataset;
  graph::Bipartite graph;
  ThreadPool pool;
  std::unique_ptr<Model> model;
};

/// Everything a model computes from one batch, in one row.
std::vector<float> everything(Subject& subject) {
  std::vector<float> out;
  const auto append = [&](MatrixView<const float> m) {
    for (Index r = 0; r < m.rows; ++r) out.insert(out.end(), m.row(r), m.row(r) + m.cols);
  };
  const TinyBatch batch = tiny_batch(subject.dataset, 6);
  out.push_back(static_cast<float>(subject.model->compute_gradients(batch).total));
  for (const auto& p : subject.model->parameters().parameters()) {
    append(p.value);
    append(p.grad);
  }
  const Scoring scoring = subject.model->scoring();
  append(scoring.user_embedding);
  append(scoring.item_embedding);
  for (const auto& tensor : subject.model->artifact_tensors()) append(tensor.value);
  return out;
}

class Conformance : public ::testing::TestWithParam<std::pair<std::string_view, Variant>> {
 protected:
  std::string_view name() const { return std::get<0>(GetParam()); }
  const ModelOptions& options() const { return std::get<1>(GetParam()).options; }
};

TEST_P(Conformance, KnowsItsName) {
  Subject subject(name(), options());
  EXPECT_EQ(subject.model->name(), name());
}

TEST_P(Conformance, GradientsOfTheLossAgreeWithFiniteDifferences) {
  Subject subject(name(), options());
  const TinyBatch batch = tiny_batch(subject.dataset, 6);
  auto& parameters = subject.model->parameters().parameters();
  subject.model->compute_gradients(batch);
  std::vector<Matrix<float>> gradients;
  std::vector<autograd::CheckedLeaf> leaves;
  for (const auto& p : parameters) gradients.push_back(Matrix<float>::copy_of(p.grad));
  for (std::size_t k = 0; k < parameters.size(); ++k) leaves.push_back({parameters[k].value, gradients[k].view()});
  const auto report = autograd::compare_with_differences(
      leaves, [&] { return std::vector<double>{subject.model->compute_gradients(batch).total}; }, 0.5);
  EXPECT_TRUE(report.ok) << parameters[report.leaf].name << ": " << report.message;
}

TEST_P(Conformance, TheTotalIsTheSumOfItsParts) {
  Subject subject(name(), options());
  const LossParts loss = subject.model->compute_gradients(tiny_batch(subject.dataset, 6));
  EXPECT_GT(loss.ranking, 0.0);
  EXPECT_GT(loss.regulariser, 0.0);
  EXPECT_NEAR(loss.total, loss.ranking + static_cast<double>(options().weight_decay) * loss.regulariser, 1e-6);
}

TEST_P(Conformance, TheSameSeedGivesTheSameBits) {
  Subject one(name(), options());
  Subject two(name(), options());
  const auto first = everything(one);
  EXPECT_EQ(first, everything(two));
  // And nothing of a step stays behind.
  EXPECT_EQ(first, everything(one));
}

TEST_P(Conformance, AnotherSeedGivesOtherParameters) {
  Subject subject(name(), options());
  std::vector<Matrix<float>> before;
  for (const auto& p : subject.model->parameters().parameters()) before.push_back(Matrix<float>::copy_of(p.value));
  Rng rng(6);
  subject.model->initialise(rng);
  std::size_t k = 0;
  for (const auto& p : subject.model->parameters().parameters()) {
    // Weights of a fusion start equal whatever the seed.
    EXPECT_EQ(p.value(0, 0) == before[k](0, 0), p.name == "fusion.weight") << p.name;
    ++k;
  }
}

TEST_P(Conformance, ThreadsAgreeToRounding) {
  Subject one(name(), options(), 1, 40, 50);
  Subject two(name(), options(), 2, 40, 50);
  const auto a = everything(one);
  const auto b = everything(two);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    // Values are of order one; sums are of at most 50 terms.
    const float allowed = 50.0F * std::numeric_limits<float>::epsilon() * (1.0F + std::abs(a[k]));
    ASSERT_NEAR(a[k], b[k], allowed) << "value " << k;
  }
}

TEST_P(Conformance, ScoringHasTheShapesOfTheDataset) {
  Subject subject(name(), options());
  const Scoring scoring = subject.model->scoring();
  const Index num_users = subject.dataset.num_users();
  const Index num_items = subject.dataset.num_items();
  ASSERT_NE(scoring.kind, ScoreKind::item_similarity);  // learned models have embeddings
  EXPECT_EQ(scoring.user_embedding.rows, num_users);
  EXPECT_EQ(scoring.item_embedding.rows, num_items);
  EXPECT_EQ(scoring.user_embedding.cols, scoring.item_embedding.cols);
  EXPECT_GT(scoring.item_embedding.cols, 0);
  EXPECT_EQ(scoring.history.rows, num_users);
  EXPECT_EQ(scoring.history.cols, num_items);
  EXPECT_EQ(scoring.history.nnz(), subject.dataset.train.nnz());
  ASSERT_EQ(static_cast<Index>(scoring.item_popularity.size()), num_items);
  for (Index i = 0; i < num_items; ++i) {
    EXPECT_EQ(scoring.item_popularity[static_cast<std::size_t>(i)],
              static_cast<float>(subject.graph.item_users().degree(i)));
  }
  for (const auto& tensor : subject.model->artifact_tensors()) {
    EXPECT_EQ(tensor.value.rows, num_items) << tensor.name;
    if (tensor.name == "item_foldin") {
      EXPECT_EQ(tensor.value.cols, scoring.item_embedding.cols);
    }
    for (Index r = 0; r < tensor.value.rows; ++r) {
      for (const float v : tensor.value.row_span(r)) ASSERT_TRUE(std::isfinite(v)) << tensor.name;
    }
  }
}

TEST_P(Conformance, AStepAgainstTheGradientLowersTheLossByWhatItPromises) {
  Subject subject(name(), options());
  const TinyBatch batch = tiny_batch(subject.dataset, 6);
  const double before = subject.model->compute_gradients(batch).total;
  double squares = 0.0;
  for (const auto& block : subject.model->parameters().blocks()) {
    for (Index k = 0; k < block.grad.size(); ++k) squares += std::pow(static_cast<double>(block.grad.data()[k]), 2.0);
  }
  ASSERT_GT(squares, 0.0);
  // A promise of a thousandth of the loss: far above rounding, within the reach of the linear term.
  const double rate = 1e-3 * before / squares;
  for (auto& block : subject.model->parameters().blocks()) {
    for (Index k = 0; k < block.grad.size(); ++k)
      block.value.data()[k] -= static_cast<float>(rate) * block.grad.data()[k];
  }
  const double after = subject.model->compute_gradients(batch).total;
  EXPECT_NEAR(before - after, 1e-3 * before, 1e-4 * before);
}

TEST_P(Conformance, EveryBlockIsCoveredByNamedParameters) {
  Subject subject(name(), options());
  Index named = 0;
  for (const auto& p : subject.model->parameters().parameters()) {
    named += p.value.rows * p.value.cols;
    EXPECT_EQ(subject.model->parameters().find(p.name), &p);
    EXPECT_TRUE(p.value.rows == 1 || !p.is_vector) << p.name;
  }
  EXPECT_EQ(named, subject.model->parameters().size());
}

TEST_P(Conformance, EstimatesAtLeastTheMemoryOfParametersAndOptimiser) {
  Subject subject(name(), options());
  EXPECT_GE(training_bytes(name(), options(), subject.dataset),
            4 * sizeof(float) * static_cast<std::size_t>(subject.model->parameters().size()));
}

std::string test_name(const ::testing::TestParamInfo<Conformance::ParamType>& info) {
  return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(Models, Conformance, ::testing::ValuesIn(subjects()), test_name);

}  // namespace
}  // namespace monet::models::testing
