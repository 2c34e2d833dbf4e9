// Any cell of a table is the names of pictures, labels, and a list of items or one item; lines of it are cells of one
// column. What comes out is clean text.
#include "monet/prepare/item_lists.h"
#include "monet/prepare/items/labels.h"
#include "monet/prepare/items/picture_names.h"
#include "fuzz/raw_text.h"

#include <set>

namespace {
using namespace monet::prepare;

void pictures(std::string_view cell) {
  std::set<std::pair<std::string, bool>> seen;
  for (const PictureName& name : picture_names(cell)) {
    if (name.path.empty() || name.path.find('\\') != std::string::npos) std::abort();
    if (!seen.emplace(name.path, name.remote).second) std::abort();
  }
}

void labels(const std::vector<std::string>& cells) {
  LabelColumn column;
  for (const std::string& cell : cells) column.look(cell);
  column.decide();
  for (const std::string& cell : cells) {
    const std::string labels = column.read(cell);
    if (monet::input::clean_text(labels) != labels) std::abort();
    if (labels.starts_with('|') || labels.ends_with('|')) std::abort();
  }
}

void items(const std::vector<std::string>& cells, const char* name) {
  Survey survey;
  KeySurvey key;
  key.root = name;
  for (const std::string& cell : cells) key.values.push_back(cell.substr(0, 64));
  const monet::data::ItemListStyle style = item_list_style(key);
  unread_item_list(key);
  ItemLists lists(style);
  InteractionLog log({});
  for (const std::string& cell : cells) {
    try {
      lists.add({"u", cell, {}, {}}, log);
    } catch (const monet::DataError&) {
    }
  }
  log.settle();
  for (const std::string& item : log.item_names.take_names()) {
    if (item.empty() || item.find_first_of("\t\n") != std::string::npos) std::abort();
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = monet::fuzz::text_of(data, size);
  if (!monet::input::is_utf8(text)) return 0;  // readers hand out UTF-8
  pictures(text);
  labels({std::string(text)});
  std::vector<std::string> cells;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    cells.emplace_back(text.substr(0, end));
    pictures(cells.back());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  labels(cells);
  items(cells, "item_id");
  items(cells, "product_ids");
  items(cells, "item_id:token_seq");
  return 0;
}
