#pragma once

#include "monet/data/time.h"

namespace monet::prepare {

/// How one text of the item's column holds several ids.
struct ItemListStyle {
  bool in_brackets = false;  // [1, 2]
  char separator = '\0';     // '\0': a text is one id

  bool any() const { return in_brackets || separator != '\0'; }
};

/// How the texts of a file are to be understood.
struct ReadingStyle {
  data::TimeStyle time;
  bool decimal_comma = false;  // ratings are written 4,5
  bool whole_users = false;    // ids are whole numbers written as floats: 123.0 is 123
  bool whole_items = false;
  ItemListStyle item_lists;
};

}  // namespace monet::prepare
