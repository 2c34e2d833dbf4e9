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

/// Σ_u R_ui R_uj / (n_i^a n_u^b n_j^c).
Dense powers(const Dense& r, double a, double b, double c) {
  std::vector<double> of_item(r.front().size(), 0.0);
  Dense w = zeros(static_cast<Index>(of_item.size()), static_cast<Index>(of_item.size()));
  for (const auto& row : r) {
    for (std::size_t i = 0; i < row.size(); ++i) of_item[i] += row[i];
  }
  for (const auto& row : r) {
    double of_user = 0.0;
    for (const double x : row) of_user += x;
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (std::size_t j = 0; j < row.size(); ++j) {
        if (row[i] * row[j] == 0.0) continue;
        w[i][j] += 1.0 / (std::pow(of_item[i], a) * std::pow(of_user, b) * std::pow(of_item[j], c));
      }
    }
  }
  return w;
}

/// Column j: the weights of the ridge regression of column j of R on all others, solved by elimination.
Dense ridge_regressions(const Dense& r, double lambda) {
  const Dense gram = product(transposed(r), r);
  const std::size_t n = gram.size();
  Dense out = zeros(static_cast<Index>(n), static_cast<Index>(n));
  for (std::size_t j = 0; j < n; ++j) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < n; ++i) {
      if (i != j) others.push_back(i);
    }
    const std::size_t m = others.size();
    Dense system = zeros(static_cast<Index>(m), static_cast<Index>(m) + 1);
    for (std::size_t x = 0; x < m; ++x) {
      for (std::size_t y = 0; y < m; ++y) system[x][y] = gram[others[x]][others[y]] + (x == y ? lambda : 0.0);
      system[x][m] = gram[others[x]][j];
    }
    for (std::size_t p = 0; p < m; ++p) {
      for (std::size_t x = 0; x < m; ++x) {
        if (x == p) continue;
        const double factor = system[x][p] / system[p][p];
        for (std::size_t y = p; y <= m; ++y) system[x][y] -= factor * system[p][y];
      }
    }
    for (std::size_t x = 0; x < m; ++x) out[others[x]][j] = system[x][m] / system[x][x];
  }
  return out;
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

Dense dense(const scoring::Scoring& scoring) {
  Dense got = zeros(scoring.similarity.rows, scoring.similarity.cols);
  std::size_t k = 0;
  for (Index i = 0; i < scoring.similarity.rows; ++i) {
    for (const std::int32_t j : scoring.similarity.row(i)) {
      got[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] =
          static_cast<double>(scoring.similarity_values[k++]);
    }
  }
  return got;
}

class Similarity : public ::testing::TestWithParam<Setting> {
 protected:
  ModelOptions item_knn(bool content = false) const {
    return {"itemknn",
            {{"neighbours", GetParam().neighbours},
             {"shrink", GetParam().shrink},
             {"user-exponent", 0},
             {"content", content}}};
  }
  ModelOptions p3alpha() const { return {"p3alpha", {{"neighbours", GetParam().neighbours}}}; }
  ModelOptions rp3beta() const { return {"rp3beta", {{"neighbours", GetParam().neighbours}, {"alpha", 0.8}}}; }
  ModelOptions ease() const {
    return {"ease", {{"neighbours", GetParam().neighbours}, {"lambda", GetParam().shrink + 1.0}}};
  }
};

TEST_P(Similarity, ItemKnnIsTheShrunkCosine) {
  Fixture f(item_knn());
  Dense want = cosine(interactions(f.dataset.train), GetParam().shrink);
  keep(want, GetParam().neighbours);
  expect_similarity(f.output.scoring, want);
}

