#pragma once

#include "monet/prepare/columnar/row_table.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/items/given_features.h"
#include "monet/prepare/options.h"

namespace monet::prepare {

/// Reads a catalogue from a table of typed columns: those of `columns`, or found by name. Lists of labels, and of
/// structs with a name, are joined; of pictures the path or URL is taken. Throws DataError with the place and a remedy.
void read_row_catalogue(const RowTable& table, const ItemColumns& columns, input::Observer& observer,
                        input::BadLines& bad_lines, Catalogue& catalogue);

/// Reads features from a table: the column of lists (or arrays) of numbers called `name`, or the only such one, by the
/// column of item ids (`id_column`, or found by name). A missing list is a missing row. Throws DataError with the place
/// and a remedy.
void read_row_features(const RowTable& table, const std::string& name, const std::string& id_column,
                       input::Observer& observer, FeatureTarget& target);

}  // namespace monet::prepare
