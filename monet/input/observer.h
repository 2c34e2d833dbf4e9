#pragma once

#include "monet/core/view.h"

#include <atomic>
#include <string>

namespace monet::input {

/// Told how far reading has come.
class Observer {
 public:
  virtual ~Observer() = default;
  /// `done` of `total` bytes of a file are read (as they lie on the disk, compressed or not).
  virtual void on_bytes(const std::string& /*file*/, Index /*done*/, Index /*total*/) {}
};

/// Who follows the reading, and the flag that ends it.
struct Watch {
  Observer& observer;
  const std::atomic<bool>& stop;
};

}  // namespace monet::input
