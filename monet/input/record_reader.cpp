#include "monet/input/record_reader.h"

#include "monet/input/inside_object.h"
#include "monet/input/line_reader.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace monet::input {

namespace {
constexpr std::size_t kFirstRecordBytes = std::size_t{1} << 15;
}  // namespace

RecordReader::RecordReader(ByteStream& stream, std::string file)
    : stream_(stream), file_(std::move(file)), buffer_(kFirstRecordBytes + LineReader::kPadding) {}

void RecordReader::fail_at(Index line, std::string_view what) const {
  fail<Unreadable>("{}:{}: {}", file_, line, what);
}

/// Reads on, behind what is there; false at the end of the stream. Places move to the front with what they point at.
bool RecordReader::fill() {
  const std::size_t kept = is_marked_ ? marked_.at : place_.at;
  if (kept > 0) {
    std::memmove(buffer_.data(), buffer_.data() + kept, end_ - kept);
    end_ -= kept;
    place_.at -= kept;
    if (is_marked_) marked_.at = 0;
  }
  if (end_ + LineReader::kPadding == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t room = buffer_.size() - LineReader::kPadding - end_;
  const std::size_t count = stream_.read(std::span(buffer_).subspan(end_, room));
  end_ += count;
  return count > 0;
}

int RecordReader::peek(std::size_t ahead) {
  while (place_.at + ahead >= end_) {
    if (!fill()) return -1;
  }
  return static_cast<unsigned char>(buffer_[place_.at + ahead]);
}

void RecordReader::skip(std::size_t bytes) {
  const char* from = buffer_.data() + place_.at;
  place_.line += std::count(from, from + bytes, '\n');
  place_.at += bytes;
}

void RecordReader::skip_blank() {
  while (is_json_blank(peek())) skip(1);
}

/// Looks at the first bytes.
void RecordReader::begin() {
  if (begun_) return;
  begun_ = true;
  peek(2);
  const std::string_view start(buffer_.data(), std::min<std::size_t>(end_, 3));
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    fail_at(1, "the text is UTF-16; save it as UTF-8");
  }
  if (start == "\xef\xbb\xbf") place_.at = 3;
}

void RecordReader::look_inside(const IsRecordKey& is_record_key) {
  decide(&is_record_key);
}

/// How the records lie, from the first.
void RecordReader::decide(const IsRecordKey* is_record_key) {
  decided_ = true;
  begin();
  skip_blank();
  lines_ = peek() != '[';
  if (peek() != '{') return;
  const Scan first = scan();
  std::size_t behind = first.length;
  while (peek(behind) == ' ' || peek(behind) == '\t' || peek(behind) == '\r') ++behind;
  const int next = peek(behind);
  switch (first.end) {
    case Scan::End::whole: lines_ = next != '{' && (first.lines == 0 || (next != '\n' && next != -1)); break;
    case Scan::End::too_long: lines_ = false; break;
    case Scan::End::broken: lines_ = first.lines == 0; break;
    case Scan::End::cut: {
      const std::string_view text(buffer_.data() + place_.at, end_ - place_.at);
      const std::string_view line = trimmed(text.substr(0, text.find('\n')));
      lines_ = first.lines == 0 || (line.back() != '{' && line.back() != ',' && line.back() != '[');
      break;
    }
  }
  if (is_record_key == nullptr || first.end == Scan::End::broken) return;
  const InsideObject inside =
      look_inside_object({buffer_.data() + place_.at, std::min(first.length, end_ - place_.at)}, *is_record_key);
  if (inside.record_key || inside.lists.empty()) return;
  while (is_json_blank(peek(behind))) ++behind;
  if (inside.lists.size() > 1 && peek(behind) == -1) {
    fail_at(place_.line, fmt::format("one object with several lists of records, '{}' and '{}'; give a file with the "
                                     "one that is meant (jq -c '.{}[]' FILE)",
                                     inside.lists[0], inside.lists[1], inside.lists[0]));
  }
  if (inside.lists.size() > 1) return;
  wrapping_ = true;
  lines_ = false;
}

void RecordReader::mark() {
  if (!decided_) decide(nullptr);
  marked_ = place_;
  is_marked_ = true;
}

void RecordReader::rewind() {
  place_ = marked_;
  is_marked_ = false;
}

void RecordReader::hand_out(std::size_t bytes, Index lines) {
  record_ = {buffer_.data() + place_.at, bytes};
  number_ = place_.line;
  place_.at += bytes;
  place_.line += lines;
}

