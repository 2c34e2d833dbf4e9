#include "monet/models/mgcn.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

namespace monet::golden::mgcn_test {
namespace {

models::Mgcn::Options mgcn_options(const nlohmann::json& h) {
  models::Mgcn::Options o;
  o.dim = h.at("embedding_width");
  o.layers = h.at("layers");
  o.item_neighbours = h.at("topk");
  o.item_layers = h.at("item_graph_layers");
  o.contrastive_weight = h.at("contrastive_weight");
  o.weight_decay = h.at("reg");
  return o;
}

class GoldenMgcn : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenMgcn()
      : golden_("mgcn", GetParam()),
        subject_(golden_, models::options_of<models::Mgcn>(mgcn_options(golden_.hyper_parameters()))) {}
  models::Mgcn& model() { return dynamic_cast<models::Mgcn&>(subject_.model()); }
  Case golden_;
  Subject subject_;
};

TEST_P(GoldenMgcn, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}

TEST_P(GoldenMgcn, GraphsAndBothEmbeddings) {
  expect_close(dense(model().item_graph(0)), golden_.array("image_graph"), kValues, "image_graph");
  expect_close(dense(model().item_graph(1)), golden_.array("text_graph"), kValues, "text_graph");
  autograd::Tape& tape = subject_.tape();
  tape.clear();
  const auto nodes = tape.constant(model().parameters().blocks().front().value.view());
  const auto parts = model().parts(tape, nodes, nullptr);
  expect_close(tape.value(parts.content), golden_.array("content"), kValues, "content");
  expect_close(tape.value(parts.side), golden_.array("side"), kValues, "side");
}

TEST_P(GoldenMgcn, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}

TEST_P(GoldenMgcn, PartsOfTheLoss) {
  const models::LossParts parts = subject_.step();
  const auto losses = golden_.array("losses");
  const auto& h = golden_.hyper_parameters();
  const auto column = [&](Index c) { return static_cast<double>(losses(0, c)); };
  EXPECT_NEAR(h.at("reg").get<double>() * parts.regulariser, column(2), kValues * column(2));
  const double ranking = column(1) + h.at("contrastive_weight").get<double>() * (column(3) + column(4));
  EXPECT_NEAR(parts.ranking, ranking, kValues * ranking);
}

TEST_P(GoldenMgcn, AdamSteps) {
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenMgcn, ::testing::Values("default", "k5_deep_cl0_1"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace monet::golden::mgcn_test
