#include "monet/input/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace monet::input {

namespace {
constexpr std::size_t kFirstBytes = std::size_t{1} << 15;
}

LineReader::LineReader(ByteStream& stream, std::string file)
    : stream_(stream), file_(std::move(file)), buffer_(kFirstBytes + kPadding) {}

std::string LineReader::where() const {
  return fmt::format("{}:{}", file_, number_);
}

/// Reads on, behind what is there; false at the end of the stream.
bool LineReader::fill() {
  if (at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= at_;
    at_ = 0;
  }
  if (end_ > kLongestLine) {
    fail<Unreadable>("{}:{}: a line of more than {} MiB; expected one record per line", file_, number_ + 1,
                     kLongestLine >> 20);
  }
  if (end_ + kPadding == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t count = stream_.read(std::span(buffer_).subspan(end_, buffer_.size() - kPadding - end_));
  end_ += count;
  return count > 0;
}

/// Looks at the first bytes.
void LineReader::begin() {
  begun_ = true;
  while (end_ < 3 && fill()) {
  }
  const std::string_view start(buffer_.data(), std::min<std::size_t>(end_, 3));
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    fail<Unreadable>("{}:1: the text is UTF-16; save it as UTF-8", file_);
  }
  byte_order_mark_ = start == "\xef\xbb\xbf";
  if (byte_order_mark_) at_ = 3;
}

bool LineReader::next() {
  if (!begun_) begin();
  std::size_t searched = 0;
  const char* newline = nullptr;
  for (;;) {
    const char* from = buffer_.data() + at_ + searched;
    newline = static_cast<const char*>(std::memchr(from, '\n', end_ - at_ - searched));
    if (newline != nullptr) break;
    searched = end_ - at_;
    if (!fill()) break;
  }
  if (newline == nullptr && at_ == end_) return false;
  const char* begin = buffer_.data() + at_;
  const char* end = newline != nullptr ? newline : buffer_.data() + end_;
  at_ = static_cast<std::size_t>(end - buffer_.data()) + (newline != nullptr ? 1 : 0);
  ++number_;
  line_ = std::string_view(begin, static_cast<std::size_t>(end - begin));
  if (!line_.empty() && line_.back() == '\r') {
    line_.remove_suffix(1);
    crlf_ = true;
  }
  return true;
}

}  // namespace monet::input
