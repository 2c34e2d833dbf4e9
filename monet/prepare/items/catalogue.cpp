#include "monet/prepare/items/catalogue.h"

#include "monet/input/utf8.h"
#include "monet/prepare/interaction_log.h"

#include <utility>

namespace monet::prepare {

// NOLINTNEXTLINE(performance-unnecessary-value-param): it is changed, through pointers to its members.
void Catalogue::take(Item item) {
  const std::string id(checked_id(item.id, "item"));
  ++entries_;
  Index row = names_.find(id);
  if (row < 0) {
    if (!keep_unseen_) {
      ++of_other_items_;
      return;
    }
    row = names_.add(id);
    store_.add_row(id);
  }
  for (std::string Item::*field :
       {&Item::title, &Item::description, &Item::categories, &Item::brand, &Item::price, &Item::image}) {
    item.*field = input::clean_text(item.*field);
  }
  if (!store_.add(row, item)) ++repeated_;
}

}  // namespace monet::prepare
