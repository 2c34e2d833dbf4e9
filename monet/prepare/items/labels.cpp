#include "monet/prepare/items/labels.h"

#include "monet/core/error.h"
#include "monet/input/json_record.h"
#include "monet/input/line_reader.h"
#include "monet/input/python_record.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <utility>

namespace monet::prepare {

namespace {
using input::trimmed;
constexpr std::size_t kNowhere = std::string_view::npos;

// Lists written as text.

/// What a list says: scalars, each with the key it has in an object.
class ListContent : public input::RecordSink {
 public:
  bool wants(std::string_view /*key*/) override { return true; }
  void scalar(const input::Scalar& scalar) override {
    if (scalar.kind == input::Scalar::Kind::null) return;
    entries_.push_back({scalar.kind, std::string(scalar.text), std::string(scalar.inner_key)});
  }

  std::vector<std::string> labels() const {
    const std::vector<std::string_view> found = labels_of(entries_);
    return {found.begin(), found.end()};
  }

 private:
  std::vector<LabelEntry> entries_;
};

std::optional<std::vector<std::string>> parsed_by(input::RecordParser& parser, std::string_view before,
                                                  std::string_view cell) {
  std::string record(before);
  record += cell;
  record += '}';
  const std::size_t length = record.size();
  record.append(input::LineReader::kPadding, ' ');
  ListContent content;
  try {
    parser.parse(std::string_view(record).substr(0, length), content);
  } catch (const DataError&) {
    return std::nullopt;
  }
  return content.labels();
}

/// The words of `inside` between commas; what is quoted is one word, also without a comma behind it.
std::vector<std::string> loose_words(std::string_view inside) {
  constexpr std::string_view kBetween = ",{}[] \t\r\n";
  std::vector<std::string> words;
  for (std::size_t at = inside.find_first_not_of(kBetween); at < inside.size();
       at = inside.find_first_not_of(kBetween, at)) {
    const char first = inside[at];
    if (first == '"' || first == '\'') {
      std::string word;
      for (++at; at < inside.size() && inside[at] != first; ++at) {
        if (inside[at] == '\\' && at + 1 < inside.size()) ++at;
        word += inside[at];
      }
      at = std::min(at + 1, inside.size());
      words.push_back(std::move(word));
    } else {
      const std::size_t end = std::min(inside.find_first_of(",{}[]", at), inside.size());
      const std::string_view word = trimmed(inside.substr(at, end - at));
      if (word != "NULL") words.emplace_back(word);
      at = end;
    }
  }
  return words;
}

// Separators.

/// Whether the semicolon at `at` ends an entity of HTML (`&amp;`).
bool ends_entity(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongest = 10;
  std::size_t begin = at;
  while (begin > 0 && at - begin < kLongest) {
    const char c = text[--begin];
    if (c == '&') return begin + 1 < at;
    if (c != '#' && std::isalnum(static_cast<unsigned char>(c)) == 0) return false;
  }
  return false;
}

std::size_t find_separator(std::string_view text, char separator, std::size_t from) {
  std::size_t at = text.find(separator, from);
  while (separator == ';' && at != kNowhere && ends_entity(text, at)) at = text.find(separator, at + 1);
  return at;
}

/// Calls `take` with each part of `text`.
template <class Take>
void each_part(std::string_view text, char separator, Take&& take) {
  for (std::size_t at = 0;;) {
    const std::size_t end = separator == '\0' ? kNowhere : find_separator(text, separator, at);
    take(trimmed(text.substr(at, end - at)));
    if (end == kNowhere) return;
    at = end + 1;
  }
}

/// Calls `take` with each label on a path: `A > B`, `A >> B`, `A -> B`, `A › B`, `A » B`.
template <class Take>
void each_step(std::string_view path, Take&& take) {
  if (path.find('<') != kNowhere) return take(path);  // a tag
  struct Arrow {
    std::string_view text;
    std::size_t next = 0;  // where it comes next, from `done` on
  };
  std::array<Arrow, 3> arrows = {{{">"}, {"\u203a"}, {"\u00bb"}}};
  for (Arrow& arrow : arrows) arrow.next = path.find(arrow.text);
  const std::string_view whole = path;
  for (;;) {
    const std::size_t done = whole.size() - path.size();
    std::size_t at = kNowhere;
    std::size_t length = 0;
    for (Arrow& arrow : arrows) {
      // Each is sought once over the text, however many of another there are.
      if (arrow.next < done) arrow.next = whole.find(arrow.text, done);
      if (arrow.next != kNowhere && arrow.next - done < at) at = arrow.next - done, length = arrow.text.size();
    }
    std::string_view step = trimmed(path.substr(0, at));
    if (at != kNowhere && at > 0 && (path[at - 1] == '-' || path[at - 1] == '=')) {
      step = trimmed(path.substr(0, at - 1));
    }
    take(step);
    if (at == kNowhere) return;
    path.remove_prefix(at + length);
  }
}

/// Labels in order, each once.
class Joined {
 public:
  void add(std::string_view label) {
    std::string clean = input::clean_text(label);
    if (clean.empty() || !is_new(clean)) return;
    if (!text_.empty()) text_ += '|';
    text_ += clean;
    ++size_;
  }
  std::string take() { return std::move(text_); }

