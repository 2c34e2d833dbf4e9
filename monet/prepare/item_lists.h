#pragma once

#include "monet/prepare/interaction_log.h"
#include "monet/prepare/survey.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// How the item's texts of a file hold several ids, by a sample of it (data/id_style.h).
data::ItemListStyle item_list_style(const KeySurvey& key);

/// A value of the sample that looks like several ids but is read as one: parts between separators, each with a digit,
/// that also come elsewhere. Empty: none.
std::string unread_item_list(const KeySurvey& key);

/// What a text that is a list in this style holds: between its brackets, or between the separators. Nothing when it is
/// none. Throws DataError: a list that cannot be read, or in a list, or one that NumPy cut short.
std::optional<std::vector<std::string>> parts_of_list(std::string_view text, const data::ItemListStyle& style);

/// The sample with the parts of lists in their place, as far as they are whole.
KeySurvey with_parts(const KeySurvey& key, const data::ItemListStyle& style);

/// Makes an interaction for each item of a text that is a list.
class ItemLists {
 public:
  explicit ItemLists(const data::ItemListStyle& style) : style_(style) {}

  /// Adds one for each item of `raw.item`, all or none. A rating, time or kind that is a list as well goes with them
  /// one by one, any other with all. Throws DataError as the log does and as `parts_of_list`, and where the lists are
  /// not of one length.
  void add(RawInteraction raw, InteractionLog& log);
  /// Lists without an item, which were passed over.
  Index empty_lists() const { return empty_lists_; }

 private:
  data::ItemListStyle style_;
  Index empty_lists_ = 0;
};

}  // namespace monet::prepare
