#include "monet/models/lattice.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

namespace monet::golden::lattice_test {
namespace {

models::Lattice::Options options_of(const nlohmann::json& h) {
  models::Lattice::Options o;
  o.dim = h.at("embedding_width");
  o.layers = static_cast<int>(h.at("layer_widths").size());
  o.weight_decay = h.at("reg");
  o.projection_dim = h.at("feat_embed_dim");
  o.item_neighbours = h.at("topk");
  o.lambda_coeff = h.at("lambda_coeff");
  o.item_layers = h.at("item_graph_layers");
  return o;
}

class GoldenLattice : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenLattice()
      : golden_("lattice", GetParam()),
        options_(options_of(golden_.hyper_parameters())),
        subject_(golden_, models::options_of<models::Lattice>(options_)) {}
  Case golden_;
  models::Lattice::Options options_;
  Subject subject_;
};

TEST_P(GoldenLattice, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}

TEST_P(GoldenLattice, Graphs) {
  std::vector<MatrixView<const float>> features;
  for (const data::Modality& modality : golden_.dataset.modalities) features.push_back(modality.features.view());
  const models::detail::ItemGraphs graphs(subject_.pool(), features, options_.item_neighbours, options_.lambda_coeff);
  ASSERT_EQ(features.size(), 2U);
  expect_close(dense(graphs.original(0)), golden_.array("image_graph_original"), kValues, "image_graph_original");
  expect_close(dense(graphs.original(1)), golden_.array("text_graph_original"), kValues, "text_graph_original");
  auto& model = dynamic_cast<models::Lattice&>(subject_.model());
  expect_close(dense(model.item_graph(subject_.tape())), golden_.array("item_graph"), kValues, "item_graph");
}

TEST_P(GoldenLattice, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}

TEST_P(GoldenLattice, WithTheGraphOfTheFirstBatch) {
  subject_.model().begin_epoch(0);
  subject_.expect_loss_and_gradients();
  subject_.expect_loss_and_gradients(0, "grad_frozen_graph.");
  for (const auto& parameter : subject_.model().parameters().parameters()) {
    if (golden_.has("grad_frozen_graph." + parameter.name)) continue;
    for (Index r = 0; r < parameter.grad.rows; ++r) {
      for (const float g : parameter.grad.row_span(r)) ASSERT_EQ(g, 0.0F) << parameter.name;
    }
  }
}

TEST_P(GoldenLattice, AdamStepsOfAnEpoch) {
  subject_.model().begin_epoch(0);
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenLattice, ::testing::Values("default", "topk4_lambda0_5_deep"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace monet::golden::lattice_test
