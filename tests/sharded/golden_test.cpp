// The published implementations' numbers, by processes.
#include "monet/kernels/adam.h"
#include "monet/models/monet.h"
#include "monet/models/registry.h"
#include "monet/sharded/load.h"
#include "monet/sharded/model.h"
#include "monet/train/optimizer.h"
#include "tests/dist/thread_communicator.h"
#include "tests/golden/monet_case.h"
#include "tests/golden/support.h"

#include <map>
#include <mutex>
#include <tuple>

namespace monet::test::sharded_golden {
namespace {

using dist::Communicator;
using golden::expect_close;
using golden::shaped;

/// Copies of a table's rows in every process, put together.
class Gathered {
 public:
  void put(const models::Parameter& parameter, MatrixView<const float> values, const sharded::Partition& partition,
           int rank) {
    const std::lock_guard lock(mutex_);
    const bool whole = parameter.rows_of == models::RowsOf::weights;
    const sharded::Ranges& ranges = parameter.rows_of == models::RowsOf::users ? partition.users : partition.items;
    Matrix<float>& table = tables_[parameter.name];
    if (table.empty()) table = Matrix<float>::zeros(whole ? values.rows : ranges.rows(), values.cols);
    copy<float>(values, table.view().row_range(whole ? 0 : ranges.of(rank).begin, values.rows));
  }
  const Matrix<float>& at(const std::string& name) const { return tables_.at(name); }

 private:
  std::mutex mutex_;
  std::map<std::string, Matrix<float>> tables_;
};

class ShardedGolden : public testing::TestWithParam<std::tuple<const char*, int>> {};

TEST_P(ShardedGolden, LossGradientsEmbeddingsAndAdam) {
  const auto& [name, processes] = GetParam();
  const golden::Case data("monet", name);
  const auto& h = data.hyper_parameters();
  std::vector<std::int32_t> degrees(static_cast<std::size_t>(data.dataset.num_users()));
  for (Index u = 0; u < data.dataset.num_users(); ++u) {
    degrees[static_cast<std::size_t>(u)] = static_cast<std::int32_t>(data.dataset.train.degree(u));
  }
  const sharded::Partition partition{
      sharded::Ranges::balanced(degrees, processes),
      sharded::Ranges::balanced(std::vector<std::int32_t>(static_cast<std::size_t>(data.dataset.num_items()), 1),
                                processes)};
  const auto users = data.ids("batch_users");
  const auto positives = data.ids("batch_pos");
  const auto negatives = data.ids("batch_neg");
  const auto losses = data.array("losses");
  Gathered gradients;
  Gathered stepped;
  Matrix<float> user_final(data.dataset.num_users(), data.array("user_final").cols());
  Matrix<float> item_final(data.dataset.num_items(), user_final.cols());
  double largest = 0.0;
  for (Index t = 0; t < losses.rows(); ++t) largest = std::max(largest, std::abs(static_cast<double>(losses(t, 2))));
  run_processes(processes, [&](Communicator& world) {
    const sharded::Shard shard = sharded::shard_of(data.dataset, partition, world.rank());
    const auto model = sharded::make_model(world, models::options_of<models::Monet>(golden::monet_options(h)), shard);
    ThreadPool pool(1);
    autograd::Tape tape(pool);
    const dist::Share own_users = partition.users.of(world.rank());
    const dist::Share own_items = partition.items.of(world.rank());
    for (const auto& entry : data.manifest.at("parameters")) {
      const std::string reference = entry.at("name");
      models::Parameter& parameter = *model->parameters().find(golden::our_monet_name(reference));
      const auto init = data.array("param." + reference);
      MatrixView<const float> rows = shaped(init, parameter);
      if (parameter.rows_of == models::RowsOf::users) rows = rows.row_range(own_users.begin, parameter.value.rows);
      if (parameter.rows_of == models::RowsOf::items) rows = rows.row_range(own_items.begin, parameter.value.rows);
      copy<float>(rows, parameter.value);
    }
    const models::Output output = model->output(tape, models::Detail::scores);
    copy<float>(output.scoring.user_embedding,
                user_final.view().row_range(own_users.begin, own_users.end - own_users.begin));
    copy<float>(output.scoring.item_embedding,
                item_final.view().row_range(own_items.begin, own_items.end - own_items.begin));
    sharded::ShardBatch batch;
    batch.size = static_cast<Index>(users.size());
    for (std::size_t b = 0; b < users.size(); ++b) {
      if (users[b] < own_users.begin || users[b] >= own_users.end) continue;
      batch.users.push_back(users[b] - static_cast<std::int32_t>(own_users.begin));
      batch.positives.push_back(positives[b]);
      batch.negatives.push_back(negatives[b]);
    }
    train::Adam adam(model->parameters());
    for (Index t = 0; t < h.at("adam_steps").get<Index>(); ++t) {
      const sharded::Step step = model->compute_gradients(tape, batch);
      EXPECT_NEAR(step.loss.total, static_cast<double>(losses(t, 2)), golden::kValues * largest) << "before step " << t;
      if (t == 0) {
        for (const models::Parameter& p : model->parameters().parameters())
          gradients.put(p, p.grad, partition, world.rank());
      }
      adam.step(pool, h.at("learning_rate").get<double>());
    }
    for (const models::Parameter& p : model->parameters().parameters())
      stepped.put(p, p.value, partition, world.rank());
  });
  expect_close(user_final, data.array("user_final"), golden::kValues, "user_final");
  expect_close(item_final, data.array("item_final"), golden::kValues, "item_final");
  for (const auto& entry : data.manifest.at("parameters")) {
    const std::string reference = entry.at("name");
    const auto as_ours = [&](const Matrix<float>& stored, const Matrix<float>& ours) {
      return stored.rows() == ours.rows() ? stored.view() : MatrixView<const float>(stored.data(), 1, stored.size());
    };
    const Matrix<float>& gradient = gradients.at(golden::our_monet_name(reference));
    const auto want = data.array("grad." + reference);
    expect_close(gradient, as_ours(want, gradient), golden::kGradients, "gradient of " + reference);
    const Matrix<float>& value = stepped.at(golden::our_monet_name(reference));
    const auto after = data.array("adam5." + reference);
    EXPECT_LE(golden::compare(value, as_ours(after, value)).apart, golden::kAdam) << reference;
  }
}

INSTANTIATE_TEST_SUITE_P(Processes, ShardedGolden,
                         testing::Combine(testing::Values("default", "alpha0_5_beta0_7_L3", "cf_lightgcn", "cf_megcn",
                                                          "larger", "lightgcn", "no_gcn_L0", "no_norm",
                                                          "no_target_aware"),
                                          testing::Values(1, 2, 3, 4, 7)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) + "_in_" +
                                  std::to_string(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace monet::test::sharded_golden
