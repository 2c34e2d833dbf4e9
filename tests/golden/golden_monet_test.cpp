#include "monet/models/monet.h"
#include "tests/golden/monet_case.h"
#include "tests/golden/support.h"

#include <string>
#include <tuple>
#include <vector>

namespace monet::golden::monet_test {
namespace {

using golden::compare;
using golden::Deviation;
using golden::expect_close;
using golden::kAdam;
using golden::kGradients;
using golden::kValues;
using golden::shaped;

const char* const kCases[] = {"agg_fc",      "agg_sum",   "agg_weighted_sum", "alpha0_5_beta0_7_L3",
                              "cf_lightgcn", "cf_megcn",  "default",          "larger",
                              "lightgcn",    "no_gcn_L0", "no_norm",          "no_target_aware"};

/// One case with its options.
class Case : public golden::Case {
 public:
  explicit Case(const std::string& name) : golden::Case("monet", name) {}

  models::Monet::Options options() const { return golden::monet_options(hyper_parameters()); }
};

class GoldenMonet : public ::testing::TestWithParam<std::tuple<const char*, int, double>> {
 protected:
  GoldenMonet()
      : golden_(std::get<0>(GetParam())),
        pool_(std::get<1>(GetParam())),
        tape_(pool_),
        graph_(golden_.dataset.train),
        model_(golden_.options(), golden_.dataset, graph_, pool_, std::get<2>(GetParam())),
        users_(golden_.ids("batch_users")),
        positives_(golden_.ids("batch_pos")),
        negatives_(golden_.ids("batch_neg")) {
    for (const auto& entry : golden_.manifest.at("parameters")) {
      const std::string reference = entry.at("name");
      models::Parameter* parameter = model_.parameters().find(golden::our_monet_name(reference));
      if (parameter == nullptr) {
        ADD_FAILURE() << "no parameter for " << reference;
        continue;
      }
      references_.push_back(reference);
      const auto init = golden_.array("param." + reference);
      copy<float>(shaped(init, *parameter), parameter->value);
    }
  }

  models::Parameter& parameter(const std::string& reference) {
    return *model_.parameters().find(golden::our_monet_name(reference));
  }
  models::LossParts step() { return models::compute_gradients(tape_, model_, {users_, positives_, negatives_}); }

