#include "monet/sharded/names_part.h"

#include "monet/core/error.h"
#include "monet/data/assemble.h"
#include "monet/data/id_map.h"
#include "monet/data/name_table.h"
#include "monet/dist/collectives.h"
#include "monet/input/line_reader.h"
#include "monet/input/utf8.h"
#include "monet/sharded/records.h"
#include "monet/sharded/text_part.h"
#include "monet/sharded/together.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <unordered_map>

namespace monet::sharded {

namespace {

/// What is wrong in the first line that something is wrong in. Of one line the least kind counts: a line is read before
/// its row is looked at, and the row before the name.
class FirstComplaint {
 public:
  enum class Kind { line, row, name };

  void add(Index line, Kind kind, std::string what) {
    const Index place = 3 * line + static_cast<Index>(kind);
    if (place >= place_) return;
    place_ = place;
    what_ = std::move(what);
  }
  /// The same with what `refuse` throws.
  void add(Index line, Kind kind, const std::function<void()>& refuse) {
    try {
      refuse();
    } catch (const DataError& error) {
      add(line, kind, error.what());
    }
  }
  /// Throws the first of all processes, in all; nothing where nobody complains.
  void settle(dist::Communicator& world) {
    const Index first = dist::all_reduced(world, place_, dist::Reduction::least);
    if (first == kNowhere) return;
    const Index mine = place_ == first ? world.rank() : world.size();
    dist::broadcast(world, what_, static_cast<int>(dist::all_reduced(world, mine, dist::Reduction::least)));
    throw DataError(what_);
  }

 private:
  static constexpr Index kNowhere = std::numeric_limits<Index>::max();
  Index place_ = kNowhere;
  std::string what_;
};

/// Which process sees all uses of a name: the same program runs everywhere.
int keeper_of(std::string_view name, int processes) {
  return static_cast<int>(std::hash<std::string_view>()(name) % static_cast<std::size_t>(processes));
}

/// The lines of a process's part of a map.
class MapPart {
 public:
  MapPart(const TextPart& text, const std::string& file)
      : stream_(text),
        lines_(stream_, file),
        rows_(file, text.bytes['\n'] + text.bytes['\r']),
        first_number_(text.first_number) {}

  /// Whether lines can be told apart in ranges.
  bool begin(bool is_first, FirstComplaint& complaint) {
    lines_.next();
    if (lines_.declared_separator() != '\0' || input::trimmed(lines_.line()).empty()) return false;
    complaint.add(1, FirstComplaint::Kind::line, [&] {
      std::optional<data::NamedRow> row = rows_.read(lines_.line(), 1);
      if (is_first) waiting_ = std::move(row);
    });
    lines_.go_on_at(first_number_);
    return true;
  }

  /// The next row that is named; nothing at the end, and where there is something to complain.
  std::optional<data::NamedRow> next(FirstComplaint& complaint) {
    if (waiting_) {
      number_ = 1;
      return std::exchange(waiting_, std::nullopt);
    }
    std::optional<data::NamedRow> row;
    complaint_number_ = lines_.number() + 1;
    try {
      while (!row && lines_.next()) {
        row = rows_.read(lines_.line(), lines_.number());
        complaint_number_ = lines_.number() + 1;
      }
    } catch (const DataError& error) {
      complaint.add(complaint_number_, FirstComplaint::Kind::line, error.what());
    }
    number_ = lines_.number();
    return row;
  }
  Index number() const { return number_; }
  const data::IdMapLines& rows() const { return rows_; }

 private:
  TextPartStream stream_;
  input::LineReader lines_;
  data::IdMapLines rows_;
  Index first_number_;
  std::optional<data::NamedRow> waiting_;
  Index number_ = 0;
  Index complaint_number_ = 0;
};

struct NamedAt {
  Index line = 0;
  std::string name;
};

/// What a process learns of its rows, and of the names that it keeps.
class Learnt {
 public:
  explicit Learnt(dist::Share own) : own_(own), rows_(static_cast<std::size_t>(own.end - own.begin)) {}

  void take_row(const Record& record, const data::IdMapLines& map, FirstComplaint& complaint) {
    const bool is_own = record.row >= own_.begin && record.row < own_.end;
    NamedAt& at = is_own ? rows_[static_cast<std::size_t>(record.row - own_.begin)] : beyond_[record.row];
    if (at.line == 0) {
      at = {record.line, std::string(record.text)};
      return;
    }
    NamedAt other{record.line, std::string(record.text)};
    if (other.line < at.line) std::swap(at, other);
    complaint.add(other.line, FirstComplaint::Kind::row,
                  [&] { map.refuse_row(other.line, record.row, at.name, other.name); });
  }

