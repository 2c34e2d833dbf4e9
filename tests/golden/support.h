#pragma once

#include "monet/core/files/npy.h"
#include "monet/data/load.h"
#include "monet/kernels/adam.h"
#include "monet/models/model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace monet::golden {

inline constexpr double kValues = 1e-5;     // embeddings, losses and scores, of the array's largest value
inline constexpr double kGradients = 5e-5;  // of the array's largest value
inline constexpr double kAdam = 2e-5;       // absolute: 2 % of one step

struct Deviation {
  double apart = 0.0;    // largest difference of an entry, infinite for other shapes or NaN
  double largest = 0.0;  // largest magnitude expected
};

inline Deviation compare(MatrixView<const float> got, MatrixView<const float> want) {
  Deviation out;
  if (got.rows != want.rows || got.cols != want.cols || want.empty()) return {INFINITY, 0.0};
  for (Index r = 0; r < want.rows; ++r) {
    for (Index c = 0; c < want.cols; ++c) {
      const double apart = std::abs(static_cast<double>(got(r, c)) - static_cast<double>(want(r, c)));
      if (!(apart <= out.apart)) out.apart = std::isnan(apart) ? INFINITY : apart;
      out.largest = std::max(out.largest, std::abs(static_cast<double>(want(r, c))));
    }
  }
  return out;
}

inline void expect_close(MatrixView<const float> got, MatrixView<const float> want, double tolerance,
                         const std::string& what) {
  const Deviation d = compare(got, want);
  EXPECT_LE(d.apart, tolerance * d.largest) << what << ", largest " << d.largest;
  EXPECT_GT(d.largest, 0.0) << what;
}

/// One folder of tests/golden/: data, hyper-parameters and numbers.
class Case {
 public:
  Case(const std::string& model, const std::string& name)
      : folder_(std::filesystem::path(MONET_SOURCE_DIR) / "tests/golden" / model / name) {
    std::ifstream file(folder_ / "manifest.json");
    manifest = nlohmann::json::parse(file);
    dataset = data::load(folder_);
  }

  bool has(const std::string& array) const { return std::filesystem::exists(folder_ / (array + ".npy")); }
  Matrix<float> array(const std::string& name) const { return files::read_npy(folder_ / (name + ".npy")); }
  /// The rows of an array that belong to an Adam step, of three that lie one after the other.
  Matrix<float> part_of(const std::string& name, Index step) const {
    const Matrix<float> all = array(name);
    const Index rows = all.rows() / hyper_parameters().at("adam_steps").get<Index>();
    return Matrix<float>::copy_of(all.view().row_range(step * rows, rows));
  }
  std::vector<std::int32_t> ids(const std::string& name) const {
    const auto values = files::read_npy_int64(folder_ / (name + ".npy"));
    return {values.data(), values.data() + values.size()};
  }
  const nlohmann::json& hyper_parameters() const { return manifest.at("hyper_parameters"); }

  nlohmann::json manifest;
  data::Dataset dataset;

 private:
  std::filesystem::path folder_;
};

/// A sparse square matrix (a pattern and its values) as a dense one.
template <class Sparse>
Matrix<float> dense(const Sparse& matrix) {
  const Csr& csr = matrix.pattern->csr;
  Matrix<float> out = Matrix<float>::zeros(csr.rows(), csr.cols());
  Index k = 0;
  for (Index r = 0; r < csr.rows(); ++r) {
    for (const std::int32_t c : csr.row(r)) out(r, c) = matrix.values(k++, 0);
  }
  return out;
}

/// A vector parameter is read as [n, 1] and held as [1, n].
inline MatrixView<const float> shaped(const Matrix<float>& m, const models::Parameter& parameter) {
  return parameter.is_vector ? MatrixView<const float>(m.data(), 1, m.size()) : m.view();
}

/// A model at the initial parameters of a case, where our parameters bear the names of the reference.
class Subject {
 public:
  Subject(const Case& golden, const models::ModelOptions& options, int threads = 1)
      : golden_(golden),
        pool_(threads),
        tape_(pool_),
        graph_(golden.dataset.train),
        model_(models::make_model(options, golden.dataset, graph_, pool_)),
        users_(golden.ids("batch_users")),
        positives_(golden.ids("batch_pos")),
        negatives_(golden.has("batch_neg") ? golden.ids("batch_neg") : std::vector<std::int32_t>()),
        shared_(golden.has("shared_negatives") ? golden.ids("shared_negatives") : std::vector<std::int32_t>()) {
    for (const auto& entry : golden.manifest.at("parameters")) {
      const std::string name = entry.at("name");
      models::Parameter* parameter = model_->parameters().find(name);
      if (parameter == nullptr) {
        ADD_FAILURE() << "no parameter " << name;
        continue;
      }
      const auto init = golden.array("param." + name);
      copy<float>(shaped(init, *parameter), parameter->value);
    }
    EXPECT_EQ(model_->parameters().parameters().size(), golden.manifest.at("parameters").size());
  }

