#include "monet/sharded/propagate.h"

#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/core/rng.h"
#include "monet/sharded/load.h"
#include "monet/synth/generator.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

#include <numeric>

namespace monet::test::sharded_propagate {

using autograd::PropagateOptions;
using autograd::Propagation;
using dist::Communicator;

namespace {

data::Dataset small_shop() {
  synth::GeneratorOptions options;
  options.num_users = 60;
  options.num_items = 50;
  options.num_interactions = 150;
  options.popularity_exponent = 0.2;
  options.modalities = {{"text", 4}};
  return synth::generate_dataset(options);
}

sharded::Partition halves(const data::Dataset& data, int processes) {
  const auto bounds = [&](Index rows) {
    std::vector<Index> out;
    for (int r = 0; r <= processes; ++r) out.push_back(rows * r / processes);
    return sharded::Ranges(out);
  };
  return {bounds(data.num_users()), bounds(data.num_items())};
}

Matrix<double> random_table(Index rows, std::uint64_t stream) {
  Matrix<double> out(rows, 3);
  Rng rng(5, stream);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < 3; ++c) out(r, c) = rng.normal();
  }
  return out;
}

Matrix<float> part(const Matrix<double>& all, const dist::Share& own) {
  Matrix<float> out(own.end - own.begin, all.cols());
  for (Index r = own.begin; r < own.end; ++r) {
    for (Index c = 0; c < all.cols(); ++c) out(r - own.begin, c) = static_cast<float>(all(r, c));
  }
  return out;
}

// Eq. 3 in float64, by the definition: sum of squares of a few final rows of users and items.
double reference(const data::Dataset& data, const PropagateOptions& options, Matrix<double> users, Matrix<double> items,
                 const std::vector<std::int32_t>& read_users, const std::vector<std::int32_t>& read_items) {
  std::vector<double> degree(static_cast<std::size_t>(data.num_items()), 0.0);
  for (const std::int32_t item : data.train.indices()) degree[static_cast<std::size_t>(item)] += 1.0;
  Matrix<double> user_sum = Matrix<double>::copy_of(users.view());
  Matrix<double> item_sum = Matrix<double>::copy_of(items.view());
  const bool mean = options.kind == Propagation::lightgcn;
  const double alpha = mean ? 0.0 : static_cast<double>(options.alpha);
  for (int l = 0; l < options.layers; ++l) {
    Matrix<double> next_users = Matrix<double>::zeros(users.rows(), 3);
    Matrix<double> next_items = Matrix<double>::zeros(items.rows(), 3);
    for (Index c = 0; c < 3; ++c) {
      for (Index u = 0; u < users.rows(); ++u) {
        const double own =
            options.normalize_self ? std::max<double>(static_cast<double>(data.train.degree(u)), 1.0) : 1.0;
        next_users(u, c) += alpha / own * users(u, c);
      }
      for (Index i = 0; i < items.rows(); ++i) {
        const double own = options.normalize_self ? std::max(degree[static_cast<std::size_t>(i)], 1.0) : 1.0;
        next_items(i, c) += alpha / own * items(i, c);
      }
      for (Index u = 0; u < users.rows(); ++u) {
        for (const std::int32_t i : data.train.row(u)) {
          const double weight =
              1.0 / std::sqrt(static_cast<double>(data.train.degree(u)) * degree[static_cast<std::size_t>(i)]);
          next_users(u, c) += weight * items(i, c);
          next_items(i, c) += weight * users(u, c);
        }
      }
    }
    users = std::move(next_users);
    items = std::move(next_items);
    for (Index k = 0; k < user_sum.size(); ++k) user_sum.data()[k] += users.data()[k];
    for (Index k = 0; k < item_sum.size(); ++k) item_sum.data()[k] += items.data()[k];
  }
  const double scale = mean ? 1.0 / (options.layers + 1.0) : 1.0;
  const Matrix<double>& final_users = mean ? user_sum : users;
  const Matrix<double>& final_items = mean ? item_sum : items;
  double sum = 0.0;
  for (Index c = 0; c < 3; ++c) {
    for (const std::int32_t u : read_users) sum += std::pow(scale * final_users(u, c), 2);
    for (const std::int32_t i : read_items) sum += std::pow(scale * final_items(i, c), 2);
  }
  return sum / 2;
}

class ShardedPropagate : public testing::TestWithParam<std::tuple<int, double, int, bool, bool>> {};