  void take_name(const Record& record, const data::IdMapLines& map, FirstComplaint& complaint) {
    const auto index = static_cast<std::size_t>(names_.add(record.text));
    if (index == lines_of_names_.size()) {
      lines_of_names_.push_back(record.line);
      return;
    }
    Index& line = lines_of_names_[index];
    const Index later = std::max(line, record.line);
    line = std::min(line, record.line);
    complaint.add(later, FirstComplaint::Kind::name, [&] { map.refuse_name(later, record.text); });
  }

  bool knows(std::string_view name) const { return names_.find(name) >= 0; }

  std::vector<std::string> names_of_rows() {
    std::vector<std::string> names;
    names.reserve(rows_.size());
    for (NamedAt& at : rows_) names.push_back(std::move(at.name));
    rows_ = {};
    return names;
  }

 private:
  dist::Share own_;
  std::vector<NamedAt> rows_;
  std::unordered_map<std::int32_t, NamedAt> beyond_;  // rows that the dataset does not have
  data::NameTable names_;
  std::vector<Index> lines_of_names_;
};

/// Marks numbers of rows until no name is the same.
void mark_numbers(dist::Communicator& world, std::vector<std::string*> numbers, const Learnt& learnt) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 16;
  while (in_any(world, !numbers.empty())) {
    std::vector<std::string*> pending;
    for (; !numbers.empty() && pending.size() < kAtOnce; numbers.pop_back()) pending.push_back(numbers.back());
    do {
      Records questions(world.size());
      for (std::size_t n = 0; n < pending.size(); ++n) {
        questions.add(keeper_of(*pending[n], world.size()), {0, static_cast<std::int32_t>(n), *pending[n]});
      }
      Records answers(world.size());
      questions.deliver(world, [&](int process, const Record& asked) {
        if (learnt.knows(asked.text)) answers.add(process, {0, asked.row, {}});
      });
      std::vector<std::string*> taken;
      answers.deliver(world, [&](int /*process*/, const Record& answer) {
        taken.push_back(pending[static_cast<std::size_t>(answer.row)]);
      });
      for (std::string* number : taken) *number = fmt::format("#{}", *number);
      pending = std::move(taken);
    } while (in_any(world, !pending.empty()));
  }
}

std::vector<std::string> numbers_of(dist::Share rows) {
  std::vector<std::string> names;
  for (Index row = rows.begin; row < rows.end; ++row) names.push_back(std::to_string(row));
  return names;
}

}  // namespace

std::optional<std::vector<std::string>> read_names(dist::Communicator& world,
                                                   const std::optional<std::filesystem::path>& map, const char* what,
                                                   const Ranges& rows, data::Notes& notes, std::size_t round_bytes) {
  const dist::Share own = rows.of(world.rank());
  if (!map) return numbers_of(own);
  const std::string file = map->string();
  const std::optional<TextPart> text = cut_text(world, *map);
  if (!text || text->bytes['\0'] > 0) return std::nullopt;
  FirstComplaint complaint;
  MapPart part(*text, file);
  bool begun = false;
  together(world, [&] { begun = part.begin(world.is_first(), complaint); });
  if (!begun) return std::nullopt;

  Learnt learnt(own);
  Records by_row(world.size());
  Records by_name(world.size());
  Index beyond = 0;
  bool more = true;
  const std::size_t at_once = std::max(round_bytes / static_cast<std::size_t>(world.size()), std::size_t{1});
  while (in_any(world, more)) {
    together(world, [&] {
      while (more && by_row.bytes() < at_once) {
        const std::optional<data::NamedRow> named = part.next(complaint);
        more = named.has_value();
        if (!named) break;
        const bool is_there = named->row < rows.rows();
        if (!is_there) ++beyond;
        const Record record{part.number(), named->row, named->name};
        by_row.add(is_there ? rows.owner(named->row) : named->row % world.size(), record);
        by_name.add(keeper_of(named->name, world.size()), record);
      }
    });
    by_row.deliver(world, [&](int, const Record& record) { learnt.take_row(record, part.rows(), complaint); });
    by_name.deliver(world, [&](int, const Record& record) { learnt.take_name(record, part.rows(), complaint); });
  }
  complaint.settle(world);

  std::vector<std::string> names = learnt.names_of_rows();
  std::vector<std::string*> unnamed;
  for (std::size_t r = 0; r < names.size(); ++r) {
    if (!names[r].empty()) continue;
    names[r] = std::to_string(own.begin + static_cast<Index>(r));
    unnamed.push_back(&names[r]);
  }
  data::note_names(file, what, dist::all_reduced(world, beyond),
                   dist::all_reduced(world, static_cast<Index>(unnamed.size())), notes);
  mark_numbers(world, std::move(unnamed), learnt);
  return names;
}

}  // namespace monet::sharded
