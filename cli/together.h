#pragma once

#include "monet/dist/communicator.h"

#include <string_view>

namespace monet::cli {

/// Called in a catch block: reports the current exception (exit_code.h) and returns its exit code, or ends the job with
/// it where there are other processes, which would wait for this one for ever. Of what all processes find wrong only
/// process 0 speaks: the others give it the time to end the job. Where the connection fails, so does it: whoever knows
/// what has happened to another process has had its say by then.
int report_together(dist::Communicator& world, std::string_view program);

}  // namespace monet::cli