  Case golden_;
  ThreadPool pool_;
  autograd::Tape tape_;
  graph::Bipartite graph_;
  models::Monet model_;
  std::vector<std::int32_t> users_, positives_, negatives_;
  std::vector<std::string> references_;
};

TEST_P(GoldenMonet, HasExactlyTheParametersOfTheReference) {
  EXPECT_EQ(model_.parameters().parameters().size(), references_.size());
}

TEST_P(GoldenMonet, FinalEmbeddings) {
  const models::Output output = models::compute_output(tape_, model_, models::Detail::artifact);
  const scoring::Scoring& scoring = output.scoring;
  expect_close(scoring.user_embedding, golden_.array("user_final"), kValues, "user_final");
  expect_close(scoring.item_embedding, golden_.array("item_final"), kValues, "item_final");
  const Index num_users = golden_.dataset.num_users();
  const Index dim = golden_.options().dim;
  Index column = 0;
  for (const auto& tensor : output.tensors) {
    const std::string modality = tensor.name.substr(tensor.name.find('.') + 1);
    if (!golden_.has(modality + "_final")) continue;
    const auto final_embedding = golden_.array(modality + "_final");
    expect_close(tensor.value, final_embedding.view().row_range(num_users, golden_.dataset.num_items()), kValues,
                 tensor.name);
    if (golden_.options().fusion == models::Monet::Fusion::concat) {
      expect_close(scoring.user_embedding.columns(column, dim), final_embedding.view().row_range(0, num_users), kValues,
                   "users of " + modality);
    }
    column += dim;
  }
  EXPECT_EQ(column, golden_.has("image_final") ? 2 * dim : 0);
}

TEST_P(GoldenMonet, LossAndEveryGradient) {
  const models::LossParts loss = step();
  const auto losses = golden_.array("losses");
  EXPECT_NEAR(loss.ranking, static_cast<double>(losses(0, 0)), kValues * static_cast<double>(losses(0, 0)));
  EXPECT_NEAR(loss.regulariser, static_cast<double>(losses(0, 1)), kValues * static_cast<double>(losses(0, 1)));
  EXPECT_NEAR(loss.total, static_cast<double>(losses(0, 2)), kValues * static_cast<double>(losses(0, 2)));
  for (const auto& reference : references_) {
    const auto want = golden_.array("grad." + reference);
    expect_close(parameter(reference).grad, shaped(want, parameter(reference)), kGradients, "gradient of " + reference);
  }
}

TEST_P(GoldenMonet, ParametersAndLossesThroughFiveAdamSteps) {
  const auto& h = golden_.manifest.at("hyper_parameters");
  const double learning_rate = h.at("learning_rate");
  const auto losses = golden_.array("losses");
  Deviation top;
  for (Index r = 0; r < losses.rows(); ++r) top.largest = std::max(top.largest, static_cast<double>(losses(r, 2)));
  std::vector<std::vector<float>> first, second;
  for (const auto& block : model_.parameters().blocks()) {
    first.emplace_back(static_cast<std::size_t>(block.value.size()), 0.0F);
    second.emplace_back(static_cast<std::size_t>(block.value.size()), 0.0F);
  }
  for (std::int64_t t = 1; t <= h.at("adam_steps").get<std::int64_t>(); ++t) {
    EXPECT_NEAR(step().total, static_cast<double>(losses(t - 1, 2)), kValues * top.largest) << "before step " << t;
    std::size_t k = 0;
    for (auto& block : model_.parameters().blocks()) {
      const auto size = static_cast<std::size_t>(block.value.size());
      kernels::adam(kernels::AdamStep::at(t, learning_rate), {block.grad.data(), size}, first[k], second[k],
                    {block.value.data(), size});
      ++k;
    }
  }
  for (const auto& reference : references_) {
    const auto want = golden_.array("adam5." + reference);
    const Deviation d = compare(parameter(reference).value, shaped(want, parameter(reference)));
    EXPECT_LE(d.apart, kAdam) << reference;
  }
}

std::string test_name(const ::testing::TestParamInfo<GoldenMonet::ParamType>& info) {
  return std::string(std::get<0>(info.param)) + "_threads" + std::to_string(std::get<1>(info.param)) +
         (std::get<2>(info.param) == 0.0 ? "_whole" : "_field");
}

// A dense share of 0 takes whole passes, one of 1 always lists the rows of the receptive field.
INSTANTIATE_TEST_SUITE_P(Cases, GoldenMonet,
                         ::testing::Combine(::testing::ValuesIn(kCases), ::testing::Values(1, 2),
                                            ::testing::Values(0.0, 1.0)),
                         test_name);

TEST(GoldenMonetComparison, SeesAnotherAlpha) {
  const Case golden("default");
  ThreadPool pool(1);
  const graph::Bipartite graph(golden.dataset.train);
  models::Monet::Options options = golden.options();
  const auto deviation = [&] {
    models::Monet model(options, golden.dataset, graph, pool);
    for (const auto& entry : golden.manifest.at("parameters")) {
      auto& parameter = *model.parameters().find(golden::our_monet_name(entry.at("name")));
      const auto init = golden.array("param." + entry.at("name").get<std::string>());
      copy<float>(shaped(init, parameter), parameter.value);
    }
    autograd::Tape tape(pool);
    return compare(models::compute_output(tape, model).scoring.user_embedding, golden.array("user_final"));
  };
  EXPECT_LE(deviation().apart, kValues * deviation().largest);
  options.alpha = 1.0001F;
  EXPECT_GT(deviation().apart, kValues * deviation().largest);
}

TEST(GoldenMonetComparison, SeesOtherShapesAndNaN) {
  Matrix<float> a = Matrix<float>::zeros(2, 2);
  Matrix<float> b = Matrix<float>::zeros(2, 2);
  EXPECT_EQ(compare(a, b).apart, 0.0);
  EXPECT_TRUE(std::isinf(compare(a, Matrix<float>::zeros(2, 3).view()).apart));
  a(0, 0) = std::nanf("");
  EXPECT_TRUE(std::isinf(compare(a, b).apart));
}

}  // namespace
}  // namespace monet::golden::monet_test
