#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/serve/added_items.h"
#include "monet/serve/ask.h"
#include "monet/serve/live.h"
#include "monet/serve/loaded.h"
#include "monet/store/group_commit.h"
#include "monet/store/store.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::serve {

/// Whether lists are looked for with an index (candidates/rank.h).
enum class Candidates {
  automatic,  // from kManyItems on, where scores are products of embeddings
  on,
  off,
};
/// From so many items on scoring everything takes longer than a request should.
inline constexpr Index kManyItems = 200'000;

struct EngineOptions {
  std::filesystem::path artifact;
  Candidates candidates = Candidates::automatic;
  std::filesystem::path onnx = {};  // the network that made the features of pictures, where one did (ItemDescriber)
  LiveOptions live;
  Index most_listed = 1000;           // longest list that may be asked for
  std::size_t most_history = 10'000;  // items of a history that is posted
};

/// Lists that a model ranked, by how sure they are.
struct ListCounts {
  std::atomic<std::int64_t> scanned = 0;
  std::atomic<std::int64_t> proved = 0;
  std::atomic<std::int64_t> unproved = 0;
};

/// Recommends from a trained artifact and the events and items of a store, which it keeps in memory as far as answers
/// need them: what is recorded here counts from the next request on. Items that the artifact does not have are
/// recommended where they have features and its model can make something of them (AddedItems). The artifact can be
/// exchanged at any time; a request ends with the one that it began with. Any thread may call.
class Engine {
 public:
  /// Opens the artifact and reads the store, which must outlive this. Throws as both do, and DataError where candidates
  /// are on and the artifact can have none.
  Engine(EngineOptions options, store::Store& store);

  /// Answers all asks as one batch; one that cannot be answered says why in `refused`. The lists equal those of
  /// `Recommender::recommend` for the same histories, rules aside. Throws nothing that an ask could cause.
  std::vector<Answer> recommend(ThreadPool& pool, std::span<const Ask> asks) const;
  /// Throws DataError for an unknown item or `by`; InvalidArgument for k.
  Similar similar(ThreadPool& pool, const std::string& item, Index k, const std::string& by) const;

  /// The k users of the artifact whose embeddings have the largest cosines with one's, best first; none where the model
  /// has no user embeddings. Throws DataError for an unknown user.
  std::vector<Neighbour> similar_users(ThreadPool& pool, const std::string& user, Index k) const;

  /// Hands events to the store; `done` is called after they are on disk and count, or with what went wrong. False: too
  /// many wait.
  bool record(std::vector<store::Event> events, store::GroupCommit::Done done);
  /// Follows the store: new events of other processes, and everything anew after their other changes. Throws IoError.
  void catch_up();

  // Changes of the store that count at once. Errors are those of the store.
  void put_items(std::span<const store::Item> items);
  std::optional<store::Item> patch_item(const std::string& id, const store::ItemPatch& patch);
  bool delete_item(const std::string& id);
  store::Erased erase_user(const std::string& user);
  std::int64_t delete_events(const store::EventFilter& filter);
  void put_users(std::span<const store::User> users);
  std::optional<store::User> patch_user(const std::string& id, const store::UserPatch& patch);

  /// Opens the artifact anew, or another. The old one answers until then, and where this throws (as Artifact::open).
  void reload(const std::optional<std::filesystem::path>& artifact = std::nullopt);

  std::shared_ptr<const Loaded> loaded() const;
  /// How often everything in the store was read: at the start, and after changes that only another process knows.
  std::int64_t whole_reads() const { return whole_reads_; }
  const ListCounts& lists() const { return lists_; }
  const Live& live() const { return live_; }
  store::Store& store() const { return store_; }
  const EngineOptions& options() const { return options_; }

 private:
  void follow();
  void read_all();
  void renew(const std::string& user);
  std::shared_ptr<Loaded> load(const std::filesystem::path& artifact) const;
  void count(const Answer& answer) const;
  std::shared_ptr<Loaded> with_catalogue(const Loaded& loaded, recommend::Recommender recommender,
                                         AddedItems& added) const;
  void read_items();
  void use(std::shared_ptr<Loaded> loaded);
  void items_changed(std::span<const store::Item> items);
  template <class Change, class Apply>
  auto changed(const Change& change, const Apply& apply);

  EngineOptions options_;
  store::Store& store_;
  Live live_;
  mutable std::mutex loaded_mutex_;  // of the pointer
  std::shared_ptr<Loaded> loaded_;
  std::mutex following_;  // whoever changes live events or the shelf
  std::atomic<std::int64_t> whole_reads_ = 0;
  mutable ListCounts lists_;
  store::State seen_;          // what they hold
  AddedItems added_;           // to loaded_
  store::GroupCommit writer_;  // last: its thread uses the rest
};

}  // namespace monet::serve
