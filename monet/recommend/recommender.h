#pragma once

#include "monet/artifact/artifact.h"
#include "monet/candidates/cell_index.h"
#include "monet/candidates/rank.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/rank/blend.h"
#include "monet/rank/cosines.h"
#include "monet/rank/explain.h"
#include "monet/rank/fold_in.h"
#include "monet/rank/rank.h"
#include "monet/recommend/item_tables.h"
#include "monet/recommend/new_items.h"
#include "monet/recommend/result.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::recommend {

/// Who is asked for, by external ids: a user of the artifact; one with interactions beyond the training data (`id` and
/// `history`); or one never seen (`history` alone). With neither the answer is popularity.
struct User {
  std::optional<std::string> id = {};
  std::vector<std::string> history = {};
  std::vector<std::string> exclude = {};              // items not to recommend, beside the history
  std::optional<std::vector<std::string>> only = {};  // the only candidates; none: all items
  bool repeat = false;                                // items of the history may come again
  // The same as `exclude` and `only` by row number, ascending and unique, for lists too long for names; both hold.
  std::span<const std::int32_t> exclude_rows = {};
  std::optional<std::span<const std::int32_t>> only_rows = {};
};

/// The similarity that goes by the whole embedding.
inline constexpr const char* kFused = "fused";

/// What an artifact that is no blend needs beside its scores. Views into it.
struct Serving {
  scoring::ScoreKind kind = scoring::ScoreKind::dot;
  rank::FoldIn fold_in;
  std::vector<rank::ColumnBlock> blocks;
  std::map<std::string, rank::Cosines> cosines;  // "fused" and the modalities

  /// Goes over to `tables`, which are the same or longer.
  void view(const ItemTables& tables);
  bool takes_history() const { return kind == scoring::ScoreKind::item_similarity || !fold_in.items.empty(); }
  /// What `similar` may go by.
  std::vector<std::string> similarities() const;
};

/// What all users of a call have in common.
struct Options {
  Index k = 20;
  std::vector<std::string> exclude = {};              // of no user a candidate
  std::optional<std::vector<std::string>> only = {};  // the only candidates of every user; nothing else is scored
  bool explain = false;
  int max_drivers = 3;             // past items that an explanation names
  std::optional<float> beta = {};  // in the place of the model's own, where it has one (`has_beta`)
  // Of this recommender's items, which lists are looked for with (candidates/rank.h); null: everything is scored.
  const candidates::CellIndex* index = nullptr;
  bool exact = true;  // with an index: until the list is proved; false: until a few of the items were looked at
};

/// Everything that is asked of a trained artifact, by external ids and with plain answers: the one contract behind the
/// program and whatever else serves recommendations. Opening checks the artifact and prepares its items once, so that a
/// request costs only its own ranking. Immutable: calls may run at the same time, each with a pool of its own. Copies
/// are cheap and share what they hold.
///
/// Every call throws DataError for unknown ids, naming them, and for what the artifact's model cannot do.
class Recommender {
 public:
  /// Takes the artifact. O(bytes).
  explicit Recommender(artifact::Artifact artifact);
  /// Opens an artifact directory. Throws as Artifact::open.
  static Recommender open(const std::filesystem::path& path);

  const artifact::Artifact& artifact() const { return *artifact_; }
  /// The same without what was added.
  Recommender trained() const { return Recommender(artifact_); }
  /// The artifact's items, and behind them those that were added.
  const artifact::IdTable& items() const { return *names_; }

  /// The same with `added` items, which the artifact does not have, and without those `removed` that were added before.
  /// Each has what training would have left to an item of these features that nobody has touched, and from then on is
  /// an item like others: a candidate, part of a history, similar to others. One that was added before is replaced.
  /// Throws InvalidArgument, naming the item, for one of the artifact, and for features that do not do (`why_not`);
  /// with `wrong` those are left out, and it has the reason at each one's place, "" for those that are there.
  /// Costs what is added, and at the first time a copy of the items' tables (core/growing.h).
  Recommender with_items(std::span<const NewItem> added, std::span<const std::string> removed = {},
                         std::vector<std::string>* wrong = nullptr) const;
  /// What keeps an item of these features from being added, in one line; empty: nothing does. Throws InvalidArgument,
  /// naming the modality, where they contradict what the artifact was trained on: another width, a value that is not
  /// finite, an embedding out of all proportion.
  std::string why_not(const Features& features) const;
  /// Modalities of which a new item has features, with their widths; empty where no item can be added.
  const std::map<std::string, Index>& feature_widths() const { return maps_->widths(); }
  /// Rows of items that were removed or replaced: of no list. They stay as long as what was made from this.
  std::span<const std::int32_t> retired() const { return retired_; }
  /// Whether the model can take a `history`: that of a new user, or more items of a known one.
  bool takes_history() const { return model_without_history().empty(); }
  /// The model that cannot, of a blend the first such part's; empty where all can.
  std::string model_without_history() const;

