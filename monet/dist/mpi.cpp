#include "monet/dist/alone.h"
#include "monet/dist/connect.h"
#include "monet/dist/mpi_communicator.h"
#include "monet/dist/mpi_launcher.h"

namespace monet::dist {

namespace {

/// Started without a launcher: MPI is not begun.
class Unlaunched final : public Alone {
 public:
  std::string library() const override { return mpi_library(); }
};

}  // namespace

std::unique_ptr<Communicator> connect(int& /*argc*/, char**& argv) {
  if (!is_launched()) return std::make_unique<Unlaunched>();
  return std::make_unique<MpiCommunicator>(begin_guarded(argv));
}

}  // namespace monet::dist
