// Ranking, metrics and analyses against stored numbers of the published implementation (tests/golden).

#include "monet/core/files/npy.h"
#include "monet/data/load.h"
#include "monet/eval/analyses.h"
#include "monet/eval/evaluator.h"
#include "monet/rank/rank.h"
#include "monet/rank/scores.h"
#include "tests/rank/problem.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace monet::eval {
namespace {

constexpr double kTolerance = 1e-5;  // relative to the largest magnitude of the array
constexpr float kBeta = 0.3F;

class GoldenRanking : public ::testing::TestWithParam<std::string> {
 protected:
  GoldenRanking()
      : folder_(std::filesystem::path(MONET_SOURCE_DIR) / "tests/golden/monet" / GetParam()),
        dataset_(data::load(folder_)),
        user_final_(array("user_final")),
        item_final_(array("item_final")),
        popularity_(static_cast<std::size_t>(item_final_.rows()), 0.0F) {
    for (const std::int32_t item : dataset_.train.indices()) popularity_[static_cast<std::size_t>(item)] += 1.0F;
    scoring_.kind = scoring::ScoreKind::target_aware;
    scoring_.beta = kBeta;
    scoring_.user_embedding = user_final_;
    scoring_.item_embedding = item_final_;
    scoring_.history = dataset_.train;
    scoring_.item_popularity = popularity_;
  }

  Matrix<float> array(const std::string& name) const { return files::read_npy(folder_ / (name + ".npy")); }

  /// The last `count` floats of a file: its data, for the arrays of rank 3.
  std::vector<float> tail(const std::string& name, std::size_t count) const {
    std::ifstream file(folder_ / (name + ".npy"), std::ios::binary);
    std::vector<float> values(count);
    file.seekg(-static_cast<std::streamoff>(count * sizeof(float)), std::ios::end);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(float)));
    EXPECT_TRUE(file.good());
    return values;
  }

  void expect_close(double got, double expected, double largest, const std::string& what) const {
    EXPECT_NEAR(got, expected, kTolerance * largest) << what;
  }

  std::vector<std::int32_t> split_users(const std::string& split) const {
    const auto ids = files::read_npy_int64(folder_ / (split + "_users.npy"));
    return {ids.data(), ids.data() + ids.size()};
  }

  void expect_split(const std::string& split, const Csr& targets);

  std::filesystem::path folder_;
  data::Dataset dataset_;
  Matrix<float> user_final_, item_final_;
  std::vector<float> popularity_;
  scoring::Scoring scoring_;
  ThreadPool pool_{2};
};

TEST_P(GoldenRanking, ScoresOfEveryPair) {
  const Matrix<float> expected = array("scores");
  std::vector<std::int32_t> users(static_cast<std::size_t>(expected.rows()));
  std::iota(users.begin(), users.end(), 0);
  const Matrix<float> scores = rank::score_matrix(pool_, scoring::Items(scoring_), testing::queries(scoring_, users));
  ASSERT_EQ(scores.rows(), expected.rows());
  ASSERT_EQ(scores.cols(), expected.cols());
  double largest = 0.0;
  double error = 0.0;
  for (Index i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected.data()[i])));
    error = std::max(error, std::abs(static_cast<double>(expected.data()[i]) - static_cast<double>(scores.data()[i])));
  }
  EXPECT_LE(error, kTolerance * largest);
}

void GoldenRanking::expect_split(const std::string& split, const Csr& targets) {
  const auto users = split_users(split);
  const rank::Ranking ranking = rank::rank(pool_, scoring::Items(scoring_), testing::queries(scoring_, users), {});
  const auto top = files::read_npy_int64(folder_ / (split + "_top20.npy"));
  ASSERT_EQ(top.rows(), static_cast<Index>(users.size()));
  for (Index r = 0; r < top.rows(); ++r) {
    for (Index c = 0; c < top.cols(); ++c) {
      EXPECT_EQ(ranking.items(r, c), top(r, c))
          << split << " user " << users[static_cast<std::size_t>(r)] << " rank " << c + 1;
    }
  }

  EvaluateOptions options;
  options.per_user = true;
  const Evaluation evaluation = evaluate(pool_, scoring_, targets, options);
  ASSERT_EQ(evaluation.num_users, top.rows());
  const std::vector<std::string> metrics = {"recall", "precision", "ndcg_paper", "hit"};
  const Matrix<float> means = array(split + "_metrics");
  const std::vector<float> of_users = tail(split + "_metrics_per_user", users.size() * 8);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    for (const int k : {10, 20}) {
      const std::string name = metrics[m] + "@" + std::to_string(k);
      expect_close(evaluation.metrics.at(name), static_cast<double>(means(static_cast<Index>(m), k == 10 ? 0 : 1)), 1.0,
                   split + " " + name);
      const auto column = std::find(evaluation.names.begin(), evaluation.names.end(), name) - evaluation.names.begin();
      for (std::size_t r = 0; r < users.size(); ++r) {
        const auto row =
            std::find(evaluation.users.begin(), evaluation.users.end(), users[r]) - evaluation.users.begin();
        const double expected = static_cast<double>(of_users[r * 8 + m * 2 + (k == 10 ? 0 : 1)]);
        expect_close(evaluation.per_user(row, column), expected, 1.0, split + " " + name + " of a user");
      }
    }
  }
}

TEST_P(GoldenRanking, ValidationListsAndMetrics) {
  expect_split("val", dataset_.validation);
}
TEST_P(GoldenRanking, TestListsAndMetrics) {
  expect_split("test", dataset_.test);
}

TEST_P(GoldenRanking, AverageDifference) {
  const Matrix<float> expected = array("avg_diff");
  const Index items = item_final_.rows();
  for (Index m = 0; m < 2; ++m) {
    const data::Modality& modality = dataset_.modalities[static_cast<std::size_t>(m)];
    const Matrix<float> final = array(modality.name + "_final");
    const auto item_rows = final.view().row_range(final.rows() - items, items);
    const Estimate estimate = average_difference(pool_, modality.features, item_rows);
    expect_close(estimate.mean, static_cast<double>(expected.data()[m]), static_cast<double>(expected.data()[m]),
                 modality.name);
  }
}

TEST_P(GoldenRanking, Similarity) {
  const Matrix<float> expected = array("similarity");
  const Matrix<float> per_user = array("similarity_per_user");
  double largest = 0.0;
  for (Index i = 0; i < expected.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(expected.data()[i])));
  const std::vector<CsrView> splits = {dataset_.train, dataset_.validation, dataset_.test};
  for (Index m = 0; m < 2; ++m) {
    const data::Modality& modality = dataset_.modalities[static_cast<std::size_t>(m)];
    const UserSimilarity similarity = user_similarity(pool_, modality.features, splits);
    EXPECT_EQ(similarity.interacted_users, dataset_.num_users());
    expect_close(similarity.interacted, static_cast<double>(expected.data()[2 * m]), largest, modality.name + " I-I");
    expect_close(similarity.others, static_cast<double>(expected.data()[2 * m + 1]), largest, modality.name + " I-N");
    for (Index u = 0; u < per_user.rows(); ++u) {
      const auto at = static_cast<std::size_t>(u);
      expect_close(similarity.per_user_interacted[at], static_cast<double>(per_user(u, 2 * m)), 1.0,
                   modality.name + " I-I of a user");
      expect_close(similarity.per_user_others[at], static_cast<double>(per_user(u, 2 * m + 1)), 1.0,
                   modality.name + " I-N of a user");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenRanking, ::testing::Values("default", "larger"));

}  // namespace
}  // namespace monet::eval
