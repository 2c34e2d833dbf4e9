#include "monet/input/bad_lines.h"

namespace monet::input {

void BadLines::refuse(const std::string& file, Index line, std::string_view problem) {
  refuse_at(fmt::format("{}:{}", file, line), problem);
}

void BadLines::refuse_at(std::string_view place, std::string_view problem) {
  std::string message = fmt::format("{}: {}", place, problem);
  if (!skip_) throw DataError(message);
  if (count_++ == 0) first_ = std::move(message);
}

void BadLines::require_mostly_good() const {
  if (count_ <= good_) return;
  fail<DataError>("{} of {} records ({:.0f} %) cannot be read, more than `bad-lines skip` leaves out; the first: {}",
                  count_, count_ + good_, 100.0 * static_cast<double>(count_) / static_cast<double>(count_ + good_),
                  first_);
}

}  // namespace monet::input
