#pragma once

namespace monet::dist {
class Communicator;
}

namespace monet::cli {

/// The program: parses the command line, runs the subcommand, and turns every outcome into an exit code (exit_code.h).
/// Where one of several processes fails, the job ends with its exit code.
int run(int argc, char** argv, dist::Communicator& world);

}  // namespace monet::cli
