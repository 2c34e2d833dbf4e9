#pragma once

#include "monet/data/id_style.h"
#include "monet/data/time.h"

namespace monet::prepare {

/// How the texts of a file are to be understood.
struct ReadingStyle {
  data::TimeStyle time;
  bool decimal_comma = false;  // ratings are written 4,5
  bool whole_users = false;    // ids are whole numbers written as floats: 123.0 is 123
  bool whole_items = false;
  data::ItemListStyle item_lists;
};

}  // namespace monet::prepare
