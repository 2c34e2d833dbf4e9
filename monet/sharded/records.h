#pragma once

#include "monet/core/view.h"
#include "monet/dist/communicator.h"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace monet::sharded {

/// A short text with two numbers, on its way from one process to another.
struct Record {
  Index line = 0;
  std::int32_t row = -1;
  std::string_view text;
};

/// Records for other processes, kept until `deliver`.
class Records {
 public:
  explicit Records(int processes) : out_(static_cast<std::size_t>(processes)) {}

  void add(int process, const Record& record);
  std::size_t bytes() const { return bytes_; }
  /// Sends all and calls `take` for each that comes, in the order of the processes that send, `process`, and in theirs.
  /// Every process must call it.
  void deliver(dist::Communicator& world, const std::function<void(int process, const Record& record)>& take);

 private:
  std::vector<std::vector<char>> out_;
  std::size_t bytes_ = 0;
};

}  // namespace monet::sharded
