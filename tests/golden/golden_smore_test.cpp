#include "monet/models/registry.h"
#include "monet/models/smore.h"
#include "tests/golden/support.h"

namespace monet::golden::smore_test {
namespace {

models::Smore::Options smore_options(const nlohmann::json& h) {
  models::Smore::Options o;
  o.dim = h.at("embedding_width");
  o.layers = h.at("layers");
  o.image_neighbours = h.at("image_topk");
  o.text_neighbours = h.at("text_topk");
  o.item_layers = h.at("item_graph_layers");
  o.gate_dropout = h.at("gate_dropout");
  o.contrastive_weight = h.at("contrastive_weight");
  o.weight_decay = h.at("reg");
  return o;
}

class GoldenSmore : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenSmore()
      : golden_("smore", GetParam()),
        subject_(golden_, models::options_of<models::Smore>(smore_options(golden_.hyper_parameters()))) {
    if (!golden_.has("dropout_image")) return;
    subject_.before_step = [this](Index step) {
      std::vector<Matrix<float>> masks;
      for (const char* name : {"dropout_image", "dropout_text", "dropout_fusion"}) {
        masks.push_back(golden_.part_of(name, step));
      }
      model().dropout().take(std::move(masks));
    };
  }
  models::Smore& model() { return dynamic_cast<models::Smore&>(subject_.model()); }
  Case golden_;
  Subject subject_;
};

TEST_P(GoldenSmore, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}

TEST_P(GoldenSmore, GraphsFiltersAndBothEmbeddings) {
  autograd::Tape& tape = subject_.tape();
  tape.clear();
  const auto nodes = tape.constant(model().parameters().blocks().front().value.view());
  const auto parts = model().parts(tape, nodes, nullptr, 0);
  expect_close(tape.value(parts.content), golden_.array("content"), kValues, "content");
  expect_close(tape.value(parts.side), golden_.array("side"), kValues, "side");
  std::size_t part = 0;
  for (const std::string name : {"image", "text", "fusion"}) {
    expect_close(dense(model().item_graph(part)), golden_.array(name + "_graph"), kValues, name + "_graph");
    expect_close(tape.value(parts.filtered[part++]), golden_.array(name + "_filtered"), kValues, name + "_filtered");
  }
}

TEST_P(GoldenSmore, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}

TEST_P(GoldenSmore, PartsOfTheLoss) {
  const models::LossParts parts = subject_.step();
  const auto losses = golden_.array("losses");
  const auto& h = golden_.hyper_parameters();
  const auto column = [&](Index c) { return static_cast<double>(losses(0, c)); };
  EXPECT_NEAR(h.at("reg").get<double>() * parts.regulariser, column(2), kValues * column(2));
  const double ranking = column(1) + h.at("contrastive_weight").get<double>() * (column(3) + column(4));
  EXPECT_NEAR(parts.ranking, ranking, kValues * ranking);
}

TEST_P(GoldenSmore, WhatHasNoEffectHasNoGradient) {
  subject_.step();
  for (const char* name : {"image_complex_weight", "text_complex_weight", "fusion_complex_weight"}) {
    const auto grad = model().parameters().find(name)->grad;
    EXPECT_EQ(grad(0, 1), 0.0F) << name;
    if (golden_.hyper_parameters().at("embedding_width").get<Index>() % 2 == 0) {
      EXPECT_EQ(grad(grad.rows - 1, 1), 0.0F) << name;
    }
  }
}

TEST_P(GoldenSmore, AdamSteps) {
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenSmore, ::testing::Values("default", "odd_dim_dropout_deep"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace monet::golden::smore_test
