#pragma once

#include "monet/data/name_table.h"
#include "monet/input/bad_lines.h"
#include "monet/input/record.h"
#include "monet/input/table_reader.h"
#include "monet/prepare/items/item_store.h"
#include "monet/prepare/options.h"

#include <string>
#include <vector>

namespace monet::prepare {

/// Takes the entries of a catalogue and keeps those of the dataset's items.
class Catalogue {
 public:
  /// `names`: item id → row of `store`; with `keep_unseen` items that are not there are added to both.
  Catalogue(data::NameTable& names, ItemStore& store, bool keep_unseen)
      : names_(names), store_(store), keep_unseen_(keep_unseen) {}

  /// Cleans the texts and keeps the entry. An entry without an id is a DataError without a place.
  void take(Item item);
  bool knows(std::string_view id) const { return names_.find(id) >= 0; }

  Index entries() const { return entries_; }
  Index of_other_items() const { return of_other_items_; }
  Index repeated() const { return repeated_; }

 private:
  data::NameTable& names_;
  ItemStore& store_;
  bool keep_unseen_;
  Index entries_ = 0;
  Index of_other_items_ = 0;
  Index repeated_ = 0;
};

/// Reads a catalogue of records: Amazon's metadata (Python literals or JSON), JSON lines.
void read_record_catalogue(input::LineReader& lines, input::RecordParser& parser, const ItemColumns& columns,
                           input::BadLines& bad_lines, Catalogue& catalogue);

/// Reads a catalogue table. Without a category column, MovieLens' genres as columns of 0 and 1 are the categories.
/// `row_names`, when it is not empty, names the items by row number: entry n belongs to `row_names[n]`.
void read_table_catalogue(input::TableReader& table, const ItemColumns& columns,
                          const std::vector<std::string>& row_names, input::BadLines& bad_lines, Catalogue& catalogue);

}  // namespace monet::prepare
