#include "monet/dist/collectives.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/dist/alone.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <numeric>

namespace monet::test {

using dist::Communicator;
using dist::Reduction;
using testing::ElementsAre;

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
  std::vector<std::vector<float>> results(static_cast<std::size_t>(GetParam()));
  run_processes(GetParam(), [&](Communicator& world) {
    Rng rng(7, static_cast<std::uint64_t>(world.rank()));
    std::vector<float> values(23);
    for (float& v : values) v = static_cast<float>(rng.normal());
    dist::all_reduce(world, std::span(values));
    results[static_cast<std::size_t>(world.rank())] = values;
  });
  std::vector<double> expected(23, 0.0);
  for (int r = 0; r < GetParam(); ++r) {
    Rng rng(7, static_cast<std::uint64_t>(r));
    for (double& v : expected) v += static_cast<float>(rng.normal());
  }
  for (const auto& result : results) EXPECT_EQ(result, results[0]);
  for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(results[0][k], expected[k], 1e-5);
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

TEST_P(Collectives, AProcessThatFailsEndsTheOthersWaiting) {
  EXPECT_THROW(run_processes(GetParam(),
                             [](Communicator& world) {
                               if (world.is_first()) fail<DataError>("broken here");
                               dist::barrier(world);
                             }),
               DataError);
}

INSTANTIATE_TEST_SUITE_P(Processes, Collectives, testing::Values(1, 2, 3, 4, 7));

TEST(Alone, SendsItselfWhatItReceivesAndRefusesOtherLengths) {
  dist::Alone world;
  EXPECT_EQ(dist::all_reduced<Index>(world, 5), 5);
  const std::vector<std::vector<char>> send{{'a', 'b'}};
  EXPECT_THAT(dist::all_to_all(world, send)[0], ElementsAre('a', 'b'));
  const std::vector<std::byte> two(2);
  std::vector<std::byte> three(3);
  const std::span<const std::byte> out(two);
  const std::span<std::byte> in(three);
  EXPECT_THROW(world.exchange(std::span(&out, 1), std::span(&in, 1)), InvalidArgument);
}

}  // namespace monet::test
