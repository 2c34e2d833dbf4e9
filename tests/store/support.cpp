#include "tests/store/support.h"

#include <limits>

namespace monet::store::test {

Event view(const std::string& user, const std::string& item, const std::string& key) {
  return {user, item, "view", std::nullopt, 1'700'000'000, key};
}

Item full_item(const std::string& id) {
  Item item;
  item.id = id;
  item.title = "Grüner Schal, handgestrickt";
  item.description = "Zwei Zeilen:\nweich\tund warm";
  item.picture = "https://shop.example/schal.jpg?size=2";
  item.categories = {"Kleidung", "Schals & Tücher", "a|b, \"c\""};
  item.brand = "Wolle & Söhne";
  item.price = 19.95;
  item.available = false;
  item.hidden = true;
  item.added = 1'600'000'000;
  item.attributes = R"({"size": ["S", "M"]})";
  item.features = {{"image", {0.5F, -1e-30F, std::numeric_limits<float>::max()}}, {"text", {}}};
  return item;
}

std::vector<Event> all_events(Store& store) {
  std::vector<Event> events;
  for (StoredEvent& stored : store.events_since(0, 1'000'000)) events.push_back(std::move(stored.event));
  return events;
}

std::vector<std::string> ids_of(const std::vector<Item>& items) {
  std::vector<std::string> ids;
  for (const Item& item : items) ids.push_back(item.id);
  return ids;
}

}  // namespace monet::store::test
