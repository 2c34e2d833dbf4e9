#include "monet/sharded/joint_file.h"

#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "monet/core/matrix.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/dist/thread_communicator.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::test::sharded_joint_file {

using dist::Communicator;
using testing::Each;
namespace fs = std::filesystem;

class JointTensors : public TemporaryFolder {};

// Times in the metadata are each process's own, as 9.5 and 10.25 seconds are: what one of them writes longer must not
// move its rows.
TEST_F(JointTensors, MetadataOfAnotherLengthMovesNothing) {
  const fs::path path = folder_ / "times.safetensors";
  constexpr Index kRows = 3;
  for (std::size_t longer = 0; longer <= 128; longer += 16) {
    run_processes(3, [&](Communicator& world) {
      const int rank = world.rank();
      Matrix<float> own(kRows, 16);
      fill(own.view(), static_cast<float>(rank + 1));
      sharded::JointTensors file;
      file.add_rows("rows", 3 * kRows, rank * kRows, own.view());
      file.set_metadata("seconds",
                        std::string(1 + longer * static_cast<std::size_t>(rank), static_cast<char>('0' + rank)));
      file.write(world, path);
    });
    const files::Safetensors read(path);
    EXPECT_EQ(read.metadata().at("seconds"), "0");
    const auto rows = read.matrix<float>("rows");
    ASSERT_EQ(rows.rows, 3 * kRows);
    for (Index r = 0; r < rows.rows; ++r) {
      const Index writer = r / kRows;
      EXPECT_THAT(rows.row_span(r), Each(static_cast<float>(writer + 1))) << "row " << r << ", " << longer;
    }
  }
}

TEST_F(JointTensors, WhereProcessesDisagreeNothingIsWritten) {
  const fs::path path = folder_ / "shapes.safetensors";
  std::atomic<int> refused{0};
  run_processes(3, [&](Communicator& world) {
    Matrix<float> own(1, 16);
    sharded::JointTensors file;
    file.add_rows("rows", world.rank() == 1 ? 4 : 3, world.rank(), own.view());
    try {
      file.write(world, path);
    } catch (const InternalError&) {
      ++refused;
    }
  });
  EXPECT_EQ(refused, 3);
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace monet::test::sharded_joint_file
