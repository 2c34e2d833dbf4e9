#pragma once

#include "monet/core/view.h"
#include "monet/data/id_style.h"
#include "monet/input/table_reader.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// What a sample of a file says under one name: a column of a table, or a key of records.
struct KeySurvey {
  std::string root;       // the column, or the top-level key
  std::string below;      // the keys below it, joined by dots; empty: the value itself
  Index filled = 0;       // records with a value
  Index most_values = 0;  // of one record: more than one in lists
  bool in_list = false;
  bool all_numbers = true;          // as the source's own type; a table has none
  std::vector<std::string> values;  // the beginning of each

  std::string name() const { return below.empty() ? root : root + "." + below; }
  std::string_view leaf() const;
};

/// A sample of a file: its first 1,000 records, or fewer where they make a MiB.
struct Survey {
  static constexpr Index kMostRecords = data::kSampledValues;
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;

  Index records = 0;
  std::vector<KeySurvey> keys;

  /// The place in `keys` of a key, which is added when it is new.
  std::size_t place(std::string_view root, std::string_view below);
  const KeySurvey* find(std::string_view name) const;
  /// Adds a value of a record that already gave so many under this key.
  static void add(KeySurvey& key, std::string_view text, bool is_number, Index values_before);
  /// Names, for messages.
  std::string names() const;

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> places_;
};

/// Takes the sample from a table that nothing was read of. Rows that cannot be read are passed over.
Survey survey_table(input::TableReader& table);

/// Whether the ids of this key are whole numbers, some or (in a table) all of them written as floats.
bool holds_whole_floats(const KeySurvey& key);

}  // namespace monet::prepare
