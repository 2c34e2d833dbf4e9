#include "monet/core/error.h"
#include "monet/dist/collectives.h"
#include "monet/dist/error.h"
#include "monet/dist/mpi_call.h"
#include "tests/dist/mpi/mpi_processes.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>

namespace monet::test {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

namespace {

/// An exchange in which process 0 gets `bytes` from process 1, which sends `sent`; the others nothing.
void exchange_one(std::size_t sent, std::size_t bytes) {
  dist::Communicator& world = mpi_world();
  const std::vector<std::byte> message(sent);
  std::vector<std::byte> place(bytes);
  std::vector<std::span<const std::byte>> out(static_cast<std::size_t>(world.size()));
  std::vector<std::span<std::byte>> in(static_cast<std::size_t>(world.size()));
  if (world.rank() == 1) out[0] = message;
  if (world.rank() == 0) in[1] = place;
  world.exchange(out, in)->wait();
}

}  // namespace

TEST(Mpi, HasAsManyProcessesAsWereStarted) {
  const char* expected = std::getenv("MONET_TEST_PROCESSES");
  ASSERT_NE(expected, nullptr);
  EXPECT_EQ(std::to_string(mpi_world().size()), expected);
  EXPECT_NE(mpi_world().library(), "");
}

TEST(Mpi, WhatItStartsIsByItself) {
  EXPECT_EQ(std::system("test \"$MONET_MPI_CONNECTED\" = 1 && test -z \"$MONET_MPI_GUARD\""), 0);
}

TEST(Mpi, NarrowsAndTranslatesErrorsInOnePlace) {
  EXPECT_EQ(dist::mpi_int(7), 7);
  EXPECT_THROW(dist::mpi_int(std::size_t{std::numeric_limits<int>::max()} + 1), InternalError);
  EXPECT_THAT([] { dist::check_mpi(MPI_ERR_TAG, "MPI_Isend"); },
              ThrowsMessage<dist::DistributedError>(AllOf(HasSubstr("MPI_Isend"), HasSubstr("tag"))));
}

TEST(Mpi, RefusesSpansThatAreNotOnePerProcess) {
  dist::Communicator& world = mpi_world();
  const std::vector<std::byte> two(2);
  std::vector<std::byte> three(3);
  std::vector<std::span<const std::byte>> out(static_cast<std::size_t>(world.size()));
  std::vector<std::span<std::byte>> in(static_cast<std::size_t>(world.size()) + 1);
  EXPECT_THROW(world.exchange(out, in), InvalidArgument);
  in.pop_back();
  out[static_cast<std::size_t>(world.rank())] = two;
  in[static_cast<std::size_t>(world.rank())] = three;
  EXPECT_THROW(world.exchange(out, in), InvalidArgument);
}

// Between processes, in messages of one part: CMakeLists.txt says where.
TEST(MpiBetween, LengthsThatDifferAreFound) {
  dist::Communicator& world = mpi_world();
  if (world.rank() == 0) {
    EXPECT_THROW(exchange_one(4, 6), InternalError);
    EXPECT_THROW(exchange_one(6, 4), dist::DistributedError);
  } else {
    exchange_one(4, 6);
    exchange_one(6, 4);
  }
  dist::barrier(world);
}

TEST(Mpi, ATransferThatNobodyWaitsForEndsAllTheSame) {
  dist::Communicator& world = mpi_world();
  const auto size = static_cast<std::size_t>(world.size());
  std::vector<int> got(size, -1);
  const int mine = world.rank();
  {
    const std::vector<std::span<const std::byte>> out(size, std::as_bytes(std::span(&mine, 1)));
    std::vector<std::span<std::byte>> in;
    for (int& place : got) in.push_back(std::as_writable_bytes(std::span(&place, 1)));
    const auto transfer = world.exchange(out, in);
  }
  for (int r = 0; r < world.size(); ++r) EXPECT_EQ(got[static_cast<std::size_t>(r)], r);
}

// Far more than MPI sends by itself without the receiver's consent, while nobody calls MPI but the attendant.
TEST(MpiBetween, BytesMoveWhileTheProcessComputes) {
  dist::Communicator& world = mpi_world();
  constexpr std::size_t kBytes = std::size_t{8} << 20;
  const auto size = static_cast<std::size_t>(world.size());
  const std::vector<std::byte> message(kBytes, std::byte{7});
  std::vector<std::vector<std::byte>> places(size, std::vector<std::byte>(kBytes));
  const std::vector<std::span<const std::byte>> out(size, message);
  std::vector<std::span<std::byte>> in;
  for (auto& place : places) in.push_back(place);
  dist::barrier(world);
  const auto transfer = world.exchange(out, in);
  // Looked at without a call; without the attendant they would never come, so the limit may be generous.
  const auto is_there = [&](int from) {
    const volatile std::byte& last = places[static_cast<std::size_t>(from)].back();
    return from == world.rank() || last == std::byte{7};
  };
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (int from = 0; from < world.size(); ++from) {
    while (!is_there(from) && std::chrono::steady_clock::now() < latest) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(is_there(from)) << "from " << from;
  }
  transfer->wait();
  for (const auto& place : places) EXPECT_EQ(place.back(), std::byte{7});
}

}  // namespace monet::test
