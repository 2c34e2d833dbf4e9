#include "monet/input/literal_parser.h"

#include "monet/input/text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace monet::input {

namespace {
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}
bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_high_surrogate(std::uint32_t c) {
  return c >= 0xd800 && c < 0xdc00;
}
bool is_low_surrogate(std::uint32_t c) {
  return c >= 0xdc00 && c < 0xe000;
}

/// [digits][.digits][e[sign]digits][L|l|j is refused]
bool is_python_number(std::string_view word) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < word.size() && (is_digit(word[at]) || (at > from && word[at] == '_'))) ++at;
    return at > from;
  };
  bool any = digits();
  if (any && at + 1 == word.size() && (word[at] == 'L' || word[at] == 'l')) return true;
  if (at < word.size() && word[at] == '.') {
    ++at;
    any = digits() || any;
  }
  if (!any) return false;
  if (at < word.size() && (word[at] | 0x20) == 'e') {
    ++at;
    if (at < word.size() && (word[at] == '+' || word[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == word.size();
}

/// [-]digits[.digits][e[sign]digits] without leading zeros.
bool is_json_number(std::string_view word) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < word.size() && is_digit(word[at])) ++at;
    return at > from;
  };
  if (at < word.size() && word[at] == '-') ++at;
  const bool zero = at < word.size() && word[at] == '0';
  const std::size_t whole = at;
  if (!digits() || (zero && at > whole + 1)) return false;
  if (at < word.size() && word[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < word.size() && (word[at] | 0x20) == 'e') {
    ++at;
    if (at < word.size() && (word[at] == '+' || word[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == word.size();
}

class Parser {
 public:
  Parser(std::string_view text, bool json, RecordSink& sink, std::string& scratch)
      : text_(text), json_(json), sink_(sink), scratch_(scratch) {}

  Index lone_surrogates() const { return lone_surrogates_; }

  void record(std::string& key) {
    sink_.begin();
    skip_space();
    if (peek() != '{') {
      fail_here(json_ ? "no JSON object; expected '{…}' for each record"
                      : "expected a Python dict, '{…}', on each line");
    }
    ++at_;
    for (;;) {
      skip_space();
      if (peek() == '}') {
        refuse_trailing_comma('{');
        break;
      }
      Scalar name = read_key();
      key.assign(name.text);
      expect(':');
      const bool wanted = name.kind == Scalar::Kind::text && sink_.wants(key);
      value(wanted, {}, 0);
      if (!comma_or('}')) break;
    }
    ++at_;
    skip_space();
    if (at_ != text_.size()) fail_here(json_ ? "text after the end of the object" : "text after the end of the dict");
  }

 private:
  [[noreturn]] void fail_here(std::string_view what) const {
    fail<DataError>("column {}: {}, at '{}'", at_ + 1, what, excerpt(text_.substr(std::min(at_, text_.size()))));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  void expect(char c) {
    skip_space();
    if (peek() != c) fail_here(c == ':' ? "expected ':' after a key" : "unexpected text");
    ++at_;
  }
  /// After an entry: passes a comma (true), or stands at the closing bracket (false).
  bool comma_or(char closing) {
    skip_space();
    if (peek() == closing) return false;
    if (peek() != ',') fail_here(fmt::format("expected ',' or '{}'", closing));
    ++at_;
    return true;
  }

  /// JSON has none; stands at the closing bracket.
  void refuse_trailing_comma(char opening) const {
    if (!json_) return;
    const std::size_t before = text_.find_last_not_of(" \t\r\n\f", at_ - 1);
    if (text_[before] != opening) fail_here("a comma before a closing bracket is no JSON; take it out");
  }

  Scalar read_key() {
    skip_space();
    if (json_ && peek() != '"' && peek() != '\'') fail_here("not JSON: expected a key in double quotes");
    if (peek() == '(' || peek() == '[' || peek() == '{') fail_here("a key must be a string or number");
    return scalar(true);
  }

  void value(bool wanted, std::string_view inner_key, int depth) {
    skip_space();
    switch (peek()) {
      case '[': list(']', wanted, inner_key, depth); return;
      case '(':
        if (json_) break;
        list(')', wanted, inner_key, depth);
        return;
      case '{': dict(wanted, inner_key, depth); return;
      default: break;
    }
    Scalar found = scalar(wanted);
    found.inner_key = inner_key;
    if (wanted) sink_.scalar(found);
  }

  void go_deeper(int depth) {
    if (depth >= kDeepest) fail_here(fmt::format("brackets lie more than {} deep", kDeepest));
    ++at_;
  }

  void list(char closing, bool wanted, std::string_view inner_key, int depth) {
    go_deeper(depth);
    if (wanted) sink_.open(RecordSink::Bracket::list, inner_key);
    for (;;) {
      skip_space();
      if (peek() == closing) {
        refuse_trailing_comma('[');
        break;
      }
      value(wanted, inner_key, depth + 1);
      if (!comma_or(closing)) break;
    }
    ++at_;
    if (wanted) sink_.close();
  }

  void dict(bool wanted, std::string_view inner_key, int depth) {
    go_deeper(depth);
    if (wanted) sink_.open(RecordSink::Bracket::object, inner_key);
    std::string key;
    for (;;) {
      skip_space();
      if (peek() == '}') {
        refuse_trailing_comma('{');
        break;
      }
      const Scalar name = read_key();
      if (wanted) key.assign(name.text);
      expect(':');
      value(wanted, key, depth + 1);
      if (!comma_or('}')) break;
    }
    ++at_;
    if (wanted) sink_.close();
  }

  Scalar scalar(bool decode) { return json_ ? json_scalar(decode) : python_scalar(decode); }

  Scalar json_scalar(bool decode) {
    if (peek() == '"') return {Scalar::Kind::text, string(decode, false), {}};
    if (peek() == '\'') {
      fail_here(
          "single quotes: a Python dict among JSON; write it with json.dumps, or put such records in a file alone");
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '-' || text_[at_] == '+')) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "null") return {Scalar::Kind::null, {}, {}};
    if (word == "true" || word == "false") return {Scalar::Kind::boolean, word, {}};
    if (word == "NaN" || word == "Infinity" || word == "-Infinity" || is_json_number(word)) {
      return {Scalar::Kind::number, word, {}};
    }
    at_ = begin;
    if (word == "None" || word == "True" || word == "False" || word == "nan" || word == "inf") {
      fail_here("a Python dict among JSON; write it with json.dumps, or put such records in a file alone");
    }
    fail_here(begin == text_.size() ? "not JSON: the record ends too early" : "not a JSON value");
  }

  /// A string, number or word. `decode`: whether the text of a string is needed.
  Scalar python_scalar(bool decode) {
    const std::size_t begin = at_;
    std::size_t prefix = at_;
    while (prefix < text_.size() && prefix < begin + 2 && std::strchr("uUbBrR", text_[prefix]) != nullptr) ++prefix;
    if (prefix < text_.size() && (text_[prefix] == '\'' || text_[prefix] == '"')) {
      const std::string_view letters = text_.substr(begin, prefix - begin);
      at_ = prefix;
      return {Scalar::Kind::text, string(decode, letters.find_first_of("rR") != std::string_view::npos), {}};
    }
    bool sign = false;
    while (peek() == '-' || peek() == '+') {
      sign = true;
      ++at_;
      skip_space();
    }
    const std::size_t word_begin = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || is_exponent_sign(word_begin))) ++at_;
    const std::string_view word = text_.substr(word_begin, at_ - word_begin);
    if (word == "nan" || word == "inf" || is_python_number(word)) {
      std::string_view text = text_.substr(begin, at_ - begin);
      if (text.back() == 'L' || text.back() == 'l') text.remove_suffix(1);
      return {Scalar::Kind::number, text, {}};
    }
    if (!sign && word == "None") return {Scalar::Kind::null, {}, {}};
    if (!sign && word == "True") return {Scalar::Kind::boolean, "true", {}};
    if (!sign && word == "False") return {Scalar::Kind::boolean, "false", {}};
    at_ = begin;
    fail_here(begin == text_.size() ? "the line ends too early" : "no Python literal (names and calls are not read)");
  }

  bool is_exponent_sign(std::size_t word_begin) const {
    return (text_[at_] == '-' || text_[at_] == '+') && at_ > word_begin && (text_[at_ - 1] | 0x20) == 'e' &&
           is_digit(text_[word_begin]);
  }

  /// Stands at the opening quote; returns the decoded text (empty when it is not needed).
  std::string_view string(bool decode, bool raw) {
    const char quote = text_[at_];
    const std::size_t begin = ++at_;
    scratch_.clear();
    bool escaped = false;
    std::size_t plain = begin;  // of what is not in `scratch_` yet
    for (;;) {
      while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\\') {
        if (json_ && static_cast<unsigned char>(text_[at_]) < 0x20) {
          fail_here("not JSON: a control character inside a string, or a string that is not closed");
        }
        ++at_;
      }
      if (at_ >= text_.size()) {
        at_ = begin - 1;
        fail_here("a string is not closed");
      }
      if (text_[at_] == quote) break;
      if (at_ + 1 >= text_.size()) fail_here("the line ends inside a string");
      if (!decode || raw) {
        at_ += 2;
        continue;
      }
      escaped = true;
      scratch_.append(text_, plain, at_ - plain);
      escape();
      plain = at_;
    }
    const std::size_t end = at_++;
    if (!escaped) return text_.substr(begin, end - begin);
    scratch_.append(text_, plain, end - plain);
    return scratch_;
  }

  /// Stands at a backslash that is not the last character.
  void escape() {
    const char c = text_[at_ + 1];
    if (json_ && std::string_view("\"\\/bfnrtu").find(c) == std::string_view::npos) {
      fail_here("not JSON: an escape that it does not have");
    }
    at_ += 2;
    switch (c) {
      case '\n': return;
      case '\\': scratch_.push_back('\\'); return;
      case '\'': scratch_.push_back('\''); return;
      case '"': scratch_.push_back('"'); return;
      case '/':
        if (json_) {
          scratch_.push_back('/');
          return;
        }
        break;
      case 'a': scratch_.push_back('\a'); return;
      case 'b': scratch_.push_back('\b'); return;
      case 'f': scratch_.push_back('\f'); return;
      case 'n': scratch_.push_back('\n'); return;
      case 'r': scratch_.push_back('\r'); return;
      case 't': scratch_.push_back('\t'); return;
      case 'v': scratch_.push_back('\v'); return;
      case 'x': append_code(hex(2)); return;
      case 'u': append_unit(hex(4)); return;
      case 'U': append_unit(hex(8)); return;
      case 'N': at_ -= 2; fail_here("characters by name (\\N{…}) are not read");
      default: break;
    }
    if (c >= '0' && c <= '7') {
      auto code = static_cast<std::uint32_t>(c - '0');
      for (int digit = 1; digit < 3 && peek() >= '0' && peek() <= '7'; ++digit) {
        code = 8 * code + static_cast<std::uint32_t>(text_[at_++] - '0');
      }
      append_code(code);
      return;
    }
    scratch_.push_back('\\');  // as Python does with an escape that it does not know
    --at_;
    scratch_.push_back(text_[at_++]);
  }

  std::uint32_t hex(int digits) {
    std::uint32_t code = 0;
    for (int i = 0; i < digits; ++i) {
      const int digit = hex_digit(peek());
      if (digit < 0) fail_here(fmt::format("an escape needs {} hexadecimal digits", digits));
      code = 16 * code + static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return code;
  }

  void append_unit(std::uint32_t unit) {
    if (is_high_surrogate(unit) && text_.substr(at_, 2) == "\\u") {
      const std::size_t back = at_;
      at_ += 2;
      const std::uint32_t low = hex(4);
      if (is_low_surrogate(low)) return append_code(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
      at_ = back;
    }
    append_code(unit);
  }

  void append_code(std::uint32_t code) {
    if (code > 0x10ffff) fail_here("an escape stands for no character");
    const bool lone = is_high_surrogate(code) || is_low_surrogate(code);
    if (lone) ++lone_surrogates_;
    append_utf8(scratch_, lone ? 0xfffdU : code);
  }

  std::string_view text_;
  bool json_;
  RecordSink& sink_;
  std::string& scratch_;
  std::size_t at_ = 0;
  Index lone_surrogates_ = 0;
};
}  // namespace

void parse_literal(std::string_view record, Dialect dialect, RecordSink& sink, LiteralBuffers& buffers,
                   Index& lone_surrogates) {
  Parser parser(record, dialect == Dialect::json, sink, buffers.text);
  parser.record(buffers.key);
  lone_surrogates += parser.lone_surrogates();
}

}  // namespace monet::input
