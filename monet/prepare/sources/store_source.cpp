#include "monet/prepare/sources/store_source.h"

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/data/columns.h"
#include "monet/prepare/sources/source_files.h"
#include "monet/store/pages.h"
#include "monet/store/store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
std::unique_ptr<store::Store> open_source(const Source& source) {
  return store::open_store(source.interactions.front().string(), store::Access::read);
}

/// "shop.db", or the database's name: what a manifest may hold.
std::string plain_name(const fs::path& address) {
  const std::string text = address.string();
  const std::string path = text.substr(0, text.find("://") == std::string::npos ? text.npos : text.find('?'));
  return path.substr(path.find_last_of(path.find('/') == std::string::npos ? ":" : "/") + 1);
}

/// Every item.
void each_item(store::Store& store, const input::Watch& watch, const std::function<void(store::Item&)>& take) {
  store::each_page_of_items(store, [&](std::vector<store::Item>& page) {
    if (watch.stop.load()) fail<Interrupted>("interrupted; nothing was written");
    for (store::Item& item : page) take(item);
  });
}

std::set<std::string> feature_names(store::Store& store) {
  std::set<std::string> names;
  input::Observer silent;
  const std::atomic<bool> never{false};
  each_item(store, {silent, never}, [&](const store::Item& item) {
    for (const auto& [name, values] : item.features) names.insert(name);
  });
  return names;
}
}  // namespace

bool is_store_source(const PrepareOptions& options) {
  if (options.format) return *options.format == Format::store;
  return store::is_store(options.source.string());
}

Source store_source(const PrepareOptions& options) {
  Source source;
  source.format = Format::store;
  source.folder = ".";
  source.interactions = {options.source};
  const std::string name = plain_name(options.source);
  source.name = safe_name(plain_stem(name));
  source.features = options.features;
  const auto store = open_source(source);
  if (options.use_catalogue && options.catalogue_query.empty()) {
    source.catalogue = options.catalogue;
    source.has_items = options.catalogue.empty() && !store->items("", 1).empty();
  }
  if (!options.find_features) return source;
  for (const std::string& found : feature_names(*store)) {
    const bool named = std::any_of(options.features.begin(), options.features.end(),
                                   [&](const GivenFeatures& given) { return given.name == found; });
    if (!named) source.features.push_back({found, options.source, {}});
  }
  return source;
}

void read_store_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                             InteractionLog& log, std::vector<SourceFile>& files) {
  const auto store = open_source(source);
  const std::string name = plain_name(source.interactions.front());
  const std::int64_t last = store->state().position;
  const bool kinds = options.columns.event != data::kNoColumn;
  const bool times = options.columns.time != data::kNoColumn;
  if (kinds) log.kinds.read_from("event", !options.columns.event.empty());
  log.read_as({});
  files::Hasher hasher;
  for (std::int64_t position = 0; position < last;) {
    if (watch.stop.load()) fail<Interrupted>("interrupted; nothing was written");
    const std::vector<store::StoredEvent> page = store->events_since(position, store::kPage);
    if (page.empty()) break;
    for (const store::StoredEvent& stored : page) {
      if (stored.position > last) break;
      const store::Event& event = stored.event;
      const std::string time = fmt::format("{}", event.time);
      const std::string weight = event.weight ? fmt::format("{}", *event.weight) : std::string();
      for (const std::string* text : {&event.user, &event.item, &event.kind, &time, &weight}) hasher.add_text(*text);
      RawInteraction raw{event.user, event.item,
                         {},         times ? time : std::string_view(),
                         -1,         kinds ? std::string_view(event.kind) : std::string_view()};
      if (event.weight) raw.weight = weight;
      try {
        log.add(raw);
      } catch (const DataError& error) {
        fail<DataError>("{}: event {}: {}", name, stored.position, error.what());
      }
    }
    position = page.back().position;
    watch.observer.on_bytes(name, std::min(position, last), last);
  }
  log.settle();
  files.push_back({"interactions", name, 0, hasher.hex(), "monet"});
}

void read_store_catalogue(const Source& source, const input::Watch& watch, Catalogue& catalogue,
                          std::vector<SourceFile>& files) {
  const auto store = open_source(source);
  files::Hasher hasher;
  catalogue.read_ids_as(false);
  each_item(*store, watch, [&](store::Item& item) {
    Item entry;
    entry.id = std::move(item.id);
    entry.title = std::move(item.title);
    entry.description = std::move(item.description);
    if (!item.categories.empty()) entry.categories = nlohmann::json(item.categories).dump();
    entry.brand = std::move(item.brand);
    if (item.price) entry.price = fmt::format("{}", *item.price);
    entry.image = std::move(item.picture);
    for (const std::string* text :
         {&entry.id, &entry.title, &entry.description, &entry.categories, &entry.brand, &entry.price, &entry.image}) {
      hasher.add_text(*text);
    }
    catalogue.take(std::move(entry));
  });
  catalogue.settle();
  files.push_back({"catalogue", plain_name(source.interactions.front()), 0, hasher.hex(), "monet"});
}

void read_store_features(const Source& source, const std::string& name, const input::Watch& watch,
                         FeatureTarget& target, std::vector<SourceFile>& files) {
  const auto store = open_source(source);
  const std::string place = plain_name(source.interactions.front());
  files::Hasher hasher;
  each_item(*store, watch, [&](const store::Item& item) {
    const auto found = item.features.find(name);
    if (found == item.features.end()) return;
    hasher.add_text(item.id);
    hasher.add_values(std::span<const float>(found->second));
    try {
      target.take(item.id, found->second);
    } catch (const DataError& error) {
      fail<DataError>("{}: item '{}', features {}: {}", place, item.id, name, error.what());
    }
  });
  files.push_back({"features " + name, place, 0, hasher.hex(), "monet"});
}

}  // namespace monet::prepare
