#pragma once

#include "monet/core/error.h"

namespace monet::cli {

/// The command line is wrong: an unknown subcommand, option, model or option value (exit code 2).
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace monet::cli
