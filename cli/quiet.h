#pragma once

namespace monet::cli {

/// From here on this process prints nothing: standard output, and the program's own lines and progress on stderr, go
/// nowhere. So are all processes of a job but the first. What others write to descriptor 2 (sanitizers, a library that
/// aborts) still appears.
void be_quiet();

/// The program's own lines appear on stderr again: for an error.
void speak_up();

}  // namespace monet::cli
