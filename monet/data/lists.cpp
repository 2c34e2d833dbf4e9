#include "monet/data/lists.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/split.h"
#include "monet/data/text.h"

#include <algorithm>
#include <set>

namespace monet::data {

namespace {
constexpr std::string_view kListBlanks = " \t\r";

/// The next line, without its end; takes it from `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The next word of a line, empty at its end; takes it from `line`.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kListBlanks), line.size()));
  const std::size_t end = std::min(line.find_first_of(kListBlanks), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

std::int32_t row_of(std::string_view word, const std::string& file, Index line, const char* what) {
  const ParsedId id = parse_id(word);
  if (!id.good()) {
    fail<DataError>("{}:{}: the {} '{}' {}; expected lists: a user's row number, then those of her items", file, line,
                    what, excerpt(word), id.problem);
  }
  return id.value;
}
}  // namespace

bool looks_like_lists(std::string_view text) {
  constexpr int kLook = 100;
  constexpr std::size_t kTableLike = 3;
  std::set<std::size_t> counts;
  for (int line = 0; line < kLook && !text.empty(); ++line) {
    std::string_view rest = take_line(text);
    if (text.empty() && line > 0 && rest.size() > 1000) break;  // cut off
    std::size_t count = 0;
    for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
      if (word.find_first_not_of("0123456789") != std::string_view::npos) return false;
      ++count;
    }
    if (count > 0) counts.insert(count);
  }
  if (counts.empty() || *counts.rbegin() < 2) return false;
  return counts.size() > 1 || *counts.begin() < kTableLike;
}

void parse_lists(std::string_view text, const std::string& file, Part part, Interactions& out) {
  text = without_byte_order_mark(text, file, out.byte_order_mark);
  for (Index number = 1; !text.empty(); ++number) {
    std::string_view line = take_line(text);
    if (line.ends_with('\r')) out.crlf = true;
    const std::string_view first = take_word(line);
    if (first.empty()) continue;
    const std::int32_t user = row_of(first, file, number, "user");
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
      const std::int32_t item = row_of(word, file, number, "item");
      if (item > out.item.id) out.item = {item, fmt::format("{}:{}", file, number)};
      out.of(part).emplace_back(user, item);
    }
    if (user > out.user.id) out.user = {user, fmt::format("{}:{}", file, number)};
  }
}

Interactions read_lists(const SplitFiles& files, std::uint64_t seed) {
  Interactions out;
  out.training_file = files.train.string();
  for (const auto& [path, part] : {std::pair(&files.train, Part::train), std::pair(&files.validation, Part::validation),
                                   std::pair(&files.test, Part::test)}) {
    if (path->empty()) continue;
    const files::MappedFile file(*path);
    parse_lists(file.text(), path->string(), part, out);
  }
  if (files.validation.empty()) draw_validation(out, seed);
  return out;
}

}  // namespace monet::data
