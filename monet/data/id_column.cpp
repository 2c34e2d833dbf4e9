#include "monet/data/id_column.h"

#include "monet/core/error.h"
#include "monet/data/id_style.h"
#include "monet/data/text.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"

#include <optional>
#include <utility>

namespace monet::data {

IdColumn::IdColumn(const char* what, bool are_rows, const IdMap* map) : what_(what), are_rows_(are_rows), map_(map) {
  if (map_ == nullptr) return;
  for (std::size_t row = 0; row < map_->names.size(); ++row) {
    if (map_->names[row].empty()) continue;
    rows_of_names_.push_back(static_cast<std::int32_t>(row));
    names_.add(map_->names[row]);
  }
}

std::int32_t IdColumn::read(std::string_view field, Index line) {
  if (!decided_) {
    sample_.emplace_back(input::trimmed(field).substr(0, kSampledBytes));
    const std::string problem = sample_.size() == kSampledValues ? decide() : std::string();
    if (!problem.empty()) fail<DataError>("{}", problem);
  }
  if (field == last_ && index_ >= 0) return index_;  // tables are often sorted by user
  index_ = look_up(input::checked_id(field, what_));
  last_ = field;
  if (index_ > largest_) {
    largest_ = index_;
    largest_line_ = line;
  }
  return index_;
}

LargestId IdColumn::largest(const std::string& file) const {
  return {largest_, fmt::format("{}:{}", file, largest_line_)};
}

std::int32_t IdColumn::look_up(std::string_view name) {
  if (map_ != nullptr) {
    std::int32_t known = names_.find(name);
    if (known < 0) {  // 11.0 is the 11 of the map
      if (const auto digits = input::whole_float(name)) known = names_.find(*digits);
    }
    if (known < 0) fail<DataError>("{} '{}' is not in {}", what_, excerpt(name), map_->file);
    return rows_of_names_[static_cast<std::size_t>(known)];
  }
  if (are_rows_) {
    const ParsedId id = parse_id(name);
    if (!id.good()) fail<DataError>("{} id '{}' {}", what_, excerpt(name), id.problem);
    return id.value;
  }
  const std::optional<std::string> digits = whole_ ? input::whole_float(name) : std::nullopt;
  return names_.add(digits ? *digits : name);
}

/// Names that were read before it was known how they are written get their digits now. Returns what is wrong with them.
std::string IdColumn::decide() {
  decided_ = true;
  whole_ = map_ == nullptr && !are_rows_ && are_whole_floats(sample_);
  if (!whole_) return {};
  last_.clear();
  index_ = -1;
  std::int32_t index = 0;
  for (const std::string& name : names_.take_names()) {
    if (look_up(name) == index++) continue;
    return fmt::format("{} '{}' is written with fewer zeros behind the point, too; write it in one way", what_,
                       excerpt(name));
  }
  return {};
}

std::vector<std::string> IdColumn::take_names(const std::string& file, std::vector<std::string>& notes) {
  const std::string problem = decided_ ? std::string() : decide();
  if (!problem.empty()) fail<DataError>("{}: {}", file, problem);
  if (are_rows_ || map_ != nullptr) return {};
  if (whole_) {
    notes.push_back(fmt::format("{}: {} ids are whole numbers written as floats: '{}' is kept as {}", file, what_,
                                sample_.front(), *input::whole_float(sample_.front())));
  }
  return names_.take_names();
}

void IdColumn::refuse_lists(const std::string& file, const std::string& column) const {
  const ItemListStyle style = item_list_style(column, column, sample_);
  if (!style.any()) return;
  for (const std::string& value : sample_) {
    const bool is_list =
        style.in_brackets ? value.find_first_of("[({") == 0 : value.find(style.separator) != value.npos;
    if (!is_list) continue;
    fail<DataError>(
        "{}: '{}' holds lists of items, as '{}'; make a dataset of it, an interaction for each: "
        "monet prepare {} --out DIR",
        file, column, excerpt(value), file);
  }
}

}  // namespace monet::data
