#include "monet/dist/collectives.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <memory>
#include <numeric>

namespace monet::test {

using dist::Communicator;
using dist::Reduction;
using testing::Each;

class Collectives : public testing::TestWithParam<int> {};

TEST_P(Collectives, AllToAllBringsEveryMessageToItsProcess) {
  run_processes(GetParam(), [](Communicator& world) {
    std::vector<std::vector<std::int32_t>> send(static_cast<std::size_t>(world.size()));
    for (int r = 0; r < world.size(); ++r) {
      // As many as both numbers together, so that lengths differ in both directions; to the next nothing.
      if (r != (world.rank() + 1) % world.size())
        send[static_cast<std::size_t>(r)].assign(static_cast<std::size_t>(r + world.rank()), 100 * world.rank() + r);
    }
    const auto received = dist::all_to_all(world, send);
    for (int r = 0; r < world.size(); ++r) {
      const std::vector<std::int32_t> expected(
          world.rank() == (r + 1) % world.size() ? 0U : static_cast<std::size_t>(r + world.rank()),
          100 * r + world.rank());
      EXPECT_EQ(received[static_cast<std::size_t>(r)], expected);
    }
  });
}

TEST_P(Collectives, SumsAreTheSameBitsEverywhere) {
  // Few values go in one round of messages, many in two.
  for (const std::size_t count : {std::size_t{23}, std::size_t{3001}}) {
    run_processes(GetParam(), [count](Communicator& world) {
      const auto values_of = [count](int rank) {
        Rng rng(7, static_cast<std::uint64_t>(rank));
        std::vector<float> values(count);
        for (float& v : values) v = static_cast<float>(rng.normal());
        return values;
      };
      std::vector<float> sums = values_of(world.rank());
      dist::all_reduce(world, std::span(sums));
      std::vector<double> expected(sums.size(), 0.0);
      for (int r = 0; r < world.size(); ++r) {
        const std::vector<float> values = values_of(r);
        for (std::size_t k = 0; k < values.size(); ++k) expected[k] += values[k];
      }
      for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(sums[k], expected[k], 1e-5);
      const std::vector<float> all = dist::all_gather(world, std::span<const float>(sums));
      for (std::size_t k = 0; k < all.size(); ++k) EXPECT_EQ(all[k], sums[k % sums.size()]);
    });
  }
}

TEST_P(Collectives, FewerValuesThanProcesses) {
  run_processes(GetParam(), [](Communicator& world) {
    EXPECT_EQ(dist::all_reduced<Index>(world, world.rank() + 1), Index{world.size()} * (world.size() + 1) / 2);
    EXPECT_EQ(dist::all_reduced<Index>(world, world.rank(), Reduction::largest), world.size() - 1);
    EXPECT_EQ(dist::all_reduced<double>(world, world.rank() - 0.5, Reduction::least), -0.5);
    std::vector<double> none;
    dist::all_reduce(world, std::span(none));
  });
}

TEST_P(Collectives, ReduceScatterGivesEachItsShare) {
  run_processes(GetParam(), [](Communicator& world) {
    std::vector<Index> values(10);
    std::iota(values.begin(), values.end(), 0);
    const auto mine = dist::reduce_scatter(world, std::span<const Index>(values), Reduction::sum);
    const dist::Share share = dist::share_of(10, world.rank(), world.size());
    ASSERT_EQ(static_cast<Index>(mine.size()), share.end - share.begin);
    for (std::size_t k = 0; k < mine.size(); ++k)
      EXPECT_EQ(mine[k], world.size() * (share.begin + static_cast<Index>(k)));
  });
}

TEST_P(Collectives, GatheringKeepsTheOrderOfProcesses) {
  run_processes(GetParam(), [](Communicator& world) {
    const std::vector<std::int32_t> mine(static_cast<std::size_t>(world.rank()), world.rank());
    std::vector<std::int32_t> expected;
    for (int r = 0; r < world.size(); ++r) expected.insert(expected.end(), static_cast<std::size_t>(r), r);
    EXPECT_EQ(dist::all_gather(world, std::span<const std::int32_t>(mine)), expected);
    EXPECT_EQ(dist::sum_before(world, 3), 3 * world.rank());

    Matrix<float> rows = Matrix<float>::zeros(11, 2);
    std::vector<dist::Share> shares;
    for (int r = 0; r < world.size(); ++r) shares.push_back(dist::share_of(11, r, world.size()));
    const dist::Share own = shares[static_cast<std::size_t>(world.rank())];
    for (Index r = own.begin; r < own.end; ++r) rows(r, 1) = static_cast<float>(r);
    dist::all_gather_rows(world, shares, rows.view());
    for (Index r = 0; r < 11; ++r) EXPECT_EQ(rows(r, 1), static_cast<float>(r));
  });
}

TEST_P(Collectives, BroadcastComesFromWhoeverIsNamed) {
  run_processes(GetParam(), [](Communicator& world) {
    const int root = world.size() - 1;
    std::string text = world.rank() == root ? "known to the last" : "";
    dist::broadcast(world, text, root);
    EXPECT_EQ(text, "known to the last");
    dist::barrier(world);
  });
}

TEST_P(Collectives, SeveralTransfersAreUnderWayAtOnce) {
  run_processes(GetParam(), [](Communicator& world) {
    constexpr int kTransfers = 5;
    const auto size = static_cast<std::size_t>(world.size());
    // Of the second nothing, of the others more and more.
    const auto length = [](int transfer) { return transfer == 1 ? 0U : static_cast<std::size_t>(3 * transfer + 1); };
    std::vector<std::vector<std::int32_t>> sent;
    std::vector<std::vector<std::vector<std::int32_t>>> received;
    std::vector<std::unique_ptr<dist::Transfer>> transfers;
    for (int t = 0; t < kTransfers; ++t) {
      sent.emplace_back(length(t), 10 * world.rank() + t);
      received.emplace_back(size, std::vector<std::int32_t>(length(t)));
    }
    for (std::size_t t = 0; t < kTransfers; ++t) {
      const std::vector<std::span<const std::byte>> out(size, std::as_bytes(std::span(sent[t])));
      std::vector<std::span<std::byte>> in;
      for (auto& from : received[t]) in.push_back(std::as_writable_bytes(std::span(from)));
      transfers.push_back(world.exchange(out, in));
    }
    for (const auto& transfer : transfers) transfer->wait();
    for (int t = 0; t < kTransfers; ++t) {
      for (int r = 0; r < world.size(); ++r) {
        EXPECT_THAT(received[static_cast<std::size_t>(t)][static_cast<std::size_t>(r)], Each(10 * r + t));
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Processes, Collectives, testing::ValuesIn(process_counts()));

}  // namespace monet::test
