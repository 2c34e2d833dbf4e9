// Pages: everything once, in order, however many there are.
#include "monet/store/pages.h"

#include "tests/store/support.h"

#include <string>

namespace monet::store::test {
namespace {

TEST(StorePages, EverythingComesOnceInOrder) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{3}, kPage, kPage + 1}) {
    SCOPED_TRACE(count);
    const ScopedFolder folder;
    const auto store = open_store(folder.path_of("shop.db"));
    std::vector<Event> events;
    std::vector<Item> items(count);
    for (std::size_t n = 0; n < count; ++n) {
      items[n].id = "item " + std::to_string(100'000 + n);
      events.push_back(view("u", items[n].id));
    }
    if (count > 0) {
      store->append(events);
      store->put_items(items);
    }
    std::vector<std::string> seen;
    each_page_of_items(*store, [&](const std::vector<Item>& page) {
      EXPECT_FALSE(page.empty());
      for (const Item& item : page) seen.push_back(item.id);
    });
    std::vector<std::string> touched;
    each_page_of_events(*store, 0, [&](const std::vector<StoredEvent>& page) {
      EXPECT_FALSE(page.empty());
      for (const StoredEvent& stored : page) touched.push_back(stored.event.item);
    });
    EXPECT_EQ(seen, ids_of(items));
    EXPECT_EQ(touched, seen);
    std::size_t rest = 0;
    const std::int64_t last = store->state().position;
    each_page_of_events(*store, last - 1, [&](const std::vector<StoredEvent>& page) { rest += page.size(); });
    EXPECT_EQ(rest, count > 0 ? 1U : 0U);
  }
}

}  // namespace
}  // namespace monet::store::test
