#include "cli/together.h"

#include "monet/dist/error.h"
#include "cli/exit_code.h"
#include "cli/quiet.h"

#include <chrono>
#include <thread>

namespace monet::cli {

namespace {

using namespace std::chrono_literals;
constexpr auto kFirstSpeaks = 4s;  // MPI_Abort alone takes more than two on a busy machine
constexpr auto kWhoKnowsSpeaks = 6s;

bool is_about_others() {
  try {
    throw;
  } catch (const dist::DistributedError&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

int report_together(dist::Communicator& world, std::string_view program) {
  if (world.is_alone()) return report_current_exception(program);
  if (is_about_others()) {
    std::this_thread::sleep_for(kWhoKnowsSpeaks);
  } else if (!world.is_first()) {
    std::this_thread::sleep_for(kFirstSpeaks);
  }
  speak_up();
  const int code = report_current_exception(program);
  world.abort(code);
  return code;  // never; g++ 12 does not believe a virtual function
}

}  // namespace monet::cli
