#pragma once

#include "monet/prepare/columnar/id_column.h"
#include "monet/prepare/columnar/row_table.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/options.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace monet::prepare {

/// Reads interactions from tables of typed columns, one table after the other. Columns are those of `columns`, or found
/// by name in the first table, which then decides for all. No text is made for an id that is a number and known.
class RowInteractions {
 public:
  RowInteractions(const InteractionColumns& columns, InteractionLog& log)
      : columns_(columns), log_(log), users_(log.user_names, "user"), items_(log.item_names, "item") {}

  /// Reads all rows of a table. An item column of lists gives one interaction for each element. Throws DataError with
  /// the place and a remedy.
  void read(const RowTable& table, input::Observer& observer, input::BadLines& bad_lines);
  /// Adds to the notes what is to be said once.
  void finish(input::BadLines& bad_lines) const;

 private:
  struct Reading;
  void keep_names(const Reading& reading);

  InteractionColumns columns_;
  InteractionLog& log_;
  IdColumn users_;
  IdColumn items_;
  bool named_ = false;  // by the first table
  std::vector<std::string> notes_;
};

}  // namespace monet::prepare
