#include "monet/models/freedom.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

namespace monet::golden::freedom_test {
namespace {

models::Freedom::Options freedom_options(const nlohmann::json& h) {
  models::Freedom::Options o;
  o.dim = h.at("embedding_width");
  o.layers = h.at("layers");
  o.item_neighbours = h.at("topk");
  o.item_layers = h.at("item_graph_layers");
  o.image_weight = h.at("image_weight");
  o.edge_dropout = h.at("edge_dropout");
  o.modality_weight = h.at("modality_weight");
  return o;
}

class GoldenFreedom : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenFreedom()
      : golden_("freedom", GetParam()),
        options_(freedom_options(golden_.hyper_parameters())),
        subject_(golden_, models::options_of<models::Freedom>(options_)) {
    if (!golden_.has("kept_edges")) return;
    const std::vector<std::int32_t> kept = golden_.ids("kept_edges");  // user, item, user, item, …
    std::vector<Index> edges;
    const Csr& train = golden_.dataset.train;
    for (std::size_t k = 0; k < kept.size(); k += 2) {
      const auto row = train.row(kept[k]);
      const auto at = std::find(row.begin(), row.end(), kept[k + 1]);
      EXPECT_NE(at, row.end());
      edges.push_back(train.indptr()[static_cast<std::size_t>(kept[k])] + (at - row.begin()));
    }
    std::sort(edges.begin(), edges.end());
    dynamic_cast<models::Freedom&>(subject_.model()).keep_edges(edges);
  }
  Case golden_;
  models::Freedom::Options options_;
  Subject subject_;
};

TEST_P(GoldenFreedom, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}

TEST_P(GoldenFreedom, Graph) {
  expect_close(dense(dynamic_cast<models::Freedom&>(subject_.model()).item_graph()), golden_.array("item_graph"),
               kValues, "item_graph");
}

TEST_P(GoldenFreedom, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}

TEST_P(GoldenFreedom, AdamSteps) {
  subject_.expect_adam_steps();
}

TEST_P(GoldenFreedom, WhatCancelsStaysAsItIs) {
  subject_.step();
  for (const char* name : {"image_trs.bias", "text_trs.bias"}) {
    for (const float g : subject_.model().parameters().find(name)->grad.row_span(0)) EXPECT_EQ(g, 0.0F);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenFreedom, ::testing::Values("default", "no_dropout_k5_deep"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace monet::golden::freedom_test
