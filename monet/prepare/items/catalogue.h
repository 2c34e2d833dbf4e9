#pragma once

#include "monet/data/id_match.h"
#include "monet/data/name_table.h"
#include "monet/input/bad_lines.h"
#include "monet/input/record.h"
#include "monet/input/record_reader.h"
#include "monet/input/table_reader.h"
#include "monet/prepare/items/item_store.h"
#include "monet/prepare/items/labels.h"
#include "monet/prepare/options.h"

#include <string>
#include <utility>
#include <vector>

namespace monet::prepare {

/// Takes the entries of a catalogue and keeps those of the dataset's items. The first few thousand wait, as they are
/// the sample that tells how labels are written (`LabelColumn`).
class Catalogue {
 public:
  /// `names`: item id → row of `store`; with `keep_unseen` items that are not there are added to both.
  /// `called`: what the interactions call their items' column; empty: unknown.
  Catalogue(data::NameTable& names, ItemStore& store, bool keep_unseen, std::string called = {})
      : names_(names), store_(store), keep_unseen_(keep_unseen), called_(std::move(called)), touched_(store.size()) {}

  /// Cleans the texts and keeps the entry; its categories may be a cell with a list, or labels joined by '|'. An entry
  /// without an id is a DataError without a place. What is taken counts from the next `settle` on.
  void take(Item item);
  /// Whether the ids to come are whole numbers written as floats: 123.0 is 123.
  void read_ids_as(bool whole_floats) { whole_floats_ = whole_floats; }
  /// Keeps the entries that wait. To be called at the end of each file: another may write its labels another way.
  void settle();
  /// EnoughRead is thrown after this many entries.
  void stop_after(Index entries) { most_entries_ = entries; }
  /// The first few that were kept.
  const std::vector<Item>& first() const { return first_; }
  const std::string& called() const { return called_; }
  bool knows(std::string_view id) const { return names_.find(id) >= 0; }

  Index entries() const { return entries_; }
  /// How the entries met the items that somebody touched.
  const data::IdMatch& match() const { return match_; }
  Index repeated() const { return repeated_; }
  /// Whether no entry so far says anything but its id.
  bool is_without_texts() const { return without_texts_; }

 private:
  void decide();
  void keep(Index row, Item& item);

  data::NameTable& names_;
  ItemStore& store_;
  bool keep_unseen_;
  std::string called_;
  Index entries_ = 0;
  Index most_entries_ = 0;  // 0: no end
  std::vector<Item> first_;
  Index touched_;  // items of the interactions: rows before it
  data::IdMatch match_;
  Index repeated_ = 0;
  bool without_texts_ = true;
  bool whole_floats_ = false;
  bool decided_ = false;
  LabelColumn labels_;
  std::vector<std::pair<Index, Item>> waiting_;
  std::size_t waiting_bytes_ = 0;
};

/// Reads a catalogue of records: Amazon's metadata (Python literals or JSON), any JSON. The key of the ids is chosen
/// over the first of them (`choose_item_key`).
void read_record_catalogue(input::RecordReader& records, input::RecordParser& parser, const ItemColumns& columns,
                           input::BadLines& bad_lines, Catalogue& catalogue);

/// Reads a catalogue table. Without a category column, MovieLens' genres as columns of 0 and 1 are the categories.
/// `row_names`, when it is not empty, names the items by row number: a column `itemID` holds such numbers, and
/// `in_row_order` entry n belongs to `row_names[n]`. Throws DataError when there are more or fewer entries then.
void read_table_catalogue(input::TableReader& table, const ItemColumns& columns,
                          const std::vector<std::string>& row_names, bool in_row_order, input::BadLines& bad_lines,
                          Catalogue& catalogue);

}  // namespace monet::prepare