  /// Whether scores are target-aware, so that a `beta` weighs their parts; of a blend, those of any part.
  bool has_beta() const;

  /// What `Options::index` takes; null where `build.stop` was raised. Throws as `require_index`. O(I D √I).
  std::unique_ptr<const candidates::CellIndex> build_index(ThreadPool& pool,
                                                           const candidates::BuildOptions& build = {}) const;
  /// Whether there can be one: scores are products of embeddings.
  bool has_index() const;
  /// Throws DataError where there can be none.
  void require_index() const;

  /// The k best items of each user, best first (rank/rank.h). Who else is in the batch changes
  /// a score by float rounding at most.
  std::vector<Recommendations> recommend(ThreadPool& pool, std::span<const User> users, const Options& options) const;
  /// For one user, on the calling thread.
  Recommendations recommend(const User& user, const Options& options = {}) const;

  /// The same by row numbers of `items()`, without titles and reasons.
  candidates::Result recommend_rows(ThreadPool& pool, std::span<const User> users, const Options& options) const;

  /// Ranks exactly `candidates[u]` for each user, items of the history included; `k`, `exclude` and `only` are not
  /// looked at (rank/rank_candidates.h). Throws InvalidArgument for another number of lists than of users.
  std::vector<Recommendations> rank_candidates(ThreadPool& pool, std::span<const User> users,
                                               std::span<const std::vector<std::string>> candidates,
                                               const Options& options = {}) const;

  /// One item for one user, with its score and where that comes from, whether it would be recommended or not.
  ScoredItem explain(const User& user, const std::string& item, int max_drivers = 3) const;

  /// The k items most similar to each of `items`, by
  /// - "fused": the cosine of the fused item embeddings;
  /// - the name of a modality: the cosine of that modality's embeddings;
  /// - "model": the model's own similarity, that of an item-based model or the product e_i·e_c by which target-aware
  ///   attention weighs past items.
  /// Of a blend "fused" is the mean of its parts' cosines by their weights, over the parts that have embeddings (0
  /// where an item has no direction), and what a part has by itself is "1.fused", "2.model", …
  std::vector<SimilarItems> similar(ThreadPool& pool, std::span<const std::string> items, Index k = 10,
                                    const std::string& by = "fused") const;
  /// What `by` may be for this artifact.
  std::vector<std::string> similarities() const;
  /// "fused" of two items by row number: in [-1, 1], 0 where one has no direction or the model has no embeddings.
  double cosine(std::int32_t a, std::int32_t b) const;

 private:
  struct Batch;
  explicit Recommender(std::shared_ptr<const artifact::Artifact> artifact);
  void add(const User& user, Batch& batch) const;
  candidates::Result ranked(ThreadPool& pool, const scoring::Items& items, const Batch& batch,
                            const Options& options) const;
  std::vector<std::int32_t> find_items(std::span<const std::string> ids, std::string_view what) const;
  std::vector<Recommendations> named(ThreadPool& pool, const scoring::Items& items, const Batch& batch,
                                     std::span<const User> users, const candidates::Result& found,
                                     const Options& options) const;
  ScoredItem named(std::int32_t item, float score) const;
  Explanation explained(const rank::Explanation& why) const;
  Explanation explained_blend(const scoring::Items& items, const rank::BlendRows& rows, const scoring::Query& query,
                              std::int32_t item, int max_drivers) const;
  bool is_blend() const { return scoring_.kind == scoring::ScoreKind::blend; }
  void fold_in(scoring::Query& query, std::int32_t row, std::span<const std::int32_t> extra, Batch& batch) const;
  const scoring::Items& items_of(std::size_t part) const;
  std::optional<scoring::Items> other_items(const Options& options) const;
  std::span<const rank::ColumnBlock> own_blocks() const;
  std::vector<rank::Neighbour> neighbours(ThreadPool& pool, std::int32_t item, Index k, const std::string& by) const;
  std::vector<rank::Neighbour> blended_neighbours(ThreadPool& pool, std::int32_t item, Index k) const;

  // new_items.cpp
  void check_rows(std::span<const std::vector<Matrix<float>>> made, Index row) const;
  Recommender with_rows(std::span<const NewItem* const> added, std::span<const std::vector<Matrix<float>>> made,
                        std::span<const std::string> removed) const;
  std::int32_t num_trained() const { return static_cast<std::int32_t>(artifact_->items().size()); }
  void view_tables();

  std::shared_ptr<const artifact::Artifact> artifact_;
  std::shared_ptr<const NewItemMaps> maps_;
  std::shared_ptr<const artifact::IdTable> names_;
  std::vector<std::int32_t> retired_;  // ascending
  std::vector<ItemTables> tables_;     // of the parts, of a plain artifact the one that it is
  ItemTables blend_tables_;            // of the artifact itself
  scoring::Scoring scoring_;
  scoring::Items items_;
  std::vector<double> trained_norms_;  // of each part: the longest of the artifact's own items
  std::vector<Serving> parts_;         // of a blend; of a plain artifact the one that it is
};

}  // namespace monet::recommend
