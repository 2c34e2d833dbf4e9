// Models computed from the interactions at once, against dense float64 arithmetic over whole matrices.
#include "monet/models/detail/cooccurrence.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::models::testing::untrained_test {
namespace {

using Dense = std::vector<std::vector<double>>;

constexpr double kEps = static_cast<double>(std::numeric_limits<float>::epsilon());

Dense zeros(Index rows, Index cols) {
  return Dense(static_cast<std::size_t>(rows), std::vector<double>(static_cast<std::size_t>(cols), 0.0));
}

Dense interactions(const Csr& train) {
  Dense r = zeros(train.rows(), train.cols());
  for (Index u = 0; u < train.rows(); ++u) {
    for (const std::int32_t i : train.row(u)) r[static_cast<std::size_t>(u)][static_cast<std::size_t>(i)] = 1.0;
  }
  return r;
}

Dense transposed(const Dense& a) {
  Dense out(a.front().size(), std::vector<double>(a.size()));
  for (std::size_t r = 0; r < a.size(); ++r) {
    for (std::size_t c = 0; c < a[r].size(); ++c) out[c][r] = a[r][c];
  }
  return out;
}

Dense product(const Dense& a, const Dense& b) {
  Dense out(a.size(), std::vector<double>(b.front().size(), 0.0));
  for (std::size_t r = 0; r < a.size(); ++r) {
    for (std::size_t k = 0; k < b.size(); ++k) {
      for (std::size_t c = 0; c < b[k].size(); ++c) out[r][c] += a[r][k] * b[k][c];
    }
  }
  return out;
}

/// Each row divided by its sum; rows of zeros stay.
Dense by_row_sums(Dense a) {
  for (auto& row : a) {
    double sum = 0.0;
    for (const double x : row) sum += x;
    for (double& x : row) x /= sum > 0.0 ? sum : 1.0;
  }
  return a;
}

/// c_ij / (√(n_i n_j) + shrink).
Dense cosine(const Dense& r, double shrink) {
  Dense w = product(transposed(r), r);
  const Dense counts = w;
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (std::size_t j = 0; j < w.size(); ++j) {
      if (counts[i][j] > 0.0) w[i][j] = counts[i][j] / (std::sqrt(counts[i][i] * counts[j][j]) + shrink);
    }
  }
  return w;
}

/// D_i⁻¹ Rᵀ · D_u⁻¹ R.
Dense walk(const Dense& r) {
  return product(by_row_sums(transposed(r)), by_row_sums(r));
}

/// Zero diagonal; in each row what is not among the k largest becomes zero, the lower item first where two are equal as
/// float32.
void keep(Dense& w, Index k) {
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i][i] = 0.0;
    if (k == 0) continue;
    std::vector<std::size_t> order(w.size());
    for (std::size_t j = 0; j < order.size(); ++j) order[j] = j;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return static_cast<float>(w[i][a]) > static_cast<float>(w[i][b]);
    });
    for (std::size_t j = static_cast<std::size_t>(k); j < order.size(); ++j) w[i][order[j]] = 0.0;
  }
}

/// What a model makes of a dataset of 60 users and 40 items.
struct Fixture {
  explicit Fixture(const ModelOptions& options, int threads = 1)
      : dataset(tiny_dataset(60, 40, 8)),
        graph(dataset.train),
        pool(threads),
        tape(pool),
        model(make_model(options, dataset, graph, pool)),
        output(compute_output(tape, *model)) {}
  data::Dataset dataset;
  graph::Bipartite graph;
  ThreadPool pool;
  autograd::Tape tape;
  std::unique_ptr<Model> model;
  Output output;
};

void expect_similarity(const scoring::Scoring& scoring, const Dense& want) {
  Dense got = zeros(scoring.similarity.rows, scoring.similarity.cols);
  std::size_t k = 0;
  for (Index i = 0; i < scoring.similarity.rows; ++i) {
    for (const std::int32_t j : scoring.similarity.row(i)) {
      got[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] =
          static_cast<double>(scoring.similarity_values[k++]);
    }
  }
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    for (std::size_t j = 0; j < got.size(); ++j) {
      // Computed in float64, rounded to float32 once.
      EXPECT_NEAR(got[i][j], want[i][j], kEps * want[i][j]) << i << ", " << j;
    }
  }
}

struct Setting {
  Index neighbours;
  double shrink;
};

class Similarity : public ::testing::TestWithParam<Setting> {
 protected:
  ModelOptions item_knn(bool content = false) const {
    return {"itemknn", {{"neighbours", GetParam().neighbours}, {"shrink", GetParam().shrink}, {"content", content}}};
  }
  ModelOptions p3alpha() const { return {"p3alpha", {{"neighbours", GetParam().neighbours}}}; }
};

TEST_P(Similarity, ItemKnnIsTheShrunkCosine) {
  Fixture f(item_knn());
  Dense want = cosine(interactions(f.dataset.train), GetParam().shrink);
  keep(want, GetParam().neighbours);
  expect_similarity(f.output.scoring, want);
}

