#pragma once

#include <string_view>

namespace monet::cli {

enum ExitCode : int {
  kDone = 0,
  kBadInput = 1,
  kUsage = 2,
  kInternal = 3,
  kDistributed = 4,
  kInterrupted = 130,
};

/// Called in a catch block: writes the current exception to stderr as one line, `program` first, and returns its exit
/// code. A reader that closed our standard output has what it wanted: that is `kDone`, in silence.
int report_current_exception(std::string_view program);

}  // namespace monet::cli
