#include "monet/models/lightgcn.h"
#include "monet/models/mf.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

namespace monet::golden::mf_lightgcn_test {
namespace {

models::ModelOptions mf_options(const nlohmann::json& h) {
  return models::options_of<models::Mf>({.dim = h.at("embedding_width"), .weight_decay = h.at("reg")});
}

models::ModelOptions lightgcn_options(const nlohmann::json& h, bool mmrec) {
  models::LightGcn::Options o;
  o.dim = h.at("embedding_width");
  o.weight_decay = h.at("reg");
  o.layers = h.contains("layers") ? h.at("layers").get<int>() : static_cast<int>(h.at("layer_widths").size());
  o.adjacency = mmrec ? models::Adjacency::symmetric : models::Adjacency::row_self_loops;
  o.regulariser = mmrec ? models::Regulariser::norm : models::Regulariser::propagated;
  return models::options_of<models::LightGcn>(o);
}

struct Name {
  const char* model;
  const char* name;
};

class GoldenIds : public ::testing::TestWithParam<Name> {
 protected:
  GoldenIds()
      : golden_(GetParam().model, GetParam().name),
        subject_(golden_, std::string(GetParam().model) == "mf"
                              ? mf_options(golden_.hyper_parameters())
                              : lightgcn_options(golden_.hyper_parameters(),
                                                 std::string(GetParam().name) == "mmrec_symmetric")) {}
  Case golden_;
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
}  // namespace monet::golden::mf_lightgcn_test
