#include "monet/sharded/model.h"

#include "monet/core/error.h"
#include "monet/models/lightgcn.h"
#include "monet/models/monet.h"
#include "monet/models/registry.h"
#include "monet/sharded/load.h"
#include "monet/synth/generator.h"
#include "monet/train/sampler.h"
#include "tests/dist/thread_communicator.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <mutex>

namespace monet::test::sharded_model {

using dist::Communicator;
using models::LightGcn;
using models::Monet;

namespace {

struct Variant {
  const char* name;
  models::ModelOptions options;
};

models::ModelOptions monet_with(Fields values) {
  values.emplace_back("dim", std::int64_t{8});
  return models::ModelOptions("monet", values);
}

models::ModelOptions lightgcn_with(Fields values) {
  values.emplace_back("dim", std::int64_t{8});
  return models::ModelOptions("lightgcn", values);
}

std::vector<Variant> variants() {
  const Value off = false;
  const Value on = true;
  return {
      {"defaults", monet_with({})},
      {"three_layers", monet_with({{"layers", std::int64_t{3}}, {"alpha", 0.5}})},
      {"no_layer", monet_with({{"layers", std::int64_t{0}}})},
      {"no_attention", monet_with({{"target-aware", off}})},
      {"without_target", monet_with({{"exclude-target", on}})},
      {"encoder_lightgcn", monet_with({{"encoder", std::string("lightgcn")}})},
      {"encoder_none", monet_with({{"encoder", std::string("none")}})},
      {"normalised_self", monet_with({{"normalize-self", on}})},
      {"raw_features", monet_with({{"normalize-features", off}})},
      {"ids_joint", monet_with({{"collaborative", std::string("megcn")}})},
      {"ids_apart", monet_with({{"collaborative", std::string("lightgcn")}})},
      {"ids_without_encoder", monet_with({{"encoder", std::string("none")}, {"collaborative", std::string("megcn")}})},
      {"lightgcn", lightgcn_with({})},
      {"lightgcn_propagated", lightgcn_with({{"regulariser", std::string("propagated")}})},
      {"lightgcn_no_layer", lightgcn_with({{"layers", std::int64_t{0}}})},
  };
}

/// Few enough interactions that two layers do not reach everything, some users and items without any.
data::Dataset sparse_shop() {
  synth::GeneratorOptions options;
  options.num_users = 400;
  options.num_items = 300;
  options.num_interactions = 900;
  options.popularity_exponent = 0.2;
  options.modalities = {{"image", 12}, {"text", 7}};
  options.cold_items = 0.05;
  return synth::generate_dataset(options);
}

sharded::Partition partition_of(const data::Dataset& dataset, int processes) {
  std::vector<std::int32_t> users;
  for (Index u = 0; u < dataset.num_users(); ++u) users.push_back(static_cast<std::int32_t>(dataset.train.degree(u)));
  std::vector<std::int32_t> items(static_cast<std::size_t>(dataset.num_items()), 0);
  for (const std::int32_t item : dataset.train.indices()) ++items[static_cast<std::size_t>(item)];
  return {sharded::Ranges::balanced(users, processes), sharded::Ranges::balanced(items, processes)};
}

sharded::ShardBatch own_part(const train::Sampler::Triples& triples, const dist::Share& users) {
  sharded::ShardBatch own;
  own.size = static_cast<Index>(triples.users.size());
  for (std::size_t b = 0; b < triples.users.size(); ++b) {
    if (triples.users[b] < users.begin || triples.users[b] >= users.end) continue;
    own.users.push_back(triples.users[b] - static_cast<std::int32_t>(users.begin));
    own.positives.push_back(triples.positives[b]);
    own.negatives.push_back(triples.negatives[b]);
  }
  return own;
}

void expect_rows(MatrixView<const float> got, MatrixView<const float> want, double tolerance, const std::string& what) {
  ASSERT_EQ(got.rows, want.rows) << what;
  ASSERT_EQ(got.cols, want.cols) << what;
  double apart = 0.0;
  for (Index r = 0; r < got.rows; ++r) {
    for (Index c = 0; c < got.cols; ++c) {
      const double difference = std::abs(static_cast<double>(got(r, c)) - static_cast<double>(want(r, c)));
      apart = std::isnan(difference) ? INFINITY : std::max(apart, difference);
    }
  }
  EXPECT_LE(apart, tolerance) << what;
}

double largest(MatrixView<const float> values) {
  double most = 0.0;
  for (Index r = 0; r < values.rows; ++r) {
    for (const float v : values.row_span(r)) most = std::max(most, std::abs(static_cast<double>(v)));
  }
  return most;
}

/// A model in one process, with gradients of a batch and its output.
struct Whole {
  Whole(const data::Dataset& data, const models::ModelOptions& options, const train::Sampler::Triples& triples)
      : pool(1), tape(pool), graph(data.train), model(models::make_model(options, data, graph, pool)) {
    Rng rng(11, 1);
    model->initialise(rng);
    loss = models::compute_gradients(tape, *model, {triples.users, triples.positives, triples.negatives});
    output = models::compute_output(tape, *model, models::Detail::artifact);
  }
  ThreadPool pool;
  autograd::Tape tape;
  graph::Bipartite graph;
  std::unique_ptr<models::Model> model;
  models::LossParts loss;
  models::Output output;
};

MatrixView<const float> own_rows(MatrixView<const float> all, models::RowsOf rows_of,
                                 const sharded::Partition& partition, int rank) {
  if (rows_of == models::RowsOf::weights) return all;
  const dist::Share own = (rows_of == models::RowsOf::users ? partition.users : partition.items).of(rank);
  return all.row_range(own.begin, own.end - own.begin);
}

void expect_the_same(Communicator& world, const data::Dataset& data, const Variant& variant,
                     const train::Sampler::Triples& triples, const Whole& whole) {
  const sharded::Partition partition = partition_of(data, world.size());
  const sharded::Shard shard = sharded::shard_of(data, partition, world.rank());
  const auto model = sharded::make_model(world, variant.options, shard);
  ThreadPool pool(2);
  autograd::Tape tape(pool);
  Rng rng(11, 1);
  model->initialise(rng);
  const models::LossParts loss =
      model->compute_gradients(tape, own_part(triples, partition.users.of(world.rank()))).loss;
  EXPECT_NEAR(loss.total, whole.loss.total, 1e-6 * std::abs(whole.loss.total));
  EXPECT_NEAR(loss.ranking, whole.loss.ranking, 1e-6 * std::abs(whole.loss.ranking));
  EXPECT_NEAR(loss.regulariser, whole.loss.regulariser, 1e-6 * std::abs(whole.loss.regulariser));
  ASSERT_EQ(model->parameters().parameters().size(), whole.model->parameters().parameters().size());
  for (models::Parameter& parameter : model->parameters().parameters()) {
    const models::Parameter* of_whole = whole.model->parameters().find(parameter.name);
    ASSERT_NE(of_whole, nullptr) << parameter.name;
    expect_rows(parameter.value, own_rows(of_whole->value, parameter.rows_of, partition, world.rank()), 0.0,
                "initial " + parameter.name);
    EXPECT_EQ(of_whole->rows_of, parameter.rows_of);
    EXPECT_EQ(of_whole->is_vector, parameter.is_vector);
    const double size = largest(of_whole->grad);
    EXPECT_GT(size, 0.0);
    expect_rows(parameter.grad, own_rows(of_whole->grad, parameter.rows_of, partition, world.rank()), 1e-5 * size,
                "gradient of " + parameter.name);
  }
  const models::Output output = model->output(tape, models::Detail::artifact);
  const scoring::Scoring& scoring = whole.output.scoring;
  EXPECT_EQ(output.scoring.kind, scoring.kind);
  EXPECT_EQ(output.scoring.beta, scoring.beta);
  expect_rows(output.scoring.user_embedding,
              own_rows(scoring.user_embedding, models::RowsOf::users, partition, world.rank()),
              1e-5 * largest(scoring.user_embedding), "users");
  expect_rows(output.scoring.item_embedding,
              own_rows(scoring.item_embedding, models::RowsOf::items, partition, world.rank()),
              1e-5 * largest(scoring.item_embedding), "items");
  ASSERT_EQ(output.tensors.size(), whole.output.tensors.size());
  for (std::size_t k = 0; k < output.tensors.size(); ++k) {
    EXPECT_EQ(output.tensors[k].name, whole.output.tensors[k].name);
    const auto all = whole.output.tensors[k].value;
    expect_rows(output.tensors[k].value, own_rows(all, models::RowsOf::items, partition, world.rank()),
                1e-5 * largest(all), output.tensors[k].name);
  }
  ASSERT_EQ(output.new_items.has_value(), whole.output.new_items.has_value());
  if (!output.new_items) return;
  ASSERT_EQ(output.new_items->tables.size(), whole.output.new_items->tables.size());
  for (std::size_t k = 0; k < output.new_items->tables.size(); ++k) {
    EXPECT_EQ(output.new_items->tables[k].name, whole.output.new_items->tables[k].name);
    expect_rows(output.new_items->tables[k].weight, whole.output.new_items->tables[k].weight, 0.0, "new items");
  }
  for (std::size_t m = 0; m < output.new_items->modalities.size(); ++m) {
    expect_rows(output.new_items->modalities[m].weight, whole.output.new_items->modalities[m].weight, 0.0, "new items");
  }
}

class ShardedModel : public testing::TestWithParam<std::tuple<int, std::size_t, Index>> {};

TEST_P(ShardedModel, LossGradientsAndOutputAreThoseOfOneProcess) {
  const auto& [processes, which, batch] = GetParam();
  const std::vector<Variant> all = variants();
  const Variant& variant = all[which];
  static const data::Dataset data = sparse_shop();
  train::Sampler sampler(data.train);
  Rng rng(3, 2);
  train::Sampler::Triples triples;
  sampler.draw(rng, batch, triples);
  const Whole whole(data, variant.options, triples);
  run_processes(processes, [&](Communicator& world) { expect_the_same(world, data, variant, triples, whole); });
}

// A batch of 2 leaves layers that are not whole and processes without a triple; one of 500 has every user twice.
INSTANTIATE_TEST_SUITE_P(Processes, ShardedModel,
                         testing::Combine(testing::ValuesIn(process_counts()),
                                          testing::Range(std::size_t{0}, std::size_t{15}),
                                          testing::Values(Index{2}, Index{500})),
                         [](const auto& info) {
                           return fmt::format("{}_of_{}_in_{}", variants()[std::get<1>(info.param)].name,
                                              std::get<2>(info.param), std::get<0>(info.param));
                         });

TEST(ShardedModelOptions, WhatIsTrainedInOneProcessIsRefusedByName) {
  const auto message = [](const models::ModelOptions& options) {
    try {
      sharded::require_spreadable(options);
    } catch (const InvalidArgument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message(models::ModelOptions("lattice")), testing::HasSubstr("lattice is trained in one process"));
  EXPECT_THAT(message(monet_with({{"loss", std::string("softmax")}})), testing::HasSubstr("`loss` other than bpr"));
  EXPECT_THAT(message(monet_with({{"fusion", std::string("sum")}})), testing::HasSubstr("`fusion`"));
  EXPECT_THAT(message(lightgcn_with({{"adjacency", std::string("row-self-loops")}})),
              testing::HasSubstr("`adjacency`"));
  EXPECT_THAT(message(lightgcn_with({{"regulariser", std::string("norm")}})), testing::HasSubstr("`regulariser` norm"));
  EXPECT_EQ(message(monet_with({})), "");
}

}  // namespace
}  // namespace monet::test::sharded_model
