#include "monet/models/detail/softmax_head.h"

#include "monet/core/error.h"
#include "monet/kernels/gemm.h"
#include "monet/models/monet_softmax.h"
#include "monet/models/registry.h"
#include "tests/models/tiny.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace monet::models::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(SoftmaxHead, ItemsWithoutInteractionsTakeNoPart) {
  const data::Dataset dataset = tiny_dataset();
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  const auto model = make_model(ModelOptions("monet-softmax", {{"dim", 4}}), dataset, graph, pool);
  Rng rng(3);
  model->initialise(rng);
  autograd::Tape tape(pool);
  compute_gradients(tape, *model, tiny_batch(dataset, 6));
  Parameter& bias = *model->parameters().find("item_bias");
  Parameter& ids = *model->parameters().find("cf.item");
  std::vector<float> known;
  Index fresh = 0;
  for (Index i = 0; i < dataset.num_items(); ++i) {
    bias.value(i, 0) = static_cast<float>(i * i);
    if (graph.item_users().degree(i) > 0) {
      known.push_back(bias.value(i, 0));
      EXPECT_NE(bias.grad(i, 0), 0.0F) << i;
      continue;
    }
    ++fresh;
    EXPECT_EQ(bias.grad(i, 0), 0.0F) << i;
    for (Index c = 0; c < 4; ++c) {
      EXPECT_EQ(ids.value(i, c), 0.0F) << i;
      EXPECT_EQ(ids.grad(i, c), 0.0F) << i;
    }
  }
  ASSERT_GE(fresh, 1);
  std::sort(known.begin(), known.end());
  const Output output = compute_output(tape, *model);
  for (Index i = 0; i < dataset.num_items(); ++i) {
    const float want = graph.item_users().degree(i) > 0 ? bias.value(i, 0) : known[(known.size() - 1) / 2];
    EXPECT_EQ(output.scoring.item_prior[static_cast<std::size_t>(i)], want);
  }
}

TEST(SoftmaxHead, CandidatesAreThePositivesAndWhatIsShared) {
  const data::Dataset dataset = tiny_dataset(40, 200, 5);
  const graph::Bipartite graph(dataset.train);
  ParameterSet parameters;
  detail::SoftmaxOptions options;
  options.candidates = 7;
  detail::SoftmaxHead head(options, graph, parameters);
  const std::vector<std::int32_t> users{1, 2}, positives{9, 3}, shared{3, 150, 12, 12};
  Batch batch{users, positives, {}, 0, shared};
  const auto given = head.choose(batch);
  EXPECT_THAT(std::vector<std::int32_t>(given.begin(), given.end()), ElementsAre(3, 9, 12, 150));
  batch.shared_negatives = {};
  const auto drawn = [&](std::uint64_t seed) {
    batch.seed = seed;
    const auto chosen = head.choose(batch);
    return std::vector<std::int32_t>(chosen.begin(), chosen.end());
  };
  const std::vector<std::int32_t> once = drawn(5);
  EXPECT_EQ(once, drawn(5));
  EXPECT_NE(once, drawn(6));
  EXPECT_TRUE(std::is_sorted(once.begin(), once.end()));
  EXPECT_LE(once.size(), 9U);
  EXPECT_GT(once.size(), 4U);
  for (const std::int32_t item : positives) EXPECT_TRUE(std::binary_search(once.begin(), once.end(), item));
  for (const std::int32_t item : once) {
    EXPECT_TRUE(item == 9 || item == 3 || graph.item_users().degree(item) > 0) << item;
  }
}

// More pairs of a user do not change what one pair gives.
TEST(SoftmaxHead, PairsOfAUserShareTheirRowOfLogits) {
  const data::Dataset dataset = tiny_dataset(9, 30, 6);
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  autograd::Tape tape(pool);
  const auto model =
      make_model(ModelOptions("mf", {{"dim", 4}, {"loss", "softmax"}, {"weight-decay", 0.0}}), dataset, graph, pool);
  Rng rng(3);
  model->initialise(rng);
  const auto history = dataset.train.row(3);
  ASSERT_GE(history.size(), 2U);
  const std::vector<std::int32_t> user{3}, twice{3, 3};
  const auto loss_of = [&](std::vector<std::int32_t> users, std::vector<std::int32_t> items) {
    return compute_gradients(tape, *model, {users, items, items}).ranking;
  };
  const double first = loss_of(user, {history[0]});
  const double second = loss_of(user, {history[1]});
  EXPECT_NEAR(loss_of(twice, {history[0], history[1]}), 0.5 * (first + second), 1e-6);
}