TEST_P(Similarity, ItemKnnMayNormaliseUsersFirst) {
  Fixture f({"itemknn", {{"neighbours", GetParam().neighbours}, {"shrink", GetParam().shrink}}});
  Dense rows = interactions(f.dataset.train);  // of length 1
  for (auto& row : rows) {
    double square = 0.0;
    for (const double x : row) square += x * x;
    for (double& x : row) x /= square > 0.0 ? std::sqrt(square) : 1.0;
  }
  Dense want = cosine(rows, GetParam().shrink);
  keep(want, GetParam().neighbours);
  const Dense got = dense(f.output.scoring);
  for (std::size_t i = 0; i < got.size(); ++i) {
    for (std::size_t j = 0; j < got.size(); ++j) EXPECT_NEAR(got[i][j], want[i][j], 1e-6) << i << ", " << j;
  }
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

TEST_P(Similarity, TheWalksExponentsAreOfTheirDegrees) {
  Fixture walked({"p3alpha", {{"neighbours", GetParam().neighbours}, {"item-exponent", 0.5}, {"user-exponent", 0.25}}});
  const Dense r = interactions(walked.dataset.train);
  Dense want = powers(r, 0.5, 0.25, 0.0);
  Fixture penalised(rp3beta());
  Dense with_penalty = powers(r, 0.8, 0.8, 0.6);
  for (const auto& [fixture, expected] : {std::pair{&walked, &want}, std::pair{&penalised, &with_penalty}}) {
    keep(*expected, GetParam().neighbours);
    const Dense got = dense(fixture->output.scoring);
    for (std::size_t i = 0; i < got.size(); ++i) {
      for (std::size_t j = 0; j < got.size(); ++j) EXPECT_NEAR(got[i][j], (*expected)[i][j], kEps) << i << ", " << j;
    }
  }
}

TEST_P(Similarity, EaseIsTheRidgeRegressionOfEachItemOnTheOthers) {
  Fixture f(ease());
  const Dense want = ridge_regressions(interactions(f.dataset.train), GetParam().shrink + 1.0);
  const Dense got = dense(f.output.scoring);
  bool negative = false;
  for (std::size_t i = 0; i < got.size(); ++i) {
    // Kept are the largest in magnitude of the row, exactly.
    std::vector<double> magnitudes;
    std::size_t kept = 0;
    for (std::size_t j = 0; j < got.size(); ++j) {
      if (j != i) magnitudes.push_back(std::abs(want[i][j]));
      if (got[i][j] != 0.0) ++kept;
      negative = negative || got[i][j] < 0.0;
    }
    std::sort(magnitudes.rbegin(), magnitudes.rend());
    const auto k = static_cast<std::size_t>(GetParam().neighbours);
    const bool cold = magnitudes.front() == 0.0;
    if (k > 0 && !cold) {
      EXPECT_EQ(kept, std::min(k, magnitudes.size() - 1)) << "one item is cold";
    }
    const double least = k == 0 || k >= magnitudes.size() ? 0.0 : magnitudes[k - 1];
    for (std::size_t j = 0; j < got.size(); ++j) {
      const double expected = std::abs(want[i][j]) < least - 1e-9 ? 0.0 : want[i][j];
      EXPECT_NEAR(got[i][j], expected, 1e-6) << i << ", " << j;
    }
  }
  EXPECT_TRUE(negative) << "a past item may speak against another";
}

TEST_P(Similarity, DoesNotDependOnThreads) {
  for (const ModelOptions& options : {item_knn(), p3alpha(), rp3beta(), ease()}) {
    Fixture one(options, 1);
    Fixture three(options, 3);
    const scoring::Scoring& a = one.output.scoring;
    const scoring::Scoring& b = three.output.scoring;
    EXPECT_TRUE(same_pattern(a.similarity, b.similarity));
    EXPECT_TRUE(std::equal(a.similarity_values.begin(), a.similarity_values.end(), b.similarity_values.begin(),
                           b.similarity_values.end()));
  }
}

TEST_P(Similarity, TakesNoMoreThanItsEstimate) {
  for (const ModelOptions& options : {item_knn(), p3alpha(), rp3beta(), ease()}) {
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
