#pragma once

#include "monet/core/files/io_error.h"
#include "monet/core/view.h"
#include "monet/prepare/items/item.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::prepare {

/// The catalogue entries of the items of a dataset, by row. The texts lie in a file, in the order in which they came;
/// memory holds an offset for each item, so a catalogue may be larger than it.
class ItemStore {
 public:
  /// An empty store for items with these ids; the texts go to `file`, which has no name any more once it is open.
  /// Throws IoError.
  ItemStore(std::vector<std::string> ids, const std::filesystem::path& file);

  /// Number of items, described or not.
  Index size() const { return static_cast<Index>(ids_.size()); }
  const std::vector<std::string>& ids() const { return ids_; }
  /// How many items have an entry.
  Index described() const { return described_; }
  bool is_described(Index row) const { return places_[static_cast<std::size_t>(row)].length > 0; }

  /// Adds an item behind the others and returns its row.
  Index add_row(std::string id);
  /// Keeps the entry of `row`; false, and nothing done, when it has one already. `item.id` is not stored. Throws
  /// IoError.
  bool add(Index row, const Item& item);
  /// The entry of `row`: all texts empty when it has none; the id always. Reads from the file. Throws IoError.
  Item item(Index row) const;

 private:
  struct Place {
    std::int64_t offset = 0;
    std::int64_t length = 0;
  };
  void flush();

  std::vector<std::string> ids_;
  std::vector<Place> places_;
  std::filesystem::path path_;  // for messages
  files::Descriptor file_;
  std::string pending_;       // what is not written yet
  std::int64_t written_ = 0;  // bytes before it
  Index described_ = 0;
};

}  // namespace monet::prepare
