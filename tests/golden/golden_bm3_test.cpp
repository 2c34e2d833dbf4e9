#include "monet/models/bm3.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

namespace monet::golden::bm3_test {
namespace {

models::Bm3::Options bm3_options(const nlohmann::json& h) {
  models::Bm3::Options o;
  o.dim = h.at("embedding_width");
  o.layers = h.at("layers");
  o.target_dropout = h.at("target_dropout");
  o.contrastive_weight = h.at("contrastive_weight");
  o.weight_decay = h.at("reg");
  return o;
}

class GoldenBm3 : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenBm3()
      : golden_("bm3", GetParam()),
        subject_(golden_, models::options_of<models::Bm3>(bm3_options(golden_.hyper_parameters()))) {
    subject_.before_step = [this](Index step) {
      std::vector<Matrix<float>> masks;
      for (const char* name : {"dropout_user", "dropout_item", "dropout_image", "dropout_text"}) {
        masks.push_back(golden_.part_of(name, step));
      }
      dynamic_cast<models::Bm3&>(subject_.model()).dropout().take(std::move(masks));
    };
  }
  Case golden_;
  Subject subject_;
};

TEST_P(GoldenBm3, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}

TEST_P(GoldenBm3, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}

TEST_P(GoldenBm3, PartsOfTheLoss) {
  const models::LossParts parts = subject_.step();
  const auto losses = golden_.array("losses");
  const auto weight = golden_.hyper_parameters().at("reg").get<double>();
  EXPECT_NEAR(weight * parts.regulariser, static_cast<double>(losses(0, 7)),
              kValues * static_cast<double>(losses(0, 7)));
}

TEST_P(GoldenBm3, AdamSteps) {
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenBm3, ::testing::Values("default", "dim10_L2_dropout0_5"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace monet::golden::bm3_test
