#include "monet/serve/engine.h"

#include "monet/store/pages.h"

#include <algorithm>
#include <ctime>
#include <unordered_set>
#include <utility>

namespace monet::serve {

namespace {

// Rows of added items that were replaced or removed stay until they are so many more than those that are there.
constexpr std::size_t kMostRetired = 1000;

}  // namespace

Engine::Engine(EngineOptions options, store::Store& store)
    : options_(std::move(options)),
      store_(store),
      live_(options_.live),
      loaded_(load(options_.artifact)),
      writer_(store) {
  const std::lock_guard following(following_);
  read_all();
}

/// Opens an artifact and begins to index it where that is wanted.
std::shared_ptr<Loaded> Engine::load(const std::filesystem::path& artifact) const {
  auto loaded = std::make_shared<Loaded>(artifact, options_.onnx);
  const bool many = static_cast<Index>(loaded->items().size()) >= kManyItems && loaded->recommender.has_index();
  if (options_.candidates == Candidates::on) loaded->recommender.require_index();
  if (options_.candidates == Candidates::on || (options_.candidates == Candidates::automatic && many)) {
    loaded->build_index();
  }
  return loaded;
}

std::shared_ptr<const Loaded> Engine::loaded() const {
  const std::lock_guard lock(loaded_mutex_);
  return loaded_;
}

void Engine::use(std::shared_ptr<Loaded> loaded) {
  const std::lock_guard lock(loaded_mutex_);
  loaded_ = std::move(loaded);
}

/// The same artifact with the store's items as they are now. `recommender` holds those of `added`.
std::shared_ptr<Loaded> Engine::with_catalogue(const Loaded& loaded, recommend::Recommender recommender,
                                               AddedItems& added) const {
  Shelf shelf(recommender.items().size());
  std::unordered_set<std::string> kept;
  store::each_page_of_items(store_, [&](const std::vector<store::Item>& page) {
    recommender = added.put(recommender, loaded.describer(), page);
    shelf.grow(recommender.items().size());
    for (const store::Item& item : page) {
      put(shelf, recommender.items(), item);
      if (added.contains(item.id)) kept.insert(item.id);
    }
  });
  recommender = added.keep(recommender, kept);
  return std::make_shared<Loaded>(loaded, std::move(recommender), std::make_shared<SharedShelf>(std::move(shelf)));
}

/// The catalogue anew; from the artifact's own items on where too many rows are of no use.
void Engine::read_items() {
  const bool crowded = loaded_->recommender.retired().size() > kMostRetired + added_.size();
  AddedItems added = crowded ? AddedItems() : added_;
  use(with_catalogue(*loaded_, crowded ? loaded_->recommender.trained() : loaded_->recommender, added));
  added_ = std::move(added);
}

/// What the store has of some items now.
void Engine::items_changed(std::span<const store::Item> items) {
  if (loaded_->recommender.retired().size() > kMostRetired + added_.size()) return read_items();
  recommend::Recommender next = added_.put(loaded_->recommender, loaded_->describer(), items);
  {
    const std::unique_lock lock(loaded_->shelf_mutex);
    Shelf& shelf = loaded_->shared_shelf->shelf;
    shelf.grow(next.items().size());
    for (const store::Item& item : items) {
      const std::optional<std::int32_t> before = loaded_->items().find(item.id);
      if (before && next.items().find(item.id) != before) shelf.put(*before, {});  // a row of nothing from now on
      put(shelf, next.items(), item);
    }
  }
  if (&next.items() != &loaded_->items()) {
    use(std::make_shared<Loaded>(*loaded_, std::move(next), loaded_->shared_shelf));
  }
}

/// Everything anew. Events that come meanwhile are found by the next `follow`.
void Engine::read_all() {
  ++whole_reads_;
  const store::State now = store_.state();
  Live live(options_.live);
  store::State seen{0, now.revision};
  store::each_page_of_events(store_, seen.position, [&](const std::vector<store::StoredEvent>& page) {
    for (const store::StoredEvent& stored : page) live.add(stored.event, std::time(nullptr));
    seen.position = page.back().position;
  });
  read_items();
  live_.replace(std::move(live));
  seen_ = seen;
}

void Engine::follow() {
  const store::State now = store_.state();
  if (now.revision != seen_.revision) {
    read_all();  // something was changed or deleted, and nothing says what
    return;
  }
  if (seen_.position == now.position) return;
  store::each_page_of_events(store_, seen_.position, [this](const std::vector<store::StoredEvent>& page) {
    for (const store::StoredEvent& stored : page) live_.add(stored.event, std::time(nullptr));
    seen_.position = page.back().position;
  });
}

void Engine::catch_up() {
  const std::lock_guard following(following_);
  follow();
}

bool Engine::record(std::vector<store::Event> events, store::GroupCommit::Done done) {
  return writer_.submit(std::move(events), [this, done = std::move(done)](store::AppendOutcome outcome) {
    if (!outcome.error) {
      try {
        catch_up();
      } catch (...) {
        // They are on disk, as is acknowledged; the next time that the store is followed they are found.
      }
    }
    done(std::move(outcome));
  });
}

/// Does `change` on the store and, where nobody else changed anything since it was last followed, `apply` in memory;
/// otherwise everything is read anew.
template <class Change, class Apply>
auto Engine::changed(const Change& change, const Apply& apply) {
  const std::lock_guard following(following_);
  const store::State before = store_.state();
  auto result = change();
  const store::State after = store_.state();
  if (after.revision == before.revision) return result;
  if (before.revision == seen_.revision && after.revision == before.revision + 1) {
    seen_.revision = after.revision;
    apply(result);
  } else {
    read_all();
  }
  return result;
}

void Engine::put_items(std::span<const store::Item> items) {
  changed(
      [&] {
        store_.put_items(items);
        return true;
      },
      [&](bool) { items_changed(items); });
}

std::optional<store::Item> Engine::patch_item(const std::string& id, const store::ItemPatch& patch) {
  return changed([&] { return store_.patch_item(id, patch); },
                 [&](const std::optional<store::Item>& item) {
                   if (item) items_changed({&*item, 1});
                 });
}

bool Engine::delete_item(const std::string& id) {
  const std::optional<store::Item> before = store_.item(id);
  const bool listed = loaded()->items().find(id).has_value();
  if (before ? is_gone(*before) : !listed) return false;
  if (listed) {  // an artifact has it, or one that is trained of these events will
    const store::Item gone = gone_item(id);
    put_items({&gone, 1});
  } else {
    changed([&] { return store_.delete_item(id); }, [](bool) {});
  }
  return true;
}

store::Erased Engine::erase_user(const std::string& user) {
  writer_.append({});  // what was handed over before is written before, and so erased
  return changed([&] { return store_.erase_user(user); }, [&](const store::Erased&) { live_.forget(user); });
}

std::int64_t Engine::delete_events(const store::EventFilter& filter) {
  writer_.append({});
  return changed([&] { return store_.delete_events(filter); },
                 [&](std::int64_t) {
                   if (filter.user) {
                     renew(*filter.user);
                   } else {
                     read_all();
                   }
                 });
}

/// What is left of a user's events.
void Engine::renew(const std::string& user) {
  std::vector<store::StoredEvent> events = store_.newest_events({.user = user}, live_.most_items());
  std::reverse(events.begin(), events.end());
  live_.renew(user, events);
}

void Engine::put_users(std::span<const store::User> users) {
  changed(
      [&] {
        store_.put_users(users);
        return true;
      },
      [](bool) {});  // nothing in memory is of profiles
}

std::optional<store::User> Engine::patch_user(const std::string& id, const store::UserPatch& patch) {
  return changed([&] { return store_.patch_user(id, patch); }, [](const auto&) {});
}

void Engine::reload(const std::optional<std::filesystem::path>& artifact) {
  const std::shared_ptr<Loaded> next = load(artifact.value_or(loaded()->recommender.artifact().path()));
  const std::lock_guard following(following_);
  AddedItems added;
  std::shared_ptr<Loaded> with_items = with_catalogue(*next, next->recommender, added);
  added_ = std::move(added);
  use(std::move(with_items));
}

}  // namespace monet::serve
