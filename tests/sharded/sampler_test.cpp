#include "monet/sharded/sampler.h"

#include "monet/core/error.h"
#include "monet/sharded/load.h"
#include "monet/synth/generator.h"
#include "monet/train/sampler.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <deque>

namespace monet::test::sharded_sampler {
namespace {

using Triple = std::array<std::int32_t, 3>;

data::Dataset shop_of(Index users, Index items, Index interactions) {
  synth::GeneratorOptions options;
  options.num_users = users;
  options.num_items = items;
  options.num_interactions = interactions;
  return synth::generate_dataset(options);
}

sharded::Partition even_partition(const data::Dataset& data, int processes) {
  const auto ranges = [&](Index rows) {
    std::vector<Index> bounds;
    for (int r = 0; r <= processes; ++r) bounds.push_back(rows * r / processes);
    return sharded::Ranges(bounds);
  };
  return {ranges(data.num_users()), ranges(data.num_items())};
}

// Triples of all processes, which each keep their own order: as a sorted list.
class Together {
 public:
  Together(const data::Dataset& data, int processes) : partition_(even_partition(data, processes)) {
    for (int r = 0; r < processes; ++r) shards_.push_back(sharded::shard_of(data, partition_, r));
    for (int r = 0; r < processes; ++r) samplers_.emplace_back(shards_[static_cast<std::size_t>(r)], r);
  }
  template <class Draw>
  std::vector<Triple> draw(Draw&& draw) {
    std::vector<Triple> triples;
    for (std::size_t r = 0; r < samplers_.size(); ++r) {
      sharded::ShardBatch batch;
      draw(samplers_[r], batch);
      const auto first = static_cast<std::int32_t>(partition_.users.of(static_cast<int>(r)).begin);
      for (std::size_t b = 0; b < batch.users.size(); ++b) {
        triples.push_back({batch.users[b] + first, batch.positives[b], batch.negatives[b]});
      }
      size_ = batch.size;
    }
    std::sort(triples.begin(), triples.end());
    return triples;
  }
  Index size() const { return size_; }
  Index num_users() const { return samplers_.front().num_users(); }

 private:
  sharded::Partition partition_;
  std::deque<sharded::Shard> shards_;
  std::deque<sharded::Sampler> samplers_;
  Index size_ = 0;
};

std::vector<Triple> sorted(const train::Sampler::Triples& triples) {
  std::vector<Triple> out;
  for (std::size_t b = 0; b < triples.users.size(); ++b) {
    out.push_back({triples.users[b], triples.positives[b], triples.negatives[b]});
  }
  std::sort(out.begin(), out.end());
  return out;
}

class ShardedSampler : public testing::TestWithParam<int> {};

TEST_P(ShardedSampler, DrawsUsersAsOneProcessDoes) {
  const data::Dataset data = shop_of(200, 100, 900);
  train::Sampler whole(data.train);
  Together parts(data, GetParam());
  EXPECT_EQ(parts.num_users(), whole.num_users());
  Rng rng(9, 2);
  std::vector<Rng> rngs(static_cast<std::size_t>(GetParam()), Rng(9, 2));
  for (const Index size : {Index{16}, Index{16}, Index{1000}, Index{16}}) {  // also more than there are users
    train::Sampler::Triples triples;
    whole.draw(rng, size, triples);
    std::size_t next = 0;
    EXPECT_EQ(parts.draw([&](sharded::Sampler& s, sharded::ShardBatch& b) { s.draw(rngs[next++], size, b); }),
              sorted(triples));
    EXPECT_EQ(parts.size(), size);
    for (const Rng& own : rngs) EXPECT_EQ(own.state(), rng.state());
  }
}

TEST_P(ShardedSampler, DrawsAnEpochOfInteractionsAsOneProcessDoes) {
  const data::Dataset data = shop_of(150, 80, 700);
  train::Sampler whole(data.train);
  Together parts(data, GetParam());
  Rng rng(9, 2);
  std::vector<Rng> rngs(static_cast<std::size_t>(GetParam()), Rng(9, 2));
  for (const int epoch : {0, 1, 7}) {
    for (const Index step : {Index{0}, Index{1}, Index{3}, Index{50}}) {  // the last beyond the end
      train::Sampler::Triples triples;
      const Index drawn = whole.draw_interactions(5, epoch, step, 128, rng, triples);
      std::size_t next = 0;
      const auto all = parts.draw([&](sharded::Sampler& s, sharded::ShardBatch& b) {
        s.draw_interactions(5, epoch, step, 128, rngs[next++], b);
      });
      EXPECT_EQ(all, sorted(triples));
      EXPECT_EQ(parts.size(), drawn);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Processes, ShardedSampler, testing::Values(1, 2, 3, 7));

TEST(ShardedSamplerData, NobodyToDrawIsRefused) {
  data::Dataset data = shop_of(20, 10, 60);
  data.train = Csr(20, 10);
  const auto partition = even_partition(data, 2);
  const sharded::Shard shard = sharded::shard_of(data, partition, 1);
  EXPECT_THROW(sharded::Sampler(shard, 1), DataError);
}

}  // namespace
}  // namespace monet::test::sharded_sampler
