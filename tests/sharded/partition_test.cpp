#include "monet/sharded/partition.h"

#include "monet/graph/bipartite.h"
#include "monet/graph/receptive_field.h"
#include "monet/sharded/load.h"
#include "monet/sharded/shard_field.h"
#include "monet/synth/generator.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace monet::test::sharded_partition {

using sharded::Ranges;
using testing::ElementsAre;

TEST(Ranges, WeighARowByTheMeanAndItsInteractions) {
  // Mean 3: rows weigh 13, 3, 5, 3, 6, 6, 36 in all. A third is 12: the first row has most of its weight there.
  EXPECT_THAT(Ranges::balanced(std::vector<std::int32_t>{10, 0, 2, 0, 3, 3}, 3).bounds(), ElementsAre(0, 1, 4, 6));
  // Rows without interactions count alike.
  EXPECT_THAT(Ranges::balanced(std::vector<std::int32_t>{0, 0, 0, 0}, 2).bounds(), ElementsAre(0, 2, 4));
  // One row that outweighs all others leaves processes without any.
  const Ranges heavy = Ranges::balanced(std::vector<std::int32_t>{1, 1000, 1}, 4);
  EXPECT_EQ(heavy.processes(), 4);
  EXPECT_EQ(heavy.rows(), 3);
  EXPECT_TRUE(std::is_sorted(heavy.bounds().begin(), heavy.bounds().end()));
}

TEST(Ranges, FewerRowsThanProcesses) {
  const Ranges ranges = Ranges::balanced(std::vector<std::int32_t>{1, 1}, 5);
  EXPECT_EQ(ranges.rows(), 2);
  Index rows = 0;
  for (int r = 0; r < 5; ++r) rows += ranges.count(r);
  EXPECT_EQ(rows, 2);
  EXPECT_EQ(Ranges::balanced({}, 3).rows(), 0);
}

TEST(Ranges, TheOwnerOfARowIsWhoseRangeItIsIn) {
  const Ranges ranges({0, 2, 2, 5});
  std::vector<int> owners;
  for (Index row = 0; row < 5; ++row) owners.push_back(ranges.owner(row));
  EXPECT_THAT(owners, ElementsAre(0, 0, 2, 2, 2));  // process 1 has none
}

// Put together, the sets of all processes are those of the whole graph.
TEST(ShardField, ItsSetsAreThoseOfOneProcess) {
  synth::GeneratorOptions options;
  options.num_users = 300;
  options.num_items = 250;
  options.num_interactions = 700;
  options.popularity_exponent = 0.1;
  const data::Dataset data = synth::generate_dataset(options);
  const graph::Bipartite whole(data.train);
  graph::ReceptiveField expected(whole, 2, 1.0);
  const std::vector<std::int32_t> users{5, 200};
  const std::vector<std::int32_t> items{17, 120, 249};
  expected.build(users, items, false);
  for (const int processes : {1, 3, 7}) {
    std::vector<Index> user_bounds;
    std::vector<Index> item_bounds;
    for (int r = 0; r <= processes; ++r) {
      user_bounds.push_back(data.num_users() * r / processes);
      item_bounds.push_back(data.num_items() * r / processes);
    }
    const sharded::Partition partition{Ranges(user_bounds), Ranges(item_bounds)};
    std::vector<std::vector<std::int32_t>> user_sets(3);
    std::vector<std::vector<std::int32_t>> item_sets(3);
    std::mutex mutex;
    run_processes(processes, [&](dist::Communicator& world) {
      const sharded::Shard shard = sharded::shard_of(data, partition, world.rank());
      const sharded::ShardGraph graph(world, shard);
      sharded::ShardField field(graph, 2, 1.0);
      const auto own = [](const std::vector<std::int32_t>& rows, const dist::Share& share) {
        std::vector<std::int32_t> out;
        for (const std::int32_t row : rows) {
          if (row >= share.begin && row < share.end) out.push_back(row - static_cast<std::int32_t>(share.begin));
        }
        return out;
      };
      const dist::Share own_users = partition.users.of(world.rank());
      const dist::Share own_items = partition.items.of(world.rank());
      field.build(own(users, own_users), own(items, own_items));
      const std::lock_guard lock(mutex);
      for (int l = 0; l <= 2; ++l) {
        const auto k = static_cast<std::size_t>(l);
        ASSERT_FALSE(field.layer(l).all);
        for (const std::int32_t row : field.layer(l).users) {
          user_sets[k].push_back(row + static_cast<std::int32_t>(own_users.begin));
        }
        for (const std::int32_t row : field.layer(l).items) {
          item_sets[k].push_back(row + static_cast<std::int32_t>(own_items.begin));
        }
        // A ghost is in the set where its owner's row is.
        for (const std::int32_t ghost : field.layer(l).ghosts) {
          const std::int32_t item = graph.halo().ghosts()[static_cast<std::size_t>(ghost)];
          EXPECT_TRUE(std::binary_search(expected.items(l).rows.begin(), expected.items(l).rows.end(), item));
        }
      }
    });
    for (int l = 0; l <= 2; ++l) {
      const auto k = static_cast<std::size_t>(l);
      std::sort(user_sets[k].begin(), user_sets[k].end());
      std::sort(item_sets[k].begin(), item_sets[k].end());
      EXPECT_EQ(user_sets[k], expected.users(l).rows) << "layer " << l;
      EXPECT_EQ(item_sets[k], expected.items(l).rows) << "layer " << l;
    }
  }
}

}  // namespace monet::test::sharded_partition
