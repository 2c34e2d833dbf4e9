#include "monet/recommend/recommender.h"

#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/rank/rank_candidates.h"
#include "monet/rank/scores.h"
#include "monet/recommend/ids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

namespace monet::recommend {

namespace {

namespace names = artifact::names;

rank::FoldIn fold_in_of(const artifact::Artifact& artifact) {
  rank::FoldIn fold_in{artifact.tensor(names::kItemFoldin), {}};
  const MatrixView<const float> constant = artifact.tensor(names::kUserFoldin);
  if (!constant.empty()) fold_in.bias = constant.row_span(0);
  const MatrixView<const float> length = artifact.tensor(names::kUserLength);
  if (!length.empty()) {
    fold_in.user_norms = artifact.tensor(names::kUserNorm);
    fold_in.length = length(0, 0);
  }
  return fold_in;
}

std::vector<rank::ColumnBlock> column_blocks(const artifact::Config& config) {
  std::vector<rank::ColumnBlock> blocks;
  for (const artifact::ModalityInfo& modality : config.modalities) {
    if (modality.first_col < 0) return {};
    blocks.push_back({modality.name, modality.first_col, modality.cols});
  }
  return blocks;
}

/// What a similarity goes by, and the table that it is of.
std::string table_of(const std::string& similarity) {
  return std::string(similarity == kFused ? names::kItemEmbedding : names::kModalityPrefix) +
         (similarity == kFused ? "" : similarity);
}

Serving serving_of(const artifact::Artifact& plain, const ItemTables& tables) {
  Serving serving{plain.config().kind, fold_in_of(plain), column_blocks(plain.config()), {}};
  std::vector<std::string> similarities;
  for (const artifact::ModalityInfo& modality : plain.config().modalities) similarities.push_back(modality.name);
  similarities.emplace_back(kFused);
  for (const std::string& name : similarities) {
    const MatrixView<const float> rows = tables.table(table_of(name));
    if (!rows.empty()) serving.cosines.insert_or_assign(name, rank::Cosines(rows));
  }
  return serving;
}

std::vector<ItemTables> tables_of(const artifact::Artifact& artifact) {
  std::vector<ItemTables> tables;
  for (const artifact::Artifact& part : artifact.parts()) tables.emplace_back(part);
  if (tables.empty()) tables.emplace_back(artifact);
  return tables;
}

std::vector<std::int32_t> ascending(std::vector<std::int32_t> items) {
  return rank::merged_history(items, {});
}

std::vector<std::int32_t> common(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  std::vector<std::int32_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

Part part_of(double value, double score) {
  return {value, rank::share_of(value, score)};
}

}  // namespace

/// Queries and the memory of what they view.
struct Recommender::Batch {
  std::vector<scoring::Query> queries;
  std::deque<std::vector<std::int32_t>> lists;
  std::deque<std::vector<float>> embeddings;

  std::span<const std::int32_t> keep(std::vector<std::int32_t> list) { return lists.emplace_back(std::move(list)); }
};

Recommender::Recommender(artifact::Artifact artifact)
    : Recommender(std::make_shared<const artifact::Artifact>(std::move(artifact))) {}

Recommender::Recommender(std::shared_ptr<const artifact::Artifact> artifact)
    : artifact_(std::move(artifact)),
      maps_(std::make_shared<const NewItemMaps>(*artifact_)),
      names_(artifact_, &artifact_->items()),
      tables_(tables_of(*artifact_)),
      blend_tables_(*artifact_),
      scoring_(artifact_->scoring()),
      items_(scoring_) {
  for (std::size_t p = 0; p < tables_.size(); ++p) {
    parts_.push_back(serving_of(is_blend() ? artifact_->parts()[p] : *artifact_, tables_[p]));
    trained_norms_.push_back(items_of(p).largest_norm());
  }
}

/// Scores are of what the tables hold now.
void Recommender::view_tables() {
  scoring_ = is_blend() ? blend_tables_.of(std::move(scoring_)) : tables_.front().of(std::move(scoring_));
  for (std::size_t p = 0; p < scoring_.parts.size(); ++p) {
    scoring_.parts[p] = tables_[p].of(std::move(scoring_.parts[p]));
  }
}

void Serving::view(const ItemTables& tables) {
  fold_in.items = tables.table(names::kItemFoldin);
  for (auto& [name, rows] : cosines) rows = rows.extended(tables.table(table_of(name)));
}

Recommender Recommender::open(const std::filesystem::path& path) {
  return Recommender(artifact::Artifact::open(path));
}

std::string Recommender::model_without_history() const {
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    if (!parts_[m].takes_history()) return (is_blend() ? artifact_->parts()[m] : *artifact_).config().model;
  }
  return {};
}

bool Recommender::has_beta() const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [](const Serving& part) { return part.kind == scoring::ScoreKind::target_aware; });
}

