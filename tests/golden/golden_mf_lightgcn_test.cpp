#include "tests/golden/support.h"

namespace monet::golden {
namespace {

models::ModelOptions mf_options(const nlohmann::json& h) {
  models::ModelOptions o;
  o.dim = h.at("embedding_width");
  o.weight_decay = h.at("reg");
  return o;
}

models::ModelOptions lightgcn_options(const nlohmann::json& h, bool mmrec) {
  models::ModelOptions o = mf_options(h);
  o.layers = h.contains("layers") ? h.at("layers").get<int>() : static_cast<int>(h.at("layer_widths").size());
  o.adjacency = mmrec ? models::Adjacency::symmetric : models::Adjacency::row_self_loops;
  o.regulariser = mmrec ? models::Regulariser::norm : models::Regulariser::propagated;
  return o;
}

struct Name {
  const char* model;
  const char* name;
};

class GoldenIds : public ::testing::TestWithParam<Name> {
 protected:
  GoldenIds()
      : golden_(GetParam().model, GetParam().name),
        options_(std::string(GetParam().model) == "mf"
                     ? mf_options(golden_.hyper_parameters())
                     : lightgcn_options(golden_.hyper_parameters(), std::string(GetParam().name) == "mmrec_symmetric")),
        subject_(golden_, GetParam().model, options_) {}
  Case golden_;
  models::ModelOptions options_;
  Subject subject_;
};

TEST_P(GoldenIds, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
}
TEST_P(GoldenIds, LossAndGradients) {
  subject_.expect_loss_and_gradients();
}
TEST_P(GoldenIds, AdamSteps) {
  subject_.expect_adam_steps();
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenIds,
                         ::testing::Values(Name{"mf", "default"}, Name{"mf", "dim16_reg1e-2"},
                                           Name{"lightgcn", "default"}, Name{"lightgcn", "L4_reg1e-2"},
                                           Name{"lightgcn", "mmrec_symmetric"}),
                         [](const auto& info) {
                           std::string name = std::string(info.param.model) + "_" + info.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace monet::golden