TEST(SoftmaxHead, ProductsAreOfThePrecisionAskedFor) {
  const data::Dataset dataset = tiny_dataset(9, 30, 6);
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  const auto loss_with = [&](const char* dtype) {
    const auto model =
        make_model(ModelOptions("monet-softmax", {{"dim", 4}, {"softmax-dtype", dtype}}), dataset, graph, pool);
    Rng rng(3);
    model->initialise(rng);
    autograd::Tape tape(pool);
    return compute_gradients(tape, *model, tiny_batch(dataset, 6)).ranking;
  };
  const double exact = loss_with("f32");
  EXPECT_EQ(loss_with("auto"), exact);  // so little is not worth rounding
  EXPECT_NE(loss_with("bf16"), exact);
  EXPECT_NEAR(loss_with("bf16"), exact, 0.02 * exact);
}

TEST(SoftmaxHead, AutoRoundsWhatIsLargeWhereTheProcessorMultipliesIt) {
  using autograd::SoftmaxProducts;
  constexpr Index kLarge = Index{1} << 30;
  const SoftmaxProducts here = kernels::multiplies_bfloat16_fast() ? SoftmaxProducts::bf16 : SoftmaxProducts::f32;
  EXPECT_EQ(detail::products_of(SoftmaxDtype::automatic, kLarge), here);
  EXPECT_EQ(detail::products_of(SoftmaxDtype::automatic, 1000), SoftmaxProducts::f32);
  EXPECT_EQ(detail::products_of(SoftmaxDtype::f32, kLarge), SoftmaxProducts::f32);
  EXPECT_EQ(detail::products_of(SoftmaxDtype::bf16, 1000), SoftmaxProducts::bf16);
}

TEST(SoftmaxHead, ItsOptionsAreRefusedUnderAnotherLoss) {
  const data::Dataset dataset = tiny_dataset();
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  const auto make = [&](const char* model, const Fields& values) {
    return [&, model, values] { make_model(ModelOptions(model, values), dataset, graph, pool); };
  };
  for (const char* model : {"monet", "lightgcn", "mf"}) {
    EXPECT_THAT(make(model, {{"similarity", "cosine"}}),
                ThrowsMessage<InvalidArgument>(HasSubstr("similarity: belongs to the softmax loss")));
    EXPECT_THAT(make(model, {{"item-bias", true}}), ThrowsMessage<InvalidArgument>(HasSubstr("item-bias: belongs")));
    EXPECT_THAT(make(model, {{"candidates", 5}}), ThrowsMessage<InvalidArgument>(HasSubstr("candidates: belongs")));
    EXPECT_THAT(make(model, {{"softmax-dtype", "f32"}}),
                ThrowsMessage<InvalidArgument>(HasSubstr("softmax-dtype: belongs")));
    EXPECT_NO_THROW(make(model, {{"loss", "softmax"}, {"similarity", "cosine"}})());
  }
  EXPECT_THAT(make("lightgcn", {{"loss", "softmax"}, {"adjacency", "row-self-loops"}}),
              ThrowsMessage<InvalidArgument>(HasSubstr("`adjacency` symmetric")));
  EXPECT_THAT(make("monet-softmax", {{"similarity", "branch-cosine"}, {"fusion", "sum"}}),
              ThrowsMessage<InvalidArgument>(HasSubstr("branch-cosine needs `fusion` concat")));
}

// The preset is MONET by another name and other defaults.
TEST(MonetSoftmaxPreset, IsMonetWithTheseOptions) {
  const ModelOptions preset("monet-softmax");
  EXPECT_EQ(preset.get("loss"), Value("softmax"));
  EXPECT_EQ(preset.get("temperature"), Value(0.2));
  EXPECT_EQ(ModelOptions("monet").get("loss"), Value("bpr"));
  const data::Dataset dataset = tiny_dataset();
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  ModelOptions same("monet");
  for (std::size_t k = 0; k < preset.infos().size(); ++k) same.set(preset.infos()[k].name, preset.values()[k]);
  std::vector<double> losses;
  for (const ModelOptions& options : {preset, same}) {
    const auto model = make_model(options, dataset, graph, pool);
    EXPECT_EQ(model->name(), options.model());
    Rng rng(2);
    model->initialise(rng);
    autograd::Tape tape(pool);
    losses.push_back(compute_gradients(tape, *model, tiny_batch(dataset, 6)).total);
  }
  EXPECT_EQ(losses[0], losses[1]);
}

}  // namespace
}  // namespace monet::models::testing