TEST_P(ShardedPropagate, GradientsAreThoseOfFiniteDifferences) {
  const int processes = std::get<0>(GetParam());
  const double dense_share = std::get<1>(GetParam());
  const int layers = std::get<2>(GetParam());
  const bool lightgcn = std::get<3>(GetParam());
  const bool normalize_self = std::get<4>(GetParam());
  static const data::Dataset data = small_shop();
  const PropagateOptions options{lightgcn ? Propagation::lightgcn : Propagation::megcn, layers, 0.7F, normalize_self};
  const Matrix<double> users = random_table(data.num_users(), 1);
  const Matrix<double> items = random_table(data.num_items(), 2);
  const std::vector<std::int32_t> read_users{3, 31, 59};
  const std::vector<std::int32_t> read_items{0, 20};
  const sharded::Partition partition = halves(data, processes);
  Matrix<float> user_gradient(data.num_users(), 3);
  Matrix<float> item_gradient(data.num_items(), 3);
  double loss = 0.0;
  run_processes(processes, [&](Communicator& world) {
    const sharded::Shard shard = sharded::shard_of(data, partition, world.rank());
    const sharded::ShardGraph graph(world, shard);
    const dist::Share own_users = partition.users.of(world.rank());
    const dist::Share own_items = partition.items.of(world.rank());
    const auto own = [](const std::vector<std::int32_t>& rows, const dist::Share& share) {
      std::vector<std::int32_t> out;
      for (const std::int32_t row : rows) {
        if (row >= share.begin && row < share.end) out.push_back(row - static_cast<std::int32_t>(share.begin));
      }
      return out;
    };
    ThreadPool pool(1);
    autograd::Tape tape(pool);
    Matrix<float> u = part(users, own_users);
    Matrix<float> i = part(items, own_items);
    Matrix<float> du(u.rows(), 3);
    Matrix<float> di(i.rows(), 3);
    sharded::ShardField field(graph, layers, dense_share);
    field.build(own(read_users, own_users), own(read_items, own_items));
    EXPECT_EQ(field.layer(layers).all, dense_share == 0.0);
    const autograd::Var u0 = tape.parameter(u.view(), du.view());
    const autograd::Var i0 = tape.parameter(i.view(), di.view());
    const auto out = sharded::propagate(tape, graph, u0, i0, options, &field);
    const autograd::Var of_users = autograd::rows_squared_norm(tape, out.users, own(read_users, own_users), 1.0F);
    const autograd::Var of_items = autograd::rows_squared_norm(tape, out.items, own(read_items, own_items), 1.0F);
    const autograd::Var total = tape.make(1, 1, {of_users, of_items});
    tape.mutable_value(total)(0, 0) = tape.scalar(of_users) + tape.scalar(of_items);
    tape.on_backward(total, [=](autograd::Tape& t) {
      t.contribute(of_users).view(0, 0) = 1.0F;
      t.contribute(of_items).view(0, 0) = 1.0F;
    });
    const double sum = dist::all_reduced(world, static_cast<double>(tape.scalar(total)));
    tape.backward(total);
    if (world.is_first()) loss = sum;
    copy<float>(du.view(), user_gradient.view().row_range(own_users.begin, du.rows()));
    copy<float>(di.view(), item_gradient.view().row_range(own_items.begin, di.rows()));
  });
  EXPECT_NEAR(loss,
              reference(data, options, Matrix<double>::copy_of(users.view()), Matrix<double>::copy_of(items.view()),
                        read_users, read_items),
              1e-5 * loss);
  constexpr double kStep = 1e-5;
  const auto check = [&](bool of_users, Index row, Index column) {
    std::array<double, 2> values{};
    for (const int side : {0, 1}) {
      Matrix<double> u = Matrix<double>::copy_of(users.view());
      Matrix<double> i = Matrix<double>::copy_of(items.view());
      (of_users ? u : i)(row, column) += side == 0 ? -kStep : kStep;
      values[static_cast<std::size_t>(side)] =
          reference(data, options, std::move(u), std::move(i), read_users, read_items);
    }
    const double slope = (values[1] - values[0]) / (2 * kStep);
    EXPECT_NEAR(static_cast<double>((of_users ? user_gradient : item_gradient)(row, column)), slope, 1e-4)
        << (of_users ? "user " : "item ") << row;
  };
  for (Index u = 0; u < data.num_users(); u += 1) check(true, u, u % 3);
  for (Index i = 0; i < data.num_items(); i += 1) check(false, i, i % 3);
}

// Shares of 0 and 1 make every layer whole and none; 0.4 the outer ones.
INSTANTIATE_TEST_SUITE_P(Processes, ShardedPropagate,
                         testing::Combine(testing::Values(1, 2, 4, 7), testing::Values(0.0, 1.0),
                                          testing::Values(1, 2, 3), testing::Bool(), testing::Values(false)));
INSTANTIATE_TEST_SUITE_P(NormalisedSelf, ShardedPropagate,
                         testing::Combine(testing::Values(3), testing::Values(0.0, 1.0), testing::Values(2),
                                          testing::Values(false), testing::Values(true)));

}  // namespace
}  // namespace monet::test::sharded_propagate
