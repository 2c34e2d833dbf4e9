#include "monet/data/delimited.h"

#include "monet/data/text.h"

#include <algorithm>
#include <cstring>

namespace monet::data {

namespace {
std::string_view first_line(const char* begin, const char* end) {
  const std::string_view rest(begin, static_cast<std::size_t>(end - begin));
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}
}  // namespace

DelimitedReader::DelimitedReader(std::string_view text, std::string file, char separator) : file_(std::move(file)) {
  text = without_byte_order_mark(text, file_, byte_order_mark_);
  at_ = text.data();
  end_ = at_ + text.size();
  const char detected = detect_separator(first_line(at_, end_));
  separator_ = separator == '\0' ? detected : separator;
  if (!read_record()) fail<DataError>("{}: empty; expected a header line that names the columns", file_);
  for (const std::string_view name : fields_) header_.emplace_back(name);
  if (separator != '\0' && header_.size() == 1 && detected != '\0') {
    fail<DataError>("{}:1: the header is separated by {}, not by {}; give the separator of the file", file_,
                    describe_separator(detected), describe_separator(separator));
  }
}

std::string DelimitedReader::where() const {
  return fmt::format("{}:{}", file_, line_);
}

bool DelimitedReader::next() {
  const char* begin = at_;
  if (!read_record()) return false;
  if (fields_.size() != header_.size()) fail_fields(begin);
  return true;
}

bool DelimitedReader::read_record() {
  fields_.clear();
  unescaped_.clear();
  for (;;) {  // blank lines
    if (at_ == end_) return false;
    if (*at_ == '\n') {
      ++at_;
    } else if (*at_ == '\r' && (at_ + 1 == end_ || at_[1] == '\n')) {
      at_ += at_ + 1 == end_ ? 1 : 2;
    } else {
      break;
    }
    ++next_line_;
  }
  line_ = next_line_;
  const char separator = separator_;
  const char* at = at_;
  for (;;) {
    if (at != end_ && *at == '"') {
      at = read_quoted(at);
    } else {
      const char* begin = at;
      while (at != end_ && *at != separator && *at != '\n') ++at;
      fields_.emplace_back(begin, static_cast<std::size_t>(at - begin));
    }
    if (at == end_ || *at == '\n') break;
    ++at;  // the separator
  }
  std::string_view& last = fields_.back();
  if (!last.empty() && last.back() == '\r') {
    last.remove_suffix(1);
    crlf_ = true;
  }
  if (at != end_) ++at;
  ++next_line_;
  at_ = at;
  return true;
}

/// Reads a quoted field that begins at `at` and returns the place of the separator or line end after it.
const char* DelimitedReader::read_quoted(const char* at) {
  const char* begin = at + 1;
  const char* from = begin;
  std::string joined;
  bool doubled = false;
  for (;;) {
    const auto* quote = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end_ - from)));
    if (quote == nullptr) fail<DataError>("{}:{}: a quoted field is not closed", file_, line_);
    if (quote + 1 == end_ || quote[1] != '"') {
      at = quote;
      break;
    }
    doubled = true;
    joined.append(from, quote + 1);
    from = quote + 2;
  }
  next_line_ += std::count(begin, at, '\n');
  if (doubled) {
    joined.append(from, at);
    fields_.emplace_back(unescaped_.emplace_back(std::move(joined)));
  } else {
    fields_.emplace_back(begin, static_cast<std::size_t>(at - begin));
  }
  ++at;
  if (at != end_ && *at == '\r' && (at + 1 == end_ || at[1] == '\n')) {
    ++at;
    crlf_ = true;
  }
  if (at != end_ && *at != separator_ && *at != '\n') {
    fail<DataError>("{}:{}: text after a closing quote; double the quotes inside a quoted field", file_, line_);
  }
  return at;
}

void DelimitedReader::fail_fields(const char* begin) const {
  while (begin != end_ && (*begin == '\n' || *begin == '\r')) ++begin;
  const char seen = detect_separator(first_line(begin, end_));
  const std::string remedy =
      seen != separator_ && fields_.size() == 1
          ? fmt::format("this line looks separated by {}; use one separator throughout", describe_separator(seen))
          : "quote fields that hold the separator, and give every line all fields";
  fail<DataError>("{}: {} field{} where the header has {} (separated by {}); {}", where(), fields_.size(),
                  fields_.size() == 1 ? "" : "s", header_.size(), describe_separator(separator_), remedy);
}

}  // namespace monet::data