bool RecordReader::next() {
  return step(nullptr);
}

bool RecordReader::next(BadLines& bad_lines) {
  if (step(&bad_lines)) return true;
  if (converted_line_ > 0) {
    bad_lines.note(
        fmt::format("{}:{}: the text is not UTF-8 and is read as Windows-1252, or its broken characters as "
                    "\ufffd; save it as UTF-8 where that is wrong",
                    file_, converted_line_));
  }
  return false;
}

bool RecordReader::step(BadLines* bad_lines) {
  if (!decided_) decide(nullptr);
  if (!(lines_ ? next_line(bad_lines) : next_spanning())) return false;
  if (!is_utf8(record_)) to_utf8();
  return true;
}

void RecordReader::to_utf8() {
  if (converted_line_ == 0) converted_line_ = number_;
  converted_.clear();
  append_as_utf8(converted_, record_, guess_encoding(record_));
  const std::size_t length = converted_.size();
  converted_.append(LineReader::kPadding, '\0');
  record_ = std::string_view(converted_).substr(0, length);
}

/// Passes over the rest of a line, keeping none of it.
void RecordReader::skip_line() {
  for (;;) {
    const void* newline = std::memchr(buffer_.data() + place_.at, '\n', end_ - place_.at);
    if (newline != nullptr) {
      place_.at = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data());
      return skip(1);
    }
    place_.at = end_;
    if (!fill()) return;
  }
}

bool RecordReader::next_line(BadLines* bad_lines) {
  for (;;) {
    std::size_t searched = 0;
    const char* newline = nullptr;
    for (;;) {
      const char* from = buffer_.data() + place_.at + searched;
      newline = static_cast<const char*>(std::memchr(from, '\n', end_ - place_.at - searched));
      if (newline != nullptr) break;
      searched = end_ - place_.at;
      if (searched > LineReader::kLongestLine) break;
      if (!fill()) break;
    }
    if (newline == nullptr && searched > LineReader::kLongestLine) {
      if (bad_lines == nullptr || !bad_lines->skips()) {
        fail_at(place_.line, fmt::format("a line of more than {} MiB; expected one record per line",
                                         LineReader::kLongestLine >> 20));
      }
      bad_lines->refuse(file_, place_.line, fmt::format("a line of more than {} MiB", LineReader::kLongestLine >> 20));
      skip_line();
      continue;
    }
    const std::size_t end = newline != nullptr ? static_cast<std::size_t>(newline - buffer_.data()) : end_;
    if (end == place_.at && newline == nullptr) return false;
    hand_out(end - place_.at, 0);
    if (newline != nullptr) {
      ++place_.at;
      ++place_.line;
    }
    if (!record_.empty() && record_.back() == '\r') record_.remove_suffix(1);
    if (record_.starts_with("\xef\xbb\xbf")) record_.remove_prefix(3);  // of a file put behind another
    if (record_.ends_with("},")) record_.remove_suffix(1);              // of a list taken apart
    if (!trimmed(record_).empty()) return true;
  }
}

/// The object or list that begins here: brackets are matched, strings passed over.
RecordReader::Scan RecordReader::scan() {
  Scan found;
  brackets_.clear();
  char quote = '\0';
  char before = ':';  // the last character that is not blank
  std::size_t i = 0;
  for (;; ++i) {
    while (place_.at + i >= end_) {
      found.length = std::min(i, end_ - place_.at);
      if (i > LineReader::kLongestLine) return found.end = Scan::End::too_long, found;
      if (!fill()) return found.end = Scan::End::cut, found;
    }
    const char c = buffer_[place_.at + i];
    if (c == '\n') ++found.lines;
    if (quote != '\0') {
      if (c == '\\') {
        ++i;
        if (place_.at + i < end_ && buffer_[place_.at + i] == '\n') ++found.lines;
      } else if (c == quote) {
        quote = '\0';
      } else if (c == '\n') {  // no string holds one
        --found.lines;
        return {Scan::End::broken, i, found.lines};
      }
      continue;
    }
    if (is_json_blank(c)) continue;
    if (is_json_quote(c)) {
      quote = c;
    } else if (c == '{' || c == '[') {
      // A key or the end must come here: what was before is not whole.
      if (!brackets_.empty() && brackets_.back() == '{' && before != ':') return {Scan::End::broken, i, found.lines};
      brackets_.push_back(c);
    } else if (c == '}' || c == ']') {
      const char opening = c == '}' ? '{' : '[';
      if (brackets_.back() != opening) return {Scan::End::broken, i + 1, found.lines};
      brackets_.pop_back();
      if (brackets_.empty()) return {Scan::End::whole, i + 1, found.lines};
    }
    before = c;
  }
}

