#pragma once

#include "monet/store/store.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace monet::store {

inline constexpr std::size_t kPage = 10'000;  // rows that are read at a time

/// All items, by id: `visit` gets pages (std::vector<Item>&) that are not empty.
template <class Visit>
void each_page_of_items(Store& store, const Visit& visit) {
  std::string after;
  for (std::size_t read = kPage; read == kPage;) {
    std::vector<Item> page = store.items(after, kPage);
    read = page.size();
    if (page.empty()) return;
    after = page.back().id;
    visit(page);
  }
}

/// All events behind `position`, the oldest first: pages (std::vector<StoredEvent>&) that are not empty.
template <class Visit>
void each_page_of_events(Store& store, std::int64_t position, const Visit& visit) {
  for (std::size_t read = kPage; read == kPage;) {
    std::vector<StoredEvent> page = store.events_since(position, kPage);
    read = page.size();
    if (page.empty()) return;
    position = page.back().position;
    visit(page);
  }
}

}  // namespace monet::store
