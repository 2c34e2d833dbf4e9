#pragma once

#include "monet/dist/communicator.h"

namespace monet::dist {

/// One process by itself: what it sends to itself is copied.
class Alone : public Communicator {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  /// Throws InvalidArgument for spans of other lengths than one another.
  std::unique_ptr<Transfer> exchange(std::span<const std::span<const std::byte>> send,
                                     std::span<const std::span<std::byte>> receive) override;
  [[noreturn]] void abort(int exit_code) override;
};

}  // namespace monet::dist
