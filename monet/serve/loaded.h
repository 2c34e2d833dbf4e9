#pragma once

#include "monet/candidates/cell_index.h"
#include "monet/describe/item_describer.h"
#include "monet/rank/cosines.h"
#include "monet/recommend/recommender.h"
#include "monet/serve/shelf.h"
#include "monet/store/item.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>

namespace monet::serve {

/// What the shop says of the items of a recommender and of those that come of it: it may know more than an older one.
struct SharedShelf {
  explicit SharedShelf(Shelf items) : shelf(std::move(items)) {}
  mutable std::shared_mutex mutex;
  Shelf shelf;
};

/// An artifact in use, with items that were added to it and what the shop says of all. Answers hold on to the one that
/// made them.
class Loaded {
 public:
  /// Opens it. `network`: as ItemDescriber. Throws as Artifact::open and ItemDescriber.
  explicit Loaded(const std::filesystem::path& path, const std::filesystem::path& network = {});
  /// The same artifact with other added items. `shelf` has a place for each.
  Loaded(const Loaded& other, recommend::Recommender recommender, std::shared_ptr<SharedShelf> shelf);

  const recommend::Recommender recommender;
  const std::string version;  // a hash of its config.json, which holds those of all its files
  const std::int64_t opened;  // Unix time, seconds
  const std::shared_ptr<SharedShelf> shared_shelf;
  std::shared_mutex& shelf_mutex;
  const Shelf& shelf;
  /// Makes features of items as those of training were made.
  const describe::ItemDescriber& describer() const { return *describer_; }

  /// Of the users' embeddings; made when they are first asked for. Null where there are none.
  const rank::Cosines* user_cosines() const;

  /// Builds an index of the artifact's items on a thread of its own; everything is scored until it is there. Once.
  void build_index();
  /// Of the artifact's own items; null while there is none.
  const candidates::CellIndex* index() const { return made_->ready_index; }

  /// Those of the artifact, then those that were added.
  const artifact::IdTable& items() const { return recommender.items(); }
  Index num_items() const { return static_cast<Index>(items().size() - recommender.retired().size()); }
  const artifact::IdTable& users() const { return recommender.artifact().users(); }

 private:
  /// What is made of the artifact when it is wanted, and serves whatever items are added.
  struct Made {
    Made() = default;
    /// Ends building an index.
    ~Made();
    Made(const Made&) = delete;
    Made& operator=(const Made&) = delete;

    std::once_flag users_compared;
    std::optional<rank::Cosines> user_cosines;
    std::unique_ptr<const candidates::CellIndex> index;
    std::atomic<const candidates::CellIndex*> ready_index = nullptr;
    std::atomic<bool> stop = false;
    std::thread builder;
  };
  std::shared_ptr<Made> made_;
  std::shared_ptr<const describe::ItemDescriber> describer_;
};

/// Puts what the store says of an item on the shelf; one that is not among `items` is passed over.
void put(Shelf& shelf, const artifact::IdTable& items, const store::Item& item);

/// What the store keeps of a deleted item that an artifact may still have: hidden, and nothing else. An item that the
/// store knows nothing of is recommended.
store::Item gone_item(const std::string& id);
bool is_gone(const store::Item& item);

}  // namespace monet::serve
