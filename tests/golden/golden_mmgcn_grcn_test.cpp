#include "monet/models/grcn.h"
#include "monet/models/mmgcn.h"
#include "monet/models/registry.h"
#include "tests/golden/support.h"

namespace monet::golden::mmgcn_grcn_test {
namespace {

models::ModelOptions options_of(const std::string& model, const std::string& name, const nlohmann::json& h) {
  if (model == "mmgcn") {
    using Combination = models::Mmgcn::Combination;
    models::Mmgcn::Options o;
    o.dim = h.at("embedding_width");
    o.weight_decay = h.at("reg");
    o.map_dim = h.at("image_latent");
    o.combination = h.at("combination") == "concat" ? Combination::concat : Combination::elementwise;
    return models::options_of<models::Mmgcn>(o);
  }
  using Routing = models::Grcn::Routing;
  models::Grcn::Options o;
  o.dim = h.at("embedding_width");
  o.weight_decay = h.at("reg");
  o.content_dim = h.at("latent_width");
  o.num_routing = h.at("num_routing");
  o.pruning = h.at("pruning");
  o.routing = name == "derived_routing_to_users" ? Routing::paper : Routing::published;
  return models::options_of<models::Grcn>(o);
}

struct Name {
  const char* model;
  const char* name;
};

class GoldenMmgcnGrcn : public ::testing::TestWithParam<Name> {
 protected:
  GoldenMmgcnGrcn()
      : golden_(GetParam().model, GetParam().name),
        options_(options_of(GetParam().model, GetParam().name, golden_.hyper_parameters())),
        subject_(golden_, options_) {}

  /// image_final and text_final, whose rows are users and then items, against what the artifact keeps of the items.
  void expect_items_of(const std::string& modality) {
    const models::Output output = subject_.output();
    for (const models::NamedTensor& tensor : output.tensors) {
      if (tensor.name != "item_embedding." + modality) continue;
      const auto nodes = golden_.array(modality + "_final");
      const Index items = golden_.dataset.num_items();
      expect_close(tensor.value, nodes.view().row_range(nodes.rows() - items, items), kValues, modality + "_final");
      return;
    }
    ADD_FAILURE() << "no " << modality;
  }

  Case golden_;
  models::ModelOptions options_;
  Subject subject_;
};

TEST_P(GoldenMmgcnGrcn, EmbeddingsAndScores) {
  subject_.expect_embeddings_and_scores();
  expect_items_of("image");
  expect_items_of("text");
}

TEST_P(GoldenMmgcnGrcn, LossAndGradients) {
  // The published MMGCN computes gradients of tables that it does not train.
  if (find_option(options_.infos(), "trainable-ids") != nullptr) options_.set("trainable-ids", true);
  Subject trained(golden_, options_);
  trained.expect_loss_and_gradients();
}

TEST_P(GoldenMmgcnGrcn, AdamSteps) {
  subject_.expect_adam_steps();
  for (const auto& entry : golden_.manifest.at("parameters")) {
    if (entry.at("in_optimizer").get<bool>()) continue;
    const models::Parameter& left = *subject_.model().parameters().find(entry.at("name").get<std::string>());
    EXPECT_EQ(compare(left.value, golden_.array("param." + left.name)).apart, 0.0) << left.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenMmgcnGrcn,
                         ::testing::Values(Name{"mmgcn", "default"}, Name{"mmgcn", "elementwise"},
                                           Name{"grcn", "default"}, Name{"grcn", "soft_latent6"},
                                           Name{"grcn", "derived_routing_to_users"}),
                         [](const auto& info) { return std::string(info.param.model) + "_" + info.param.name; });

}  // namespace
}  // namespace monet::golden::mmgcn_grcn_test
