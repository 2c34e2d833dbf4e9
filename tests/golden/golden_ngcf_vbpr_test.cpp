#include "monet/models/detail/adjacency.h"
#include "monet/models/ngcf.h"
#include "monet/models/registry.h"
#include "monet/models/vbpr.h"
#include "tests/golden/support.h"

namespace monet::golden::ngcf_vbpr_test {
namespace {

models::ModelOptions options_of(const std::string& model, const nlohmann::json& h) {
  if (model == "vbpr") {
    return models::options_of<models::Vbpr>({.dim = h.at("embedding_width"), .weight_decay = h.at("reg")});
  }
  models::Ngcf::Options o;
  o.dim = h.at("embedding_width");
  o.weight_decay = h.at("reg");
  o.layer_widths = h.at("layer_widths").get<std::vector<Index>>();
  o.dropout = 0.0F;
  return models::options_of<models::Ngcf>(o);
}

struct Name {
  const char* model;
  const char* name;
};

class GoldenNgcfVbpr : public ::testing::TestWithParam<Name> {
 protected:
  GoldenNgcfVbpr()
      : golden_(GetParam().model, GetParam().name),
        subject_(golden_, options_of(GetParam().model, golden_.hyper_parameters())) {}
  Case golden_;
  Subject subject_;
};

TEST_P(GoldenNgcfVbpr, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}
TEST_P(GoldenNgcfVbpr, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}
TEST_P(GoldenNgcfVbpr, AdamSteps) {
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenNgcfVbpr,
                         ::testing::Values(Name{"ngcf", "default"}, Name{"ngcf", "widths_10_8_6_4"},
                                           Name{"vbpr", "default"}, Name{"vbpr", "dim16_reg1"}),
                         [](const auto& info) { return std::string(info.param.model) + "_" + info.param.name; });

class GoldenAdjacency : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenAdjacency, IsTheRowNormalisedOneWithSelfLoops) {
  const Case golden("ngcf", GetParam());
  const graph::Bipartite graph(golden.dataset.train);
  const auto sparse = models::detail::node_adjacency(graph, models::Adjacency::row_self_loops);
  Matrix<float> dense = Matrix<float>::zeros(sparse.pattern->rows(), sparse.pattern->cols());
  Index k = 0;
  for (Index r = 0; r < dense.rows(); ++r) {
    for (const std::int32_t c : sparse.pattern->csr.row(r)) dense(r, c) = sparse.values(k++, 0);
  }
  expect_close(dense, golden.array("norm_adj"), kValues, "norm_adj");
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenAdjacency, ::testing::Values("default", "widths_10_8_6_4"));

}  // namespace
}  // namespace monet::golden::ngcf_vbpr_test