 private:
  /// A few labels are compared one by one, many are looked up.
  bool is_new(const std::string& label) {
    constexpr std::size_t kFew = 8;
    if (size_ < kFew) {
      for (std::size_t at = 0; at < text_.size();) {
        const std::size_t end = std::min(text_.find('|', at), text_.size());
        if (std::string_view(text_).substr(at, end - at) == label) return false;
        at = end + 1;
      }
      return true;
    }
    if (seen_.empty()) each_part(text_, '|', [&](std::string_view known) { seen_.emplace(known); });
    return seen_.insert(label).second;
  }

  std::string text_;
  std::size_t size_ = 0;
  std::unordered_set<std::string> seen_;
};
}  // namespace

std::vector<std::string_view> labels_of(const std::vector<LabelEntry>& entries) {
  std::vector<std::string_view> labels;
  const auto take = [&](auto&& is_label, bool key) {
    for (const LabelEntry& entry : entries) {
      if (is_label(entry)) labels.emplace_back(key ? entry.key : entry.text);
    }
    return !labels.empty();
  };
  if (take([](const LabelEntry& entry) { return entry.key.empty(); }, false)) return labels;
  for (const char* name : {"name", "title", "label", "category", "genre", "value", "slug"}) {
    if (take([&](const LabelEntry& entry) { return entry.key == name; }, false)) return labels;
  }
  const auto is_text = [](const LabelEntry& entry) { return entry.kind == input::Scalar::Kind::text; };
  if (take(is_text, false)) return labels;
  take([](const LabelEntry& entry) { return entry.key != "id" && entry.text != "false" && entry.text != "0"; }, true);
  return labels;
}

std::optional<std::vector<std::string>> labels_of_list(std::string_view cell) {
  cell = trimmed(cell);
  if (cell.size() < 2) return std::nullopt;
  const char first = cell.front();
  const char last = cell.back();
  const bool square = first == '[' && last == ']';
  const bool round = first == '(' && last == ')';
  const bool curly = first == '{' && last == '}';
  if (!square && !round && !curly) return std::nullopt;
  if (!round) {
    static thread_local input::JsonRecordParser json;
    if (auto labels = parsed_by(json, "{\"list\":", cell)) return labels;
  }
  input::PythonRecordParser python;
  if (auto labels = parsed_by(python, "{'list':", cell)) return labels;
  if (round) return std::nullopt;
  return loose_words(cell.substr(1, cell.size() - 2));
}

void LabelColumn::look(std::string_view cell) {
  cell = trimmed(cell);
  if (cell.empty() || cell.front() == '[' || cell.front() == '{') return;
  sample_.emplace(cell);
}

void LabelColumn::decide() {
  std::size_t bars = 0;
  std::size_t semicolons = 0;
  std::size_t lines = 0;
  std::size_t commas = 0;
  for (const std::string& cell : sample_) {
    if (cell.find('|') != kNowhere) ++bars;
    if (find_separator(cell, ';', 0) != kNowhere) ++semicolons;
    if (cell.find('\n') != kNowhere) ++lines;
    if (cell.find(',') != kNowhere) ++commas;
  }
  constexpr std::size_t kOneIn = 10;  // of a separator to as many cells with commas: more is the column's habit
  if (bars > 0 && kOneIn * bars >= commas) {
    separator_ = '|';
  } else if (semicolons > 0 && kOneIn * semicolons >= commas) {
    separator_ = ';';
  } else if (lines > 0 && kOneIn * lines >= commas) {
    separator_ = '\n';
  } else {
    separator_ = commas_separate() ? ',' : '\0';
  }
  sample_.clear();
}

bool LabelColumn::commas_separate() const {
  struct Part {
    std::size_t cells = 0;
    std::size_t place = 0;
    bool moves = false;  // stands elsewhere in another cell, or alone
  };
  std::unordered_map<std::string_view, Part> parts;
  for (const std::string& cell : sample_) {
    std::unordered_set<std::string_view> here;
    std::size_t place = 0;
    const bool alone = cell.find(',') == kNowhere;
    each_part(cell, ',', [&](std::string_view label) {
      ++place;
      if (label.empty() || !here.insert(label).second) return;
      Part& part = parts[label];
      if (part.cells++ == 0) part.place = place;
      part.moves |= alone || part.place != place;
    });
  }
  std::size_t all = 0;
  std::size_t recurring = 0;
  bool moves = false;
  for (const std::string& cell : sample_) {
    if (cell.find(',') == kNowhere) continue;
    each_part(cell, ',', [&](std::string_view label) {
      if (label.empty()) return;
      const Part& part = parts[label];
      ++all;
      if (part.cells < 2) return;
      ++recurring;
      moves |= part.moves;
    });
  }
  return moves && 2 * recurring >= all;
}

std::string LabelColumn::read(std::string_view cell) const {
  Joined labels;
  const auto add = [&](std::string_view part) {
    each_part(part, '|',
              [&](std::string_view path) { each_step(path, [&](std::string_view step) { labels.add(step); }); });
  };
  if (const auto list = labels_of_list(cell)) {
    for (const std::string& label : *list) add(label);
  } else {
    each_part(cell, separator_, add);
  }
  return labels.take();
}

}  // namespace monet::prepare