bool Recommender::has_index() const {
  return candidates::CellIndex::fits(items_);
}

void Recommender::require_index() const {
  if (has_index()) return;
  fail<DataError>("{}: the scores of the model {} are no products of embeddings, so there are no `candidates`",
                  artifact_->path().string(), artifact_->config().model);
}

std::unique_ptr<const candidates::CellIndex> Recommender::build_index(ThreadPool& pool,
                                                                      const candidates::BuildOptions& build) const {
  require_index();
  return candidates::CellIndex::build(pool, items_, build);
}

/// The items with the options' own β; none: those of the model.
std::optional<scoring::Items> Recommender::other_items(const Options& options) const {
  if (!options.beta) return std::nullopt;
  if (!has_beta()) {
    fail<DataError>("{}: the scores of the model {} are not target-aware and have no `beta`",
                    artifact_->path().string(), artifact_->config().model);
  }
  return items_.with_beta(*options.beta);
}

const scoring::Items& Recommender::items_of(std::size_t part) const {
  return is_blend() ? items_.parts()[part] : items_;
}

std::vector<std::int32_t> Recommender::find_items(std::span<const std::string> ids, std::string_view what) const {
  return find_all(*names_, ids, what,
                  fmt::format("{} lists the known ones", (artifact_->path() / names::kItemsFile).string()));
}

void Recommender::add(const User& user, Batch& batch) const {
  scoring::Query query;
  std::int32_t row = -1;
  if (user.id) {
    const std::string remedy = fmt::format("{} lists the known ones; for a new user give a `history`",
                                           (artifact_->path() / names::kUsersFile).string());
    row = find_all(artifact_->users(), {&*user.id, 1}, "users", remedy).front();
    query = scoring::known_user(scoring_, row);
  }
  if (!user.history.empty()) {
    if (!takes_history()) {
      fail<DataError>("{}: the model {} has no item_foldin and cannot take a `history` of somebody it has not seen",
                      artifact_->path().string(), model_without_history());
    }
    const std::vector<std::int32_t> extra = find_items(user.history, "items in `history`");
    fold_in(query, row, extra, batch);
    query.history = batch.keep(rank::merged_history(query.history, extra));
  }
  if (!user.exclude.empty()) query.exclude = batch.keep(ascending(find_items(user.exclude, "items in `exclude`")));
  if (user.only) query.only = batch.keep(ascending(find_items(*user.only, "items in `only`")));
  if (!user.exclude_rows.empty()) {
    query.exclude =
        query.exclude.empty() ? user.exclude_rows : batch.keep(rank::merged_history(query.exclude, user.exclude_rows));
  }
  if (user.only_rows) query.only = query.only ? batch.keep(common(*query.only, *user.only_rows)) : *user.only_rows;
  query.repeat = user.repeat;
  batch.queries.push_back(query);
}

std::span<const rank::ColumnBlock> Recommender::own_blocks() const {
  return is_blend() ? std::span<const rank::ColumnBlock>() : parts_.front().blocks;
}

void Recommender::fold_in(scoring::Query& query, std::int32_t row, std::span<const std::int32_t> extra,
                          Batch& batch) const {
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    const Serving& part = parts_[m];
    if (part.kind == scoring::ScoreKind::item_similarity) continue;
    std::span<const float>& embedding = is_blend() ? query.part_embeddings[m] : query.embedding;
    const scoring::Query known = is_blend() ? scoring::part_query(query, m) : query;
    batch.embeddings.push_back(row >= 0 ? rank::fold_in_user(part.fold_in, known, row, extra)
                                        : rank::fold_in_user(part.fold_in, extra));
    embedding = batch.embeddings.back();
  }
}

candidates::Result Recommender::ranked(ThreadPool& pool, const scoring::Items& items, const Batch& batch,
                                       const Options& options) const {
  const std::vector<std::int32_t> exclude =
      rank::merged_history(find_items(options.exclude, "items in `exclude`"), retired_);
  std::vector<std::int32_t> only;
  candidates::Options how;
  how.exact = options.exact;
  how.rank.k = options.k;
  how.rank.exclude = exclude;
  if (options.only) {
    only = ascending(find_items(*options.only, "items in `only`"));
    how.rank.only = only;
  }
  return candidates::rank(pool, items, options.index, batch.queries, how);
}

std::vector<Recommendations> Recommender::recommend(ThreadPool& pool, std::span<const User> users,
                                                    const Options& options) const {
  Batch batch;
  for (const User& user : users) add(user, batch);
  const std::optional<scoring::Items> other = other_items(options);
  const scoring::Items& all = other ? *other : items_;
  return named(pool, all, batch, users, ranked(pool, all, batch, options), options);
}

candidates::Result Recommender::recommend_rows(ThreadPool& pool, std::span<const User> users,
                                               const Options& options) const {
  Batch batch;
  for (const User& user : users) add(user, batch);
  const std::optional<scoring::Items> other = other_items(options);
  return ranked(pool, other ? *other : items_, batch, options);
}

