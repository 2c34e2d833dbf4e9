#include "monet/input/line_reader.h"

#include "monet/input/bad_lines.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

namespace monet::input {

namespace {
constexpr std::size_t kFirstBytes = std::size_t{1} << 15;
constexpr std::size_t kPieceBytes = std::size_t{1} << 18;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The place of the first byte beyond ASCII in [from, end), or `end`.
std::size_t first_high(const char* text, std::size_t from, std::size_t end) {
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  for (; from + 4 * kWord <= end; from += 4 * kWord) {
    std::uint64_t words[4];
    std::memcpy(words, text + from, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & kHigh) != 0) break;
  }
  while (from < end && static_cast<unsigned char>(text[from]) < 0x80) ++from;
  return from;
}
}  // namespace

LineReader::LineReader(ByteStream& stream, std::string file)
    : stream_(stream), file_(std::move(file)), buffer_(kFirstBytes + kPadding) {}

std::string LineReader::where() const {
  return fmt::format("{}:{}", file_, number_);
}

/// Reads on, behind what is there; false at the end of the stream.
bool LineReader::fill() {
  const std::size_t keep = std::min(at_, mark_);
  if (keep > 0) {
    std::memmove(buffer_.data(), buffer_.data() + keep, end_ - keep);
    end_ -= keep;
    at_ -= keep;
    high_ -= keep;
    if (mark_ != kNowhere) {
      mark_ -= keep;
      mark_high_ -= keep;
    }
  }
  // A text that goes on is read in larger pieces: every call of a decompressor costs it a copy of its window.
  if (begun_ && buffer_.size() < kPieceBytes + kPadding) buffer_.resize(kPieceBytes + kPadding);
  if (end_ + kPadding == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t count = stream_.read(std::span(buffer_).subspan(end_, buffer_.size() - kPadding - end_));
  const std::size_t old_end = end_;
  end_ += count;
  if (high_ == old_end) find_high(old_end);
  if (mark_ != kNowhere && mark_high_ == old_end) mark_high_ = high_;
  return count > 0;
}

void LineReader::find_high(std::size_t from) {
  high_ = first_high(buffer_.data(), from, end_);
}

/// Looks at the first bytes.
void LineReader::begin() {
  begun_ = true;
  while (end_ < kFirstBytes && fill()) {
  }
  refuse_wide_characters();
  while (std::string_view(buffer_.data() + at_, end_ - at_).starts_with(kByteOrderMark)) {
    byte_order_mark_ = true;
    at_ += kByteOrderMark.size();
    find_high(at_);
  }
  find_line_end();
}

void LineReader::refuse_wide_characters() const {
  constexpr std::size_t kLook = 256;
  const std::string_view start(buffer_.data(), std::min(end_, kLook));
  constexpr std::string_view kNuls("\0\0", 2);
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    fail<Unreadable>("{}:1: the text is {}; save it as UTF-8", file_,
                     start.substr(2, 2) == kNuls ? "UTF-32" : "UTF-16");
  }
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (start[i] == '\0') ++(i % 2 == 0 ? even : odd);
  }
  // Of Latin letters as UTF-16 one byte is zero; a text has none.
  const std::size_t quarter = start.size() / 4;
  if (start.size() >= 4 && std::max(even, odd) > quarter && std::min(even, odd) <= quarter / 4) {
    fail<Unreadable>("{}:1: every other byte is NUL: the text is UTF-16 without a byte-order mark; save it as UTF-8",
                     file_);
  }
  if (const std::size_t nul = start.find('\0'); nul != std::string_view::npos && nul <= start.find_first_of("\r\n")) {
    fail<Unreadable>("{}:1: the first line holds NUL bytes; this is no text: a damaged or binary file", file_);
  }
}

/// Decides what ends a line, from as many bytes as it takes.
void LineReader::find_line_end() {
  do {
    const std::string_view text(buffer_.data() + at_, end_ - at_);
    if (text.find('\n') != std::string_view::npos) return;
    const std::size_t carriage_return = text.find('\r');
    if (carriage_return < text.size() && carriage_return + 1 < text.size()) {
      line_end_ = '\r';
      return;
    }
  } while (!too_long() && fill());
  if (at_ < end_ && buffer_[end_ - 1] == '\r') line_end_ = '\r';
}

LineReader::Step LineReader::step() {
  if (!begun_) {
    begin();
    take_declared_separator();
  }
  if (read_line()) return Step::line;
  return at_ == end_ ? Step::end : Step::too_long;
}