bool RecordReader::next_spanning() {
  for (;;) {
    while (is_json_blank(peek()) || peek() == ',') skip(1);
    const int c = peek();
    if (c == -1) {
      if (place_.level == Level::top) return false;
      fail_at(place_.list_line, "the list that begins here does not end: the file is cut off; fetch it again");
    }
    if (place_.resync) {
      pass_broken();
      continue;
    }
    switch (place_.level) {
      case Level::wrapping:
        if (c != '}') {
          pass_member();
          continue;
        }
        skip(1);
        place_.level = Level::top;
        place_.wrapped = false;
        continue;
      case Level::list:
        if (c == ']') {
          skip(1);
          place_.level = place_.wrapped ? Level::wrapping : Level::top;
          continue;
        }
        if (c == '{') return take_object();
        if (c == '[') {
          fail_at(place_.line, "the records are lists, which do not say what is what; write objects, or a CSV");
        }
        break;
      case Level::top:
        if (c == '[') {
          enter_list();
          continue;
        }
        if (c == '{' && wrapping_) {
          place_.list_line = place_.line;
          skip(1);
          place_.level = Level::wrapping;
          place_.wrapped = true;
          place_.had_list = false;
          continue;
        }
        if (c == '{') return take_object();
        break;
    }
    take_junk();
    return true;
  }
}

/// Passes over the rest of a broken record: to an object that follows a comma or begins a line, or to a closing bracket
/// that follows an object or begins a line.
void RecordReader::pass_broken() {
  place_.resync = false;
  int before = '\n';
  for (int c = peek(); c != -1; c = peek()) {
    if (c == '{' && (before == ',' || before == '\n')) return;
    if (c == ']' && (before == '}' || before == '\n')) return;
    if (c == '\n' || !is_json_blank(c)) before = c;
    skip(1);
  }
}

bool RecordReader::take_object() {
  const Scan found = scan();
  if (found.end == Scan::End::too_long) {
    fail_at(place_.line, fmt::format("a record of more than {} MiB", LineReader::kLongestLine >> 20));
  }
  if (found.end == Scan::End::cut && place_.level == Level::list) {
    fail_at(place_.line, "the record that begins here does not end: the file is cut off; fetch it again");
  }
  hand_out(found.length, found.lines);
  place_.resync = found.end == Scan::End::broken;
  return true;
}

/// What is no object, up to the comma, bracket or line end behind it: the parser says what is wrong with it.
void RecordReader::take_junk() {
  std::size_t length = 0;
  while (length < LineReader::kLongestLine) {
    const int c = peek(length);
    if (c == -1 || c == '\n' || (length > 0 && (c == ',' || c == ']'))) break;
    ++length;
  }
  hand_out(std::max<std::size_t>(length, 1), 0);
}

void RecordReader::enter_list() {
  place_.list_line = place_.line;
  skip(1);
  place_.level = Level::list;
}

/// Stands at a key of the object around the list: enters the list, or passes another value.
void RecordReader::pass_member() {
  const auto damaged = [&] { fail_at(place_.line, "the object around the records is no JSON"); };
  const auto pass_string = [&] {
    const int quote = peek();
    skip(1);
    while (peek() != quote) {
      if (peek() == -1) damaged();
      skip(peek() == '\\' && peek(1) != -1 ? 2 : 1);
    }
    skip(1);
  };
  if (!is_json_quote(peek())) damaged();
  pass_string();
  skip_blank();
  if (peek() != ':') damaged();
  skip(1);
  skip_blank();
  if (peek() == '[') {
    std::size_t ahead = 1;
    while (is_json_blank(peek(ahead))) ++ahead;
    if (peek(ahead) == '{') {
      if (place_.had_list) {
        fail_at(place_.line, "a second list of records in one object; give a file with the one that is meant");
      }
      place_.had_list = true;
      enter_list();
      return;
    }
  }
  if (is_json_quote(peek())) return pass_string();
  if (peek() == '{' || peek() == '[') {
    const Scan value = scan();
    if (value.end != Scan::End::whole) damaged();
    skip(value.length);
    return;
  }
  while (peek() != ',' && peek() != '}') {
    if (peek() == -1) damaged();
    skip(1);
  }
}

}  // namespace monet::input