/// Mean over the modalities of the cosine of features minus their mean, where positive.
Dense content_cosine(const data::Dataset& dataset) {
  const auto items = static_cast<std::size_t>(dataset.num_items());
  Dense w = zeros(dataset.num_items(), dataset.num_items());
  for (const data::Modality& modality : dataset.modalities) {
    Dense x = zeros(dataset.num_items(), modality.features.cols());
    for (std::size_t c = 0; c < x.front().size(); ++c) {
      double mean = 0.0;
      const auto at = [&](std::size_t i) {
        return static_cast<double>(modality.features.row(static_cast<Index>(i))[c]);
      };
      for (std::size_t i = 0; i < items; ++i) mean += at(i) / static_cast<double>(items);
      for (std::size_t i = 0; i < items; ++i) x[i][c] = at(i) - mean;
    }
    const Dense dots = product(x, transposed(x));
    for (std::size_t i = 0; i < items; ++i) {
      for (std::size_t j = 0; j < items; ++j) {
        w[i][j] += dots[i][j] / std::sqrt(dots[i][i] * dots[j][j]) / static_cast<double>(dataset.modalities.size());
      }
    }
  }
  for (std::size_t i = 0; i < items; ++i) {
    for (std::size_t j = 0; j < items; ++j) w[i][j] = i == j ? 0.0 : std::max(w[i][j], 0.0);
  }
  return w;
}

TEST_P(Similarity, ContentIsTheCosineOfFeatures) {
  Fixture f(item_knn(true));
  ASSERT_FALSE(f.dataset.modalities.empty());
  Dense want = content_cosine(f.dataset);
  keep(want, GetParam().neighbours);
  const scoring::Scoring& scoring = f.output.scoring;
  for (std::size_t i = 0; i < want.size(); ++i) {
    std::vector<double> got(want.size(), 0.0);
    const auto begin = static_cast<std::size_t>(scoring.similarity.indptr[i]);
    const auto row = scoring.similarity.row(static_cast<Index>(i));
    for (std::size_t k = 0; k < row.size(); ++k) {
      got[static_cast<std::size_t>(row[k])] = static_cast<double>(scoring.similarity_values[begin + k]);
    }
    for (std::size_t j = 0; j < want.size(); ++j) EXPECT_NEAR(got[j], want[i][j], 1e-5) << i << ", " << j;
  }
}

TEST_P(Similarity, P3AlphaIsAWalkOfThreeSteps) {
  Fixture f(p3alpha());
  Dense want = walk(interactions(f.dataset.train));
  keep(want, GetParam().neighbours);
  expect_similarity(f.output.scoring, want);
}

TEST_P(Similarity, DoesNotDependOnThreads) {
  for (const ModelOptions& options : {item_knn(), p3alpha()}) {
    Fixture one(options, 1);
    Fixture three(options, 3);
    const scoring::Scoring& a = one.output.scoring;
    const scoring::Scoring& b = three.output.scoring;
    EXPECT_TRUE(std::equal(a.similarity.indptr.begin(), a.similarity.indptr.end(), b.similarity.indptr.begin(),
                           b.similarity.indptr.end()));
    EXPECT_TRUE(std::equal(a.similarity.indices.begin(), a.similarity.indices.end(), b.similarity.indices.begin(),
                           b.similarity.indices.end()));
    EXPECT_TRUE(std::equal(a.similarity_values.begin(), a.similarity_values.end(), b.similarity_values.begin(),
                           b.similarity_values.end()));
  }
}

TEST_P(Similarity, TakesNoMoreThanItsEstimate) {
  for (const ModelOptions& options : {item_knn(), p3alpha()}) {
    Fixture f(options);
    const scoring::Scoring& scoring = f.output.scoring;
    EXPECT_GE(training_bytes(options, f.dataset),
              scoring.similarity.indices.size_bytes() + scoring.similarity_values.size_bytes());
  }
}

INSTANTIATE_TEST_SUITE_P(Settings, Similarity,
                         ::testing::Values(Setting{0, 0.0}, Setting{5, 0.0}, Setting{0, 20.0}, Setting{3, 7.5},
                                           Setting{1000, 0.0}),
                         [](const auto& info) {
                           return "k" + std::to_string(info.param.neighbours) + "_shrink" +
                                  std::to_string(static_cast<int>(info.param.shrink));
                         });

TEST(Popularity, ScoresEveryItemByItsTrainingInteractionsForEverybody) {
  Fixture f(ModelOptions("popularity"));
  const scoring::Scoring& scoring = f.output.scoring;
  ASSERT_EQ(scoring.kind, scoring::ScoreKind::dot);
  ASSERT_EQ(scoring.user_embedding.cols, 1);
  for (Index u = 0; u < f.dataset.num_users(); ++u) {
    for (Index i = 0; i < f.dataset.num_items(); ++i) {
      EXPECT_EQ(scoring.user_embedding(u, 0) * scoring.item_embedding(i, 0),
                static_cast<float>(f.graph.item_users().degree(i)));
    }
  }
}

}  // namespace
}  // namespace monet::models::testing::untrained_test
