#include "monet/models/detail/standardise.h"
#include "monet/models/monet_softmax.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

#include <cmath>

namespace monet::golden::monet_softmax_test {
namespace {

models::ModelOptions softmax_options(const nlohmann::json& h) {
  models::ModelOptions options("monet-softmax");
  const bool ids = h.at("id_branch").get<bool>();
  options.set("dim", h.at("embedding_width").get<std::int64_t>());
  options.set("layers", h.at("layers").get<std::int64_t>());
  options.set("weight-decay", h.at("reg").get<double>());
  options.set("temperature", h.at("tau").get<double>());
  options.set("collaborative", ids ? "lightgcn" : "none");
  options.set("candidates", h.at("candidates") == "all items" ? std::int64_t{0} : std::int64_t{1});
  // The numbers are of features with standardised columns, without a bias, and with every item in the denominators.
  options.set("standardise", "on");
  options.set("item-bias", false);
  options.set("denominator", "every");
  return options;
}

class GoldenMonetSoftmax : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenMonetSoftmax()
      : golden_("monet_softmax", GetParam()),
        options_(softmax_options(golden_.hyper_parameters())),
        subject_(golden_, options_) {}

  /// Their branches begin with the ids, ours end with them.
  Matrix<float> reordered(const Matrix<float>& theirs) const {
    if (golden_.hyper_parameters().at("id_branch") == false) return Matrix<float>::copy_of(theirs.view());
    const Index dim = golden_.hyper_parameters().at("embedding_width");
    Matrix<float> out(theirs.rows(), theirs.cols());
    for (Index r = 0; r < theirs.rows(); ++r) {
      for (Index c = 0; c < theirs.cols(); ++c) out(r, c) = theirs(r, (c + dim) % theirs.cols());
    }
    return out;
  }

  Case golden_;
  models::ModelOptions options_;
  Subject subject_;
};

TEST_P(GoldenMonetSoftmax, StandardisedFeatures) {
  for (const data::Modality& modality : golden_.dataset.modalities) {
    expect_close(models::detail::standardised(modality.features.view()), golden_.array(modality.name + "_standardised"),
                 kValues, modality.name);
  }
}

// Our embeddings are theirs over the root of the temperature, so that scores are logits.
TEST_P(GoldenMonetSoftmax, EmbeddingsAndScores) {
  const models::Output computed = subject_.output();
  const double tau = golden_.hyper_parameters().at("tau");
  const auto scaled = [&](MatrixView<const float> ours) {
    Matrix<float> out = Matrix<float>::copy_of(ours);
    for (Index k = 0; k < out.size(); ++k) out.data()[k] *= static_cast<float>(std::sqrt(tau));
    return out;
  };
  const Matrix<float> users = scaled(computed.scoring.user_embedding);
  const Matrix<float> items = scaled(computed.scoring.item_embedding);
  expect_close(users, reordered(golden_.array("user_final")), kValues, "user_final");
  expect_close(items, reordered(golden_.array("item_final")), kValues, "item_final");
  const auto want = golden_.array("scores");
  Matrix<float> got(want.rows(), want.cols());
  for (Index u = 0; u < got.rows(); ++u) {
    for (Index i = 0; i < got.cols(); ++i) {
      double sum = 0.0;
      for (Index c = 0; c < users.cols(); ++c)
        sum += static_cast<double>(users(u, c)) * static_cast<double>(items(i, c));
      got(u, i) = static_cast<float>(sum);
    }
  }
  expect_close(got, want, kValues, "scores");
}

TEST_P(GoldenMonetSoftmax, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}
TEST_P(GoldenMonetSoftmax, AdamSteps) {
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenMonetSoftmax, ::testing::Values("ids_tau0_2", "no_ids_tau0_15", "sampled_tau0_2"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace monet::golden::monet_softmax_test
