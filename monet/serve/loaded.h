#pragma once

#include "monet/candidates/cell_index.h"
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

namespace monet::serve {

/// An artifact in use, with what the shop says of its items. Answers hold on to the one that made them.
struct Loaded {
  /// Opens it. Throws as Artifact::open.
  explicit Loaded(const std::filesystem::path& path);
  /// Ends building an index.
  ~Loaded();
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  recommend::Recommender recommender;
  std::string version;      // a hash of its config.json, which holds those of all its files
  std::int64_t opened = 0;  // Unix time, seconds
  mutable std::shared_mutex shelf_mutex;
  Shelf shelf;  // of the recommender's items

  /// Of the users' embeddings; made when they are first asked for. Null where there are none.
  const rank::Cosines* user_cosines() const;

  /// Builds an index of the items on a thread of its own; everything is scored until it is there. Once.
  void build_index();
  /// Null while there is none.
  const candidates::CellIndex* index() const { return ready_index_; }

  const artifact::IdTable& items() const { return recommender.artifact().items(); }
  const artifact::IdTable& users() const { return recommender.artifact().users(); }

 private:
  mutable std::once_flag users_compared_;
  mutable std::optional<rank::Cosines> user_cosines_;
  std::unique_ptr<const candidates::CellIndex> index_;
  std::atomic<const candidates::CellIndex*> ready_index_ = nullptr;
  std::atomic<bool> stop_ = false;
  std::thread builder_;
};

/// Puts what the store says of an item on the shelf; one that the artifact does not have is passed over.
void put(Shelf& shelf, const artifact::IdTable& items, const store::Item& item);

/// What the store keeps of a deleted item that an artifact may still have: hidden, and nothing else. An item that the
/// store knows nothing of is recommended.
store::Item gone_item(const std::string& id);
bool is_gone(const store::Item& item);

}  // namespace monet::serve
