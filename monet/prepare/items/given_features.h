#pragma once

#include "monet/data/id_match.h"
#include "monet/data/name_table.h"
#include "monet/input/byte_stream.h"
#include "monet/input/line_reader.h"
#include "monet/prepare/items/feature_writer.h"
#include "monet/prepare/manifest.h"
#include "monet/prepare/options.h"

#include <string>
#include <vector>

namespace monet::prepare {

/// Where rows of features go, by item id.
struct FeatureTarget {
  const data::NameTable& names;  // item id → row
  FeatureWriter& writer;
  data::IdMatch match = {};
  Index unnamed = 0;  // rows of which nothing says whose they are

  void take(std::string_view id, std::span<const float> values);
};

/// Reads features from a file (options.h). The rows of a matrix without a file of ids of its own are named by
/// `row_names`, MMRec's items by row, when there are any, else by `i_id_mapping.csv` or `item_list.txt` beside the
/// file. Throws DataError with file, place and remedy: ids that are not as many as the rows, among them.
void read_given_features(const GivenFeatures& given, const std::vector<std::string>& row_names,
                         const input::Watch& watch, FeatureTarget& target, std::vector<SourceFile>& files);

/// Amazon's image features: records of ten bytes of id and 4,096 little-endian floats. `file` is for messages.
void read_amazon_features(input::ByteStream& stream, const std::string& file, FeatureTarget& target);

/// A column of numbers separated by spaces in a table of items.
void read_float_sequence(input::LineReader& lines, const std::string& column, FeatureTarget& target);

/// Whose the rows of a matrix with `rows` rows are: one id per line, in their order, with or without a line `item_id`
/// above; a list as JSON writes it; or id⇥row, as `i_id_mapping.csv` has it, where an entry is empty for a row that is
/// not named. Throws DataError: not as many ids as rows, an id that is there twice, a file that is no text.
std::vector<std::string> parse_row_ids(std::string_view text, const std::string& file, Index rows);

}  // namespace monet::prepare