  models::Model& model() { return *model_; }
  models::Output output() { return models::compute_output(tape_, *model_, models::Detail::artifact); }
  autograd::Tape& tape() { return tape_; }
  ThreadPool& pool() { return pool_; }
  /// Called with the number of an Adam step before its loss; a step of its own counts as the first.
  std::function<void(Index)> before_step;
  models::LossParts step(Index number = 0) {
    if (before_step) before_step(number);
    return models::compute_gradients(tape_, *model_, {users_, positives_, negatives_, 0, shared_});
  }

  /// user_final, item_final, and `scores` by their products.
  void expect_embeddings_and_scores() {
    const models::Output computed = output();
    const scoring::Scoring& scoring = computed.scoring;
    expect_close(scoring.user_embedding, golden_.array("user_final"), kValues, "user_final");
    expect_close(scoring.item_embedding, golden_.array("item_final"), kValues, "item_final");
    const auto want = golden_.array("scores");
    Matrix<float> got(want.rows(), want.cols());
    for (Index u = 0; u < got.rows(); ++u) {
      for (Index i = 0; i < got.cols(); ++i) {
        double sum = 0.0;
        for (Index c = 0; c < scoring.user_embedding.cols; ++c) {
          sum += static_cast<double>(scoring.user_embedding(u, c)) * static_cast<double>(scoring.item_embedding(i, c));
        }
        got(u, i) = static_cast<float>(sum);
      }
    }
    expect_close(got, want, kValues, "scores");
  }

  /// Loss before the first step and the gradient of every parameter. `total_column` of `losses`. `prefix` "grad." or
  /// "grad_frozen_graph.".
  void expect_loss_and_gradients(Index total_column = 0, const std::string& prefix = "grad.") {
    const double want = static_cast<double>(golden_.array("losses")(0, total_column));
    EXPECT_NEAR(step().total, want, kValues * std::abs(want));
    expect_gradients(prefix);
  }

  /// The gradients now in the parameters.
  void expect_gradients(const std::string& prefix = "grad.") {
    for (const auto& entry : golden_.manifest.at("parameters")) {
      const std::string name = entry.at("name");
      models::Parameter& parameter = *model_->parameters().find(name);
      if (!golden_.has(prefix + name)) continue;
      const auto want = golden_.array(prefix + name);
      if (entry.value("gradient_identically_zero", false)) {
        EXPECT_LT(compare(parameter.grad, shaped(want, parameter)).apart, 1e-8) << name;
        continue;
      }
      expect_close(parameter.grad, shaped(want, parameter), kGradients, "gradient of " + name);
    }
  }

  /// Losses before each Adam step on the same batch, and the parameters after the last (`adam3.<name>`).
  void expect_adam_steps(Index total_column = 0, const std::string& prefix = "adam3.") {
    const auto losses = golden_.array("losses");
    double largest = 0.0;
    for (Index r = 0; r < losses.rows(); ++r) {
      largest = std::max(largest, std::abs(static_cast<double>(losses(r, total_column))));
    }
    std::vector<std::vector<float>> first, second;
    for (const auto& block : model_->parameters().blocks()) {
      first.emplace_back(static_cast<std::size_t>(block.value.size()), 0.0F);
      second.emplace_back(static_cast<std::size_t>(block.value.size()), 0.0F);
    }
    const auto& h = golden_.hyper_parameters();
    for (std::int64_t t = 1; t <= h.at("adam_steps").get<std::int64_t>(); ++t) {
      EXPECT_NEAR(step(t - 1).total, static_cast<double>(losses(t - 1, total_column)), kValues * largest)
          << "before step " << t;
      std::size_t k = 0;
      for (auto& block : model_->parameters().blocks()) {
        const auto size = static_cast<std::size_t>(block.value.size());
        if (block.trainable) {
          kernels::adam(kernels::AdamStep::at(t, h.at("learning_rate")), {block.grad.data(), size}, first[k], second[k],
                        {block.value.data(), size});
        }
        ++k;
      }
    }
    for (const auto& entry : golden_.manifest.at("parameters")) {
      const std::string name = entry.at("name");
      if (!golden_.has(prefix + name)) continue;
      models::Parameter& parameter = *model_->parameters().find(name);
      const auto want = golden_.array(prefix + name);
      EXPECT_LE(compare(parameter.value, shaped(want, parameter)).apart, kAdam) << name;
    }
  }

 private:
  const Case& golden_;
  ThreadPool pool_;
  autograd::Tape tape_;
  graph::Bipartite graph_;
  std::unique_ptr<models::Model> model_;
  std::vector<std::int32_t> users_, positives_, negatives_, shared_;
};

}  // namespace monet::golden
