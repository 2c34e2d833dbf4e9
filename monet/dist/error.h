#pragma once

#include "monet/core/error.h"

namespace monet::dist {

/// Another process of a job spread over several cannot be reached or has ended, or the messages between them failed
/// (the program's exit code 4).
class DistributedError : public Error {
 public:
  using Error::Error;
};

}  // namespace monet::dist
