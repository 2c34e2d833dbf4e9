#pragma once

namespace monet::prepare {

/// Thrown where a preview has seen enough of a file. It is no error: nothing else catches it.
struct EnoughRead {};

}  // namespace monet::prepare