Recommendations Recommender::recommend(const User& user, const Options& options) const {
  ThreadPool pool(1);
  return std::move(recommend(pool, {&user, 1}, options).front());
}

std::vector<Recommendations> Recommender::rank_candidates(ThreadPool& pool, std::span<const User> users,
                                                          std::span<const std::vector<std::string>> candidates,
                                                          const Options& options) const {
  Batch batch;
  for (const User& user : users) add(user, batch);
  std::vector<std::span<const std::int32_t>> lists;
  for (const std::vector<std::string>& list : candidates) {
    lists.push_back(batch.keep(find_items(list, "items in `candidates`")));
  }
  const std::optional<scoring::Items> other = other_items(options);
  const scoring::Items& all = other ? *other : items_;
  candidates::Result given{rank::rank_candidates(pool, all, batch.queries, lists), {}, {}};
  given.exactness.assign(users.size(), candidates::Exactness::scanned);
  return named(pool, all, batch, users, given, options);
}

ScoredItem Recommender::explain(const User& user, const std::string& item, int max_drivers) const {
  Batch batch;
  add(user, batch);
  const scoring::Query& query = batch.queries.front();
  const std::int32_t index = find_items({&item, 1}, "items").front();
  Explanation explanation;
  if (is_blend() && !query.history.empty()) {
    scoring::check(items_, {&query, 1});
    ThreadPool pool(1);
    explanation = explained_blend(items_, rank::blend_rows(pool, items_, query), query, index, max_drivers);
  } else {
    explanation = explained(rank::explain(items_, query, own_blocks(), index, max_drivers));
  }
  ScoredItem result = named(index, static_cast<float>(explanation.general.value + explanation.target.value));
  result.explanation = std::move(explanation);
  return result;
}

std::vector<Recommendations> Recommender::named(ThreadPool& pool, const scoring::Items& all, const Batch& batch,
                                                std::span<const User> users, const candidates::Result& found,
                                                const Options& options) const {
  const rank::Ranking& ranking = found.ranking;
  std::vector<Recommendations> results;
  results.reserve(users.size());
  for (std::size_t u = 0; u < users.size(); ++u) {
    const auto row = static_cast<Index>(u);
    const scoring::Query& query = batch.queries[u];
    Recommendations& result = results.emplace_back();
    result.user = users[u].id;
    result.history = static_cast<Index>(query.history.size());
    result.popular = ranking.popular[u] != 0;
    result.exactness = found.exactness[u];
    const std::span<const std::int32_t> items = ranking.row(row);
    result.items.reserve(items.size());
    std::optional<rank::BlendRows> rows;
    if (options.explain && is_blend() && !result.popular) rows = rank::blend_rows(pool, all, query);
    for (std::size_t at = 0; at < items.size(); ++at) {
      result.items.push_back(named(items[at], ranking.scores(row, static_cast<Index>(at))));
      if (!options.explain) continue;
      result.items.back().explanation =
          rows ? explained_blend(all, *rows, query, items[at], options.max_drivers)
               : explained(rank::explain(all, query, own_blocks(), items[at], options.max_drivers));
    }
  }
  return results;
}

ScoredItem Recommender::named(std::int32_t item, float score) const {
  return {names_->id(item), std::string(names_->title(item)), score, std::nullopt};
}

Explanation Recommender::explained(const rank::Explanation& why) const {
  Explanation result{part_of(why.general, why.score), part_of(why.target, why.score), {}, {}, {}};
  for (const rank::Driver& driver : why.drivers) {
    result.drivers.push_back({names_->id(driver.item), std::string(names_->title(driver.item)), driver.weight});
  }
  for (const rank::ModalityPart& part : why.modalities) {
    result.modalities.push_back({part.name, part_of(part.value, why.score)});
  }
  return result;
}

Explanation Recommender::explained_blend(const scoring::Items& items, const rank::BlendRows& rows,
                                         const scoring::Query& query, std::int32_t item, int max_drivers) const {
  double score = 0.0;
  for (Index m = 0; m < rows.values.rows(); ++m) score += static_cast<double>(rows.values(m, item));
  Explanation result{part_of(score, score), {}, {}, {}, {}};
  for (std::size_t m = 0; m < parts_.size(); ++m) {
    const auto row = static_cast<Index>(m);
    const rank::Explanation why =
        rank::explain(items.parts()[m], scoring::part_query(query, m), parts_[m].blocks, item, max_drivers);
    result.parts.push_back({artifact_->parts()[m].config().model, parts_[m].kind, items.weights()[m],
                            part_of(static_cast<double>(rows.values(row, item)), score), rows.scores(row, item),
                            explained(why)});
  }
  return result;
}

}  // namespace monet::recommend