/// False at the end, and when the line does not end within the limit: then it begins at `at_`.
bool LineReader::read_line() {
  std::size_t searched = 0;
  const char* end = nullptr;
  for (;;) {
    const char* from = buffer_.data() + at_ + searched;
    end = static_cast<const char*>(std::memchr(from, line_end_, end_ - at_ - searched));
    if (end != nullptr) break;
    searched = end_ - at_;
    if (too_long()) return false;
    if (!fill()) break;
  }
  if (end == nullptr && at_ == end_) return false;
  const bool last = end == nullptr;
  const char* begin = buffer_.data() + at_;
  if (last) end = buffer_.data() + end_;
  if (static_cast<std::size_t>(end - begin) > kLongestLine) return false;
  at_ = static_cast<std::size_t>(end - buffer_.data()) + (last ? 0 : 1);
  ++number_;
  line_ = std::string_view(begin, static_cast<std::size_t>(end - begin));
  if (line_end_ == '\n') {
    while (!line_.empty() && line_.back() == '\r') {  // several: CRLF that was written as text once more
      line_.remove_suffix(1);
      crlf_ = true;
    }
  } else if (line_.starts_with('\n')) {  // a CRLF after all
    line_.remove_prefix(1);
  }
  if (high_ < at_) {
    if (line_.starts_with(kByteOrderMark)) line_.remove_prefix(kByteOrderMark.size());
    to_utf8();
    find_high(at_);
  }
  return true;
}

void LineReader::to_utf8() {
  if (is_utf8(line_)) return;
  const Encoding encoding = guess_encoding(line_);
  Index& first = encoding == Encoding::windows_1252 ? windows_1252_line_ : broken_line_;
  if (first == 0) first = number_;
  converted_.clear();
  append_as_utf8(converted_, line_, encoding);
  const std::size_t length = converted_.size();
  converted_.append(kPadding, '\0');
  line_ = std::string_view(converted_).substr(0, length);
}

/// Excel's `sep=;` is not a line of the text.
void LineReader::take_declared_separator() {
  constexpr std::string_view kWord = "sep=";
  const std::size_t at = at_;
  const std::size_t quoted = at < end_ && buffer_[at] == '"' ? 1 : 0;
  const std::string_view start(buffer_.data() + at + quoted, std::min(end_ - at - quoted, kWord.size() + 4));
  if (start.size() <= kWord.size() || !std::equal(kWord.begin(), kWord.end(), start.begin(), [](char a, char b) {
        return a == b || (b >= 'A' && b <= 'Z' && a == b + ('a' - 'A'));
      })) {
    return;
  }
  std::string_view rest = start.substr(kWord.size() + 1);
  if (quoted == 1 && rest.starts_with('"')) rest.remove_prefix(1);
  if (!rest.empty() && rest.front() != '\r' && rest.front() != '\n') return;
  const char separator = start[kWord.size()];
  if (separator != '\t' && std::ispunct(static_cast<unsigned char>(separator)) == 0) return;
  if (read_line()) declared_separator_ = separator;
}

void LineReader::refuse_long_line() const {
  fail<Unreadable>("{}:{}: a line of more than {} MiB; expected one record per line", file_, number_ + 1,
                   kLongestLine >> 20);
}

bool LineReader::next() {
  const Step result = step();
  if (result == Step::too_long) refuse_long_line();
  return result == Step::line;
}

bool LineReader::next_within_limit() {
  return step() == Step::line;
}

bool LineReader::next(BadLines& bad_lines) {
  for (;;) {
    const Step result = step();
    if (result == Step::line) return true;
    if (result == Step::end) break;
    if (!bad_lines.skips()) refuse_long_line();
    skip_line();
    bad_lines.refuse(file_, number_, fmt::format("a line of more than {} MiB", kLongestLine >> 20));
  }
  if (!encoding_said_) {
    encoding_said_ = true;
    if (std::string note = encoding_note(); !note.empty()) bad_lines.note(std::move(note));
  }
  return false;
}

/// Passes over the rest of a line, keeping none of it.
void LineReader::skip_line() {
  ++number_;
  for (;;) {
    const void* end = std::memchr(buffer_.data() + at_, line_end_, end_ - at_);
    if (end != nullptr) {
      at_ = static_cast<std::size_t>(static_cast<const char*>(end) - buffer_.data()) + 1;
      find_high(at_);
      return;
    }
    at_ = end_;
    high_ = end_;
    if (!fill()) return;
  }
}

void LineReader::mark() {
  mark_ = at_;
  mark_high_ = high_;
  mark_number_ = number_;
}

void LineReader::rewind() {
  at_ = mark_;
  high_ = mark_high_;
  number_ = mark_number_;
  mark_ = kNowhere;
}

std::string LineReader::encoding_note() const {
  std::string note;
  if (windows_1252_line_ > 0) {
    note = fmt::format("{}:{}: the text is not UTF-8 and is read as Windows-1252; save it as UTF-8 where that is wrong",
                       file_, windows_1252_line_);
  }
  if (broken_line_ > 0) {
    note += fmt::format("{}{}:{}: bytes that are not UTF-8 here are shown as \ufffd", note.empty() ? "" : "; ", file_,
                        broken_line_);
  }
  return note;
}

}  // namespace monet::input
