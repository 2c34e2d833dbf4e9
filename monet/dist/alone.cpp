#include "monet/dist/alone.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cstdlib>

namespace monet::dist {

namespace {

class Done final : public Transfer {
 public:
  void wait() override {}
};

}  // namespace

std::unique_ptr<Transfer> Alone::exchange(std::span<const std::span<const std::byte>> send,
                                          std::span<const std::span<std::byte>> receive) {
  if (send.size() != 1 || receive.size() != 1 || send[0].size() != receive[0].size()) {
    fail<InvalidArgument>("[exchange] one process sends itself what it receives");
  }
  std::copy(send[0].begin(), send[0].end(), receive[0].begin());
  return std::make_unique<Done>();
}

void Alone::abort(int exit_code) {
  std::exit(exit_code);
}

}  // namespace monet::dist
