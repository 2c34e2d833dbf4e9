#pragma once

namespace monet::cli {

/// The program: parses the command line, runs the subcommand, and turns every outcome into an exit code (exit_code.h).
int run(int argc, char** argv);

}  // namespace monet::cli
