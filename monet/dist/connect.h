#pragma once

#include "monet/dist/communicator.h"

#include <memory>

namespace monet::dist {

/// The processes that this one was launched with; alone where the program knows no launcher (single.cpp) or was started
/// without one. Called once, at the start of `main`; what it returns must live to its end. Throws DistributedError.
std::unique_ptr<Communicator> connect(int& argc, char**& argv);

}  // namespace monet::dist
