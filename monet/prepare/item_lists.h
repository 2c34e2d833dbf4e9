#pragma once

#include "monet/prepare/interaction_log.h"
#include "monet/prepare/survey.h"

#include <string>
#include <vector>

namespace monet::prepare {

/// How the item's texts of a file hold several ids, by a sample of it (data/id_style.h).
data::ItemListStyle item_list_style(const KeySurvey& key);

/// A value of the sample that looks like several ids but is read as one: parts between separators, each with a digit,
/// that also come elsewhere. Empty: none.
std::string unread_item_list(const KeySurvey& key);

/// Makes an interaction for each item of a text that is a list.
class ItemLists {
 public:
  explicit ItemLists(const data::ItemListStyle& style) : style_(style) {}

  /// Adds one for each item of `raw.item`, all or none. Throws DataError as the log does, and for a list in a list.
  void add(RawInteraction raw, InteractionLog& log);
  /// Lists without an item, which were passed over.
  Index empty_lists() const { return empty_lists_; }

 private:
  data::ItemListStyle style_;
  std::vector<std::string> ids_;
  Index empty_lists_ = 0;
};

}  // namespace monet::prepare
