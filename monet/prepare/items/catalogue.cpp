#include "monet/prepare/items/catalogue.h"

#include "monet/core/error.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"
#include "monet/prepare/enough.h"
#include "monet/prepare/interaction_log.h"

#include <utility>

namespace monet::prepare {

namespace {
constexpr std::size_t kSampleEntries = 2000;
constexpr std::size_t kSampleBytes = std::size_t{16} << 20;
}  // namespace

void Catalogue::take(Item item) {
  if (most_entries_ > 0 && entries_ >= most_entries_) throw EnoughRead{};
  if (input::is_missing_id(input::trimmed(item.id))) {
    fail<DataError>("there is no item id, and every entry needs one; `bad-lines skip` leaves out those without");
  }
  std::string id(checked_id(item.id, "item"));
  if (whole_floats_) id = input::whole_float(id).value_or(id);
  ++entries_;
  Index row = names_.find(id);
  match_.take(id, row >= 0 && row < touched_);
  if (row < 0) {
    if (!keep_unseen_) return;
    row = names_.add(id);
    store_.add_row(id);
  }
  for (std::string Item::*field : {&Item::title, &Item::description, &Item::brand, &Item::price, &Item::image}) {
    item.*field = input::clean_text(item.*field);
    if (input::is_missing_text(item.*field)) (item.*field).clear();
    without_texts_ = without_texts_ && (item.*field).empty();
  }
  if (input::is_missing_text(item.categories)) item.categories.clear();
  without_texts_ = without_texts_ && item.categories.empty();
  if (decided_) return keep(row, item);
  labels_.look(item.categories);
  waiting_bytes_ += item.title.size() + item.description.size() + item.categories.size();
  waiting_.emplace_back(row, std::move(item));
  if (waiting_.size() >= kSampleEntries || waiting_bytes_ >= kSampleBytes) decide();
}

void Catalogue::keep(Index row, Item& item) {
  item.categories = labels_.read(item.categories);
  constexpr std::size_t kFirst = 3;
  if (first_.size() < kFirst) first_.push_back(item);
  if (!store_.add(row, item)) ++repeated_;
}

void Catalogue::decide() {
  labels_.decide();
  decided_ = true;
  for (auto& [row, item] : waiting_) keep(row, item);
  waiting_ = {};
  waiting_bytes_ = 0;
}

void Catalogue::settle() {
  decide();
  decided_ = false;
}

}  // namespace monet::prepare
