#include "monet/dist/alone.h"

#include "monet/core/error.h"
#include "monet/dist/collectives.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

namespace monet::test {

using testing::ElementsAre;

TEST(Alone, SendsItselfWhatItReceivesAndRefusesOtherLengths) {
  dist::Alone world;
  EXPECT_EQ(dist::all_reduced<Index>(world, 5), 5);
  EXPECT_EQ(world.library(), "");
  const std::vector<std::vector<char>> send{{'a', 'b'}};
  EXPECT_THAT(dist::all_to_all(world, send)[0], ElementsAre('a', 'b'));
  const std::vector<std::byte> two(2);
  std::vector<std::byte> three(3);
  const std::span<const std::byte> out(two);
  const std::span<std::byte> in(three);
  EXPECT_THROW(world.exchange(std::span(&out, 1), std::span(&in, 1)), InvalidArgument);
}

TEST(Threads, AProcessThatFailsEndsTheOthersWaiting) {
  for (const int size : process_counts()) {
    EXPECT_THROW(run_processes(size,
                               [](dist::Communicator& world) {
                                 if (world.is_first()) fail<DataError>("broken here");
                                 dist::barrier(world);
                               }),
                 DataError);
  }
}

}  // namespace monet::test
