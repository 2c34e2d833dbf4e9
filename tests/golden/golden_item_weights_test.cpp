// Models that are a matrix of items to items, computed at once: the matrix, and the scores through the ranking's own
// arithmetic.
#include "monet/models/ease.h"
#include "monet/models/p3alpha.h"
#include "monet/models/registry.h"
#include "monet/models/rp3beta.h"
#include "monet/rank/scores.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"
#include "tests/golden/support.h"

#include <numeric>

namespace monet::golden::item_weights_test {
namespace {

struct WeightsName {
  const char* model;
  const char* name;
};

models::ModelOptions weights_options(const std::string& model, const nlohmann::json& h) {
  if (model == "ease") return models::options_of<models::Ease>({.lambda = h.at("reg")});
  if (model == "rp3beta") return models::options_of<models::Rp3Beta>({.alpha = h.at("alpha"), .beta = h.at("beta")});
  return models::options_of<models::P3Alpha>({.item_exponent = h.at("alpha"), .user_exponent = h.at("alpha")});
}

class GoldenItemWeights : public ::testing::TestWithParam<WeightsName> {
 protected:
  GoldenItemWeights()
      : golden_(GetParam().model, GetParam().name),
        pool_(2),
        tape_(pool_),
        graph_(golden_.dataset.train),
        model_(models::make_model(weights_options(GetParam().model, golden_.hyper_parameters()), golden_.dataset,
                                  graph_, pool_)),
        output_(models::compute_output(tape_, *model_)) {}

  Case golden_;
  ThreadPool pool_;
  autograd::Tape tape_;
  graph::Bipartite graph_;
  std::unique_ptr<models::Model> model_;
  models::Output output_;
};

TEST_P(GoldenItemWeights, SimilarityOfTheHistorysItemToTheRecommended) {
  const scoring::Scoring& scoring = output_.scoring;
  ASSERT_EQ(scoring.kind, scoring::ScoreKind::item_similarity);
  Matrix<float> got = Matrix<float>::zeros(scoring.similarity.rows, scoring.similarity.cols);
  std::size_t entry = 0;
  for (Index i = 0; i < got.rows(); ++i) {
    for (const std::int32_t j : scoring.similarity.row(i)) got(i, j) = scoring.similarity_values[entry++];
  }
  expect_close(got, golden_.array("similarity"), kValues, "similarity");
  for (Index i = 0; i < got.rows(); ++i) EXPECT_EQ(got(i, i), 0.0F);
  for (const Index cold : golden_.manifest.at("dataset").at("items_without_train_interaction")) {
    EXPECT_TRUE(scoring.similarity.row(cold).empty()) << cold;
  }
}

TEST_P(GoldenItemWeights, Scores) {
  const scoring::Scoring& scoring = output_.scoring;
  const auto want = golden_.array("scores");
  Matrix<float> got(want.rows(), want.cols());
  std::vector<std::int32_t> items(static_cast<std::size_t>(want.cols()));
  std::iota(items.begin(), items.end(), 0);
  std::vector<double> scores(items.size());
  for (Index u = 0; u < got.rows(); ++u) {
    ASSERT_FALSE(scoring.history.row(u).empty());
    rank::score_items(scoring::Items(scoring), scoring::known_user(scoring, static_cast<std::int32_t>(u)), items,
                      scores);
    for (Index i = 0; i < got.cols(); ++i) got(u, i) = static_cast<float>(scores[static_cast<std::size_t>(i)]);
  }
  expect_close(got, want, kValues, "scores");
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenItemWeights,
                         ::testing::Values(WeightsName{"ease", "lambda100"}, WeightsName{"ease", "lambda500"},
                                           WeightsName{"p3alpha", "default"}, WeightsName{"p3alpha", "alpha0_7"},
                                           WeightsName{"rp3beta", "default"},
                                           WeightsName{"rp3beta", "alpha0_8_beta0_3"}),
                         [](const auto& info) { return std::string(info.param.model) + "_" + info.param.name; });

}  // namespace
}  // namespace monet::golden::item_weights_test
