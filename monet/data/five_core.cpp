#include "monet/data/five_core.h"

#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/text.h"

#include <array>

namespace monet::data {

namespace {
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Scanner {
 public:
  Scanner(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  template <class... Args>
  [[noreturn]] void fail_here(std::size_t offset, fmt::format_string<Args...> format, Args&&... args) const {
    fail_at(file_, text_, offset, format, std::forward<Args>(args)...);
  }

  std::size_t offset() const { return at_; }
  /// Where the id read last begins.
  std::size_t id_offset() const { return id_; }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }
  bool take(char wanted) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted, const char* where) {
    if (take(wanted)) return;
    if (at_ == text_.size()) fail_here(at_, "broken JSON: the file ends where '{}' {} is expected", wanted, where);
    fail_here(at_, "broken JSON: '{}' where '{}' {} is expected", excerpt(text_.substr(at_, 1)), wanted, where);
  }
  std::int32_t user() {
    expect('"', "before a user id");
    const std::size_t begin = id_ = at_;
    const auto end = text_.find_first_of("\"\n", begin);
    if (end == std::string_view::npos || text_[end] == '\n')
      fail_here(begin - 1, "broken JSON: the string is not closed");
    at_ = end + 1;
    const std::string_view digits = text_.substr(begin, end - begin);
    const ParsedId parsed = parse_id(digits);
    if (!parsed.good()) fail_here(begin, "user id \"{}\" {}", excerpt(digits), parsed.problem);
    return parsed.value;
  }
  std::int32_t item(std::int32_t user) {
    skip_space();
    const std::size_t begin = id_ = at_;
    while (at_ < text_.size() &&
           (is_digit(text_[at_]) || std::string_view("+-.eE").find(text_[at_]) != std::string_view::npos))
      ++at_;
    if (at_ == begin) {
      const std::string of = fmt::format("broken JSON: user \"{}\": ", user);
      if (at_ == text_.size()) fail_here(at_, "{}the file ends where an item id is expected", of);
      fail_here(at_, "{}'{}' where an item id is expected", of, excerpt(text_.substr(at_, 1)));
    }
    const std::string_view digits = text_.substr(begin, at_ - begin);
    const ParsedId parsed = parse_id(digits);
    if (!parsed.good()) fail_here(begin, "user \"{}\": item id {} {}", user, excerpt(digits), parsed.problem);
    return parsed.value;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t id_ = 0;
};

struct Seen {
  std::int32_t id = -1;
  std::size_t offset = 0;
  void meet(std::int32_t other, std::size_t where) {
    if (other > id) {
      id = other;
      offset = where;
    }
  }
  void merge_into(LargestId& largest, const std::string& file, std::string_view text) const {
    if (id <= largest.id) return;
    const Position at = position_of(text, offset);
    largest = {id, fmt::format("{}:{}:{}", file, at.line, at.column)};
  }
};
}  // namespace

void parse_five_core(std::string_view text, const std::string& file, Part part, Interactions& out) {
  out.crlf = out.crlf || text.find("\r\n") != std::string_view::npos;
  text = without_byte_order_mark(text, file, out.byte_order_mark);
  Scanner scanner(text, file);
  std::vector<Pair>& pairs = out.of(part);
  std::vector<bool> met;
  Seen largest_user;
  Seen largest_item;

  scanner.expect('{', "(an object from user ids to item ids) at the start");
  for (bool first = true; !scanner.take('}'); first = false) {
    if (!first) scanner.expect(',', "or '}' after a user");
    const std::int32_t user = scanner.user();
    const auto index = static_cast<std::size_t>(user);
    if (index >= met.size()) met.resize(index + 1);
    if (met[index]) scanner.fail_here(scanner.id_offset(), "user {} occurs twice; join its lists", user);
    met[index] = true;
    largest_user.meet(user, scanner.id_offset());
    scanner.expect(':', "after a user id");
    scanner.expect('[', "before the items of a user");
    for (bool first_item = true; !scanner.take(']'); first_item = false) {
      if (!first_item) scanner.expect(',', "or ']' after an item id");
      const std::int32_t item = scanner.item(user);
      largest_item.meet(item, scanner.id_offset());
      pairs.emplace_back(user, item);
    }
  }
  if (!scanner.at_end()) scanner.fail_here(scanner.offset(), "broken JSON: text after the closing '}}'");
  largest_user.merge_into(out.user, file, text);
  largest_item.merge_into(out.item, file, text);
}

Interactions read_five_core(const std::filesystem::path& folder) {
  constexpr std::array<std::pair<const char*, Part>, 3> kFiles = {
      {{"train.json", Part::train}, {"val.json", Part::validation}, {"test.json", Part::test}}};
  Interactions out;
  out.training_file = (folder / "train.json").string();
  for (const auto& [name, part] : kFiles) {
    const std::filesystem::path path = folder / name;
    if (!std::filesystem::exists(path)) {
      fail<IoError>("{}: missing; the layout needs train.json, val.json and test.json (a split may be {{}})",
                    path.string());
    }
    const files::MappedFile file(path);
    files::refuse_foreign_file(path.string(), file.text(), files::Wanted::text);
    parse_five_core(file.text(), path.string(), part, out);
  }
  return out;
}

}  // namespace monet::data
