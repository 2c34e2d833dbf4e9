#include "monet/core/thread_pool.h"
#include "monet/rank/fold_in.h"
#include "monet/rank/rank.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/recommendations.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

namespace monet::cli {

namespace {

constexpr std::size_t kUserBlock = 1024;
constexpr int kDrivers = 3;

struct RecommendOptions {
  std::filesystem::path artifact;
  std::vector<std::string> users;
  std::vector<std::string> history;
  std::vector<std::string> exclude;
  Index k = 20;
  Format format = Format::table;
  bool explain = false;
  std::filesystem::path out;
  bool force = false;
  int threads = 1;

  bool all() const { return users.size() == 1 && users.front() == "all"; }
};

void check(const RecommendOptions& options) {
  if (options.users.empty() && options.history.empty()) {
    fail<UsageError>(
        "say for whom: --users all, --users ID,… for users of the artifact, or --history ID,… for a new one");
  }
  if (!options.history.empty() && (options.all() || options.users.size() > 1)) {
    fail<UsageError>("--history is for one user: give it alone for a new user, or with a single --users ID");
  }
  if (options.explain && options.format == Format::tsv) {
    fail<UsageError>("--explain has no place in --format tsv; use --format table or jsonl");
  }
}

/// Indices of external ids, in the order given. Throws DataError naming the unknown ones.
std::vector<std::int32_t> find_all(const artifact::IdTable& table, const std::vector<std::string>& ids,
                                   std::string_view what, const std::string& remedy) {
  std::vector<std::int32_t> found;
  std::vector<std::string> unknown;
  for (const std::string& id : ids) {
    if (const std::optional<std::int32_t> index = table.find(id)) {
      found.push_back(*index);
    } else {
      unknown.push_back(fmt::format("'{}'", id));
    }
  }
  constexpr std::size_t kShown = 5;
  if (!unknown.empty()) {
    const std::string more = unknown.size() > kShown ? fmt::format(" and {} more", unknown.size() - kShown) : "";
    unknown.resize(std::min(unknown.size(), kShown));
    fail<DataError>("unknown {} {}{}; {}", what, fmt::join(unknown, ", "), more, remedy);
  }
  return found;
}

std::vector<rank::ColumnBlock> column_blocks(const artifact::Config& config) {
  std::vector<rank::ColumnBlock> blocks;
  for (const artifact::ModalityInfo& modality : config.modalities) {
    if (modality.first_col < 0) return {};
    blocks.push_back({modality.name, modality.first_col, modality.cols});
  }
  return blocks;
}

/// The same excluded items for each of `rows` users.
class SharedExclusion {
 public:
  SharedExclusion(const std::vector<std::int32_t>& items, std::size_t rows, Index num_items) : cols_(num_items) {
    indptr_.push_back(0);
    for (std::size_t r = 0; r < rows; ++r) {
      indices_.insert(indices_.end(), items.begin(), items.end());
      indptr_.push_back(static_cast<Index>(indices_.size()));
    }
  }
  CsrView view() const { return {static_cast<Index>(indptr_.size()) - 1, cols_, indptr_, indices_}; }

 private:
  Index cols_;
  std::vector<Index> indptr_;
  std::vector<std::int32_t> indices_;
};

/// Ranks, explains and writes one block of users after the other.
class Recommender {
 public:
  Recommender(const RecommendOptions& options, const artifact::Artifact& artifact, Output& output)
      : options_(options),
        artifact_(artifact),
        output_(output),
        blocks_(column_blocks(artifact.config())),
        pool_(options.threads) {
    const std::string remedy = fmt::format("{} lists the known ones", (options.artifact / "items.tsv").string());
    exclude_ = rank::merged_history(find_all(artifact.items(), options.exclude, "items in --exclude", remedy), {});
  }

  /// `rows` are users of `scoring`; `names` what they are called in the artifact (none: a new user).
  void recommend(const scoring::Scoring& scoring, std::span<const std::int32_t> rows,
                 std::span<const std::optional<std::int32_t>> names) {
    rank::RankOptions rank_options;
    rank_options.k = options_.k;
    const SharedExclusion exclusion(exclude_, exclude_.empty() ? 0 : rows.size(), scoring.history.cols);
    if (!exclude_.empty()) rank_options.exclude = exclusion.view();
    const rank::Ranking ranking = rank::rank(pool_, scoring, rows, rank_options);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto row = static_cast<Index>(r);
      Recommendations result{names[r], scoring.history.degree(rows[r]), ranking.popular[r] != 0, {}};
      const std::span<const std::int32_t> items = ranking.row(row);
      for (std::size_t at = 0; at < items.size(); ++at) {
        result.items.push_back({items[at], ranking.scores(row, static_cast<Index>(at)), std::nullopt});
        if (!options_.explain) continue;
        result.items.back().explanation = rank::explain(scoring, blocks_, rows[r], items[at], kDrivers);
      }
      output_.write(render(result, artifact_, options_.format));
    }
    num_users_ += static_cast<Index>(rows.size());
    num_popular_ += ranking.num_popular;
  }

