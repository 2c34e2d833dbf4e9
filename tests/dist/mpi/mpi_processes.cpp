// A test program whose processes are mpirun's: `mpirun -n N PROGRAM`. Each runs every test, all at the same time.
#include "tests/dist/mpi/mpi_processes.h"

#include "monet/dist/mpi_communicator.h"
#include "monet/dist/mpi_launcher.h"
#include "tests/dist/thread_communicator.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace monet::test {

namespace {
dist::Communicator* connected = nullptr;
}

dist::Communicator& mpi_world() {
  return *connected;
}

std::vector<int> process_counts() {
  return {connected->size()};
}

void run_processes(int size, const std::function<void(dist::Communicator& world)>& body) {
  if (size != connected->size()) throw std::runtime_error("mpirun has started another number of processes");
  body(*connected);
}

}  // namespace monet::test

int main(int argc, char** argv) {
  if (!monet::dist::is_launched()) {
    fmt::print(stderr, "{}: not launched: start it with mpirun\n", argv[0]);
    return EXIT_FAILURE;
  }
  // So small that every message of the tests is many.
  const char* part_bytes = std::getenv("MONET_TEST_PART_BYTES");
  monet::dist::MpiCommunicator world(
      monet::dist::begin_guarded(argv),
      part_bytes == nullptr ? monet::dist::MpiCommunicator::kMostPartBytes : std::strtoull(part_bytes, nullptr, 10));
  monet::test::connected = &world;
  testing::InitGoogleMock(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  // A process whose expectations differ may have left the others waiting.
  if (failed != 0) world.abort(EXIT_FAILURE);
  fmt::print("{} of {} processes: {} tests\n", world.rank(), world.size(),
             testing::UnitTest::GetInstance()->successful_test_count());
  return EXIT_SUCCESS;
}
