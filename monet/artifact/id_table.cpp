#include "monet/artifact/id_table.h"

#include "monet/core/error.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <unordered_set>
#include <utility>

namespace monet::artifact {

namespace {

/// `place()`: where the field stands, which is only asked for where it is wrong.
template <class Place>
std::string unescaped(std::string_view field, const Place& place) {
  if (field.find('\\') == std::string_view::npos) return std::string(field);
  if (std::optional<std::string> text = unescape_field(field)) return *std::move(text);
  fail<DataError>("{}: damaged: '\\' is not followed by t, n, r or '\\'", place());
}

}  // namespace

IdTable::IdTable(std::vector<std::string> ids, std::vector<std::string> titles)
    : ids_(std::move(ids)), titles_(std::move(titles)) {
  if (ids_.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail<DataError>("{} ids are more than a 32-bit index can tell apart", ids_.size());
  }
  index_.reserve(ids_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (!index_.emplace(ids_[i], static_cast<std::int32_t>(i)).second) {
      fail<DataError>("the id '{}' occurs twice (rows {} and {})", ids_[i], index_.at(ids_[i]), i);
    }
  }
}

std::shared_ptr<const IdTable> IdTable::extended(std::shared_ptr<const IdTable> base, std::vector<std::string> ids,
                                                 std::vector<std::string> titles,
                                                 const std::vector<std::string>& forgotten) {
  const std::unordered_set<std::string_view> again(ids.begin(), ids.end());
  if (again.size() != ids.size()) fail<DataError>("an id occurs twice among {} that are added", ids.size());
  if (base->size() + ids.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail<DataError>("{} ids are more than a 32-bit index can tell apart", base->size() + ids.size());
  }
  // Layers that are no larger than what comes become part of it, the nearest last.
  std::vector<std::shared_ptr<const IdTable>> merged;
  std::size_t count = ids.size() + forgotten.size();
  while (base->base_ && base->ids_.size() + base->forgotten_.size() <= count) {
    count += base->ids_.size() + base->forgotten_.size();
    merged.push_back(base);
    base = base->base_;
  }
  struct Layer {
    std::vector<std::string> ids, titles, forgotten;
  };
  std::vector<Layer> layers;  // the oldest first
  for (auto layer = merged.rbegin(); layer != merged.rend(); ++layer) {
    layers.push_back({(*layer)->ids_, (*layer)->titles_, (*layer)->forgotten_});
  }
  layers.push_back({std::move(ids), std::move(titles), forgotten});
  auto table = std::make_shared<IdTable>();
  table->first_ = base->size();
  table->ids_.reserve(count);
  table->forgotten_.reserve(count);  // the index views the texts, which must stay
  for (Layer& layer : layers) {
    // What was known of an id last holds: of each layer what it forgets, then what it adds.
    for (std::string& id : layer.forgotten) {
      table->index_[table->forgotten_.emplace_back(std::move(id))] = kForgotten;
    }
    for (std::string& id : layer.ids) {
      const auto index = static_cast<std::int32_t>(table->size());
      table->index_[table->ids_.emplace_back(std::move(id))] = index;
    }
    std::move(layer.titles.begin(), layer.titles.end(), std::back_inserter(table->titles_));
    table->titles_.resize(table->ids_.size());
  }
  table->base_ = std::move(base);
  return table;
}

std::string_view IdTable::title(std::int32_t index) const {
  const auto at = static_cast<std::size_t>(index);
  if (at < first_) return base_->title(index);
  return titles_.empty() ? std::string_view() : titles_[at - first_];
}

std::optional<std::int32_t> IdTable::find(std::string_view id) const {
  for (const IdTable* table = this; table != nullptr; table = table->base_.get()) {
    const auto found = table->index_.find(id);
    if (found == table->index_.end()) continue;
    return found->second == kForgotten ? std::nullopt : std::optional(found->second);
  }
  return std::nullopt;
}

std::string escape_field(std::string_view field) {
  std::string text;
  text.reserve(field.size());
  for (const char c : field) {
    switch (c) {
      case '\t': text += "\\t"; break;
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\\': text += "\\\\"; break;
      default: text += c;
    }
  }
  return text;
}

std::optional<std::string> unescape_field(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\') {
      text += field[i];
      continue;
    }
    const char code = ++i < field.size() ? field[i] : '\0';
    switch (code) {
      case 't': text += '\t'; break;
      case 'n': text += '\n'; break;
      case 'r': text += '\r'; break;
      case '\\': text += '\\'; break;
      default: return std::nullopt;
    }
  }
  return text;
}

std::string write_ids(std::span<const std::string> ids, std::span<const std::string> titles) {
  std::string text = titles.empty() ? "id\n" : "id\ttitle\n";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    text += escape_field(ids[i]);
    if (!titles.empty()) text.append(1, '\t').append(escape_field(titles[i]));
    text += '\n';
  }
  return text;
}

IdTable parse_ids(std::string_view text, const std::filesystem::path& file) {
  std::vector<std::string> ids;
  std::vector<std::string> titles;
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  ids.reserve(lines);
  bool with_titles = false;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const auto place = [&] { return fmt::format("{}:{}", file.string(), line_number); };
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) fail<DataError>("{}: damaged: the last line is cut off", place());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line_number == 1) {
      with_titles = line == "id\ttitle";
      if (!with_titles && line != "id") fail<DataError>("{}: damaged: the header is not 'id' or 'id⇥title'", place());
      if (with_titles) titles.reserve(lines);
      continue;
    }
    const std::size_t tab = line.find('\t');
    if ((tab != std::string_view::npos) != with_titles) {
      fail<DataError>("{}: damaged: expected {} columns", place(), with_titles ? 2 : 1);
    }
    ids.push_back(unescaped(line.substr(0, tab), place));
    if (with_titles) titles.push_back(unescaped(line.substr(tab + 1), place));
  }
  try {
    return IdTable(std::move(ids), std::move(titles));
  } catch (const DataError& error) {
    fail<DataError>("{}: damaged: {}", file.string(), error.what());
  }
}

}  // namespace monet::artifact