  Index num_users() const { return num_users_; }
  Index num_popular() const { return num_popular_; }

 private:
  const RecommendOptions& options_;
  const artifact::Artifact& artifact_;
  Output& output_;
  std::vector<rank::ColumnBlock> blocks_;
  ThreadPool pool_;
  std::vector<std::int32_t> exclude_;
  Index num_users_ = 0;
  Index num_popular_ = 0;
};

/// A user with a history of the command line: new, or known with items beyond the training history.
void recommend_history(const RecommendOptions& options, const artifact::Artifact& artifact,
                       const std::vector<std::int32_t>& users, Recommender& recommender) {
  const scoring::Scoring scoring = artifact.scoring();
  const std::string remedy = fmt::format("{} lists the known ones", (options.artifact / "items.tsv").string());
  const std::vector<std::int32_t> extra = find_all(artifact.items(), options.history, "items in --history", remedy);
  const std::optional<std::int32_t> user = users.empty() ? std::nullopt : std::optional(users.front());
  std::vector<float> embedding;
  if (scoring.kind != scoring::ScoreKind::item_similarity) {
    const rank::FoldIn fold_in{artifact.tensor("item_foldin"), {}};
    if (fold_in.items.empty()) {
      fail<DataError>(
          "{}: the model {} has no item_foldin and cannot take a --history; train monet, lightgcn, itemknn or p3alpha "
          "for users never seen",
          options.artifact.string(), artifact.config().model);
    }
    const MatrixView<const float> constant = artifact.tensor("user_foldin");
    const MatrixView<const float> bias = constant.empty() ? artifact.tensor("fusion.fc.bias") : constant;
    const rank::FoldIn with_bias{fold_in.items, bias.empty() ? std::span<const float>() : bias.row_span(0)};
    embedding = user ? rank::fold_in_user(with_bias, scoring, *user, extra) : rank::fold_in_user(with_bias, extra);
  }
  const std::span<const std::int32_t> known = user ? scoring.history.row(*user) : std::span<const std::int32_t>();
  const rank::NewUser folded(scoring, std::move(embedding), rank::merged_history(known, extra));
  recommender.recommend(folded.scoring(), std::vector<std::int32_t>{0}, std::vector{user});
}

void recommend_known(const artifact::Artifact& artifact, std::span<const std::int32_t> users,
                     Recommender& recommender) {
  const std::atomic<bool>& interrupted = poll_interrupts();
  for (std::size_t begin = 0; begin < users.size(); begin += kUserBlock) {
    if (interrupted) fail<Interrupted>("interrupted after {} of {} users", recommender.num_users(), users.size());
    const std::span<const std::int32_t> block = users.subspan(begin, std::min(kUserBlock, users.size() - begin));
    const std::vector<std::optional<std::int32_t>> names(block.begin(), block.end());
    recommender.recommend(artifact.scoring(), block, names);
  }
}

int recommend(const RecommendOptions& options) {
  check(options);
  Output output(options.out, options.force);
  const artifact::Artifact artifact = artifact::Artifact::open(options.artifact);
  std::vector<std::int32_t> users(options.all() ? artifact.users().size() : 0);
  std::iota(users.begin(), users.end(), 0);
  if (!options.all()) {
    users = find_all(artifact.users(), options.users, "users in --users",
                     fmt::format("{} lists the known ones; for a new user give --history ID,…",
                                 (options.artifact / "users.tsv").string()));
  }
  Recommender recommender(options, artifact, output);
  if (options.history.empty()) {
    recommend_known(artifact, users, recommender);
  } else {
    recommend_history(options, artifact, users, recommender);
  }
  output.finish();
  if (recommender.num_popular() > 0) {
    fmt::print(stderr, "{} of {} users have no training items and got the most popular items\n",
               grouped(recommender.num_popular()), grouped(recommender.num_users()));
  }
  return 0;
}

}  // namespace

Run add_recommend(CLI::App& root) {
  CLI::App* app = root.add_subcommand("recommend", "the best items for users, known or new");
  const auto options = std::make_shared<RecommendOptions>();
  add_path(*app, "--artifact", options->artifact, "directory that `monet train` wrote")->required();
  add_list(*app, "--users", options->users, "ids of users, or all");
  add_list(*app, "--history", options->history,
           "ids of past items: of a new user, or of the one in --users beyond the training data");
  add_list(*app, "--exclude", options->exclude, "ids of items never to recommend");
  add_integer(*app, "--k", options->k, 1, std::numeric_limits<std::int32_t>::max(), "items per user");
  add_choice<Format>(*app, "--format", options->format,
                     {{"table", Format::table}, {"tsv", Format::tsv}, {"jsonl", Format::jsonl}},
                     "readable table; lines of user, rank, item, score; or a JSON object per user");
  add_flag(*app, "--explain", options->explain, "what drove each item: past items, parts of the score, modalities");
  add_path(*app, "--out", options->out, "file to write instead of standard output");
  add_flag(*app, "--force", options->force, "replace the --out file if it exists");
  add_threads(*app, options->threads);
  add_config(*app);
  return [options] { return recommend(*options); };
}

}  // namespace monet::cli
