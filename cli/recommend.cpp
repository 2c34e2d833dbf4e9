#include "monet/core/thread_pool.h"
#include "monet/dist/collectives.h"
#include "monet/models/registry.h"
#include "monet/recommend/recommender.h"
#include "cli/answers.h"
#include "cli/candidate_lines.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/item_list.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

constexpr std::size_t kUserBlock = 1024;
// Results held at a time: about 100 bytes each.
constexpr std::size_t kMostListed = std::size_t{1} << 20;

/// How answers are written.
enum class Written { table, tsv, jsonl, parquet };

struct RecommendOptions {
  std::filesystem::path artifact;
  std::string users;  // ids as written: the artifact tells them apart
  std::string history;
  std::string exclude;
  std::string only;
  std::filesystem::path candidates;
  Index k = 20;
  bool k_given = false;
  Written format = Written::table;
  bool explain = false;
  std::filesystem::path out;
  bool force = false;
  int threads = 1;

  bool all() const { return users == "all"; }
};

[[noreturn]] void fail_history_of_several() {
  fail<UsageError>("--history is for one user: give it alone for a new user, or with a single --users ID");
}

void check(const RecommendOptions& options) {
  if (!options.history.empty() && options.all()) fail_history_of_several();
  if (!options.candidates.empty()) {
    if (!options.users.empty() || !options.history.empty() || !options.exclude.empty() || !options.only.empty()) {
      fail<UsageError>(
          "--candidates names the users and their items: it has no place beside --users, --history, --exclude or "
          "--only");
    }
  } else if (options.users.empty() && options.history.empty()) {
    fail<UsageError>(
        "say for whom: --users all, --users ID,… for users of the artifact, or --history ID,… for a new one");
  }
  if (options.explain && (options.format == Written::tsv || options.format == Written::parquet)) {
    fail<UsageError>("--explain has no place in --format {}; use --format table or jsonl",
                     options.format == Written::tsv ? "tsv" : "parquet");
  }
  if (options.format == Written::parquet && (options.out.empty() || options.out == "-")) {
    fail<UsageError>("--format parquet needs --out FILE.parquet");
  }
}

/// Throws DataError for a model that has no place for a history, naming those that have.
void require_history(const recommend::Recommender& recommender) {
  if (recommender.takes_history()) return;
  std::vector<std::string_view> able;
  for (const models::Registration* model : models::registrations()) {
    if (model->serves_new_users) able.push_back(model->name);
  }
  fail<DataError>("{}: the model {} cannot take a --history; for users never seen train one of {}",
                  recommender.artifact().path().string(), recommender.model_without_history(), fmt::join(able, ", "));
}

KnownIds known_items(const RecommendOptions& options, const artifact::Artifact& artifact) {
  return {artifact.items(), "item", (options.artifact / "items.tsv").string()};
}

/// Who is asked for, in the words of the command line where an id is unknown.
std::vector<recommend::User> users_of(const RecommendOptions& options, const recommend::Recommender& recommender) {
  const artifact::Artifact& artifact = recommender.artifact();
  std::vector<recommend::User> users;
  if (options.all()) {
    for (std::size_t u = 0; u < artifact.users().size(); ++u) {
      users.push_back({artifact.users().id(static_cast<std::int32_t>(u)), {}, {}, {}});
    }
  } else if (!options.users.empty()) {
    const KnownIds known{artifact.users(), "user", (options.artifact / "users.tsv").string()};
    for (const std::string& id : ids_of_option("--users", options.users, known, "for a new user give --history ID,…")) {
      users.push_back({id, {}, {}, {}});
    }
  }
  if (options.history.empty()) return users;
  if (users.size() > 1) fail_history_of_several();
  std::vector<std::string> history = ids_of_option("--history", options.history, known_items(options, artifact));
  require_history(recommender);
  if (users.empty()) users.emplace_back();
  users.front().history = std::move(history);
  return users;
}

/// Asks for one block of users after the other and writes what they get.
class Blocks {
 public:
  Blocks(const RecommendOptions& options, const recommend::Recommender& recommender, Answers& answers)
      : options_(options), recommender_(recommender), answers_(answers), pool_(options.threads) {
    common_.k = options.k;
    common_.explain = options.explain;
    const KnownIds items = known_items(options, recommender.artifact());
    if (!options.exclude.empty()) common_.exclude = ids_of_option("--exclude", options.exclude, items);
    if (!options.only.empty()) common_.only = ids_or_file_of_option("--only", options.only, items);
  }

  void recommend(std::span<const recommend::User> users) {
    const std::size_t longest = std::min(static_cast<std::size_t>(options_.k), recommender_.artifact().items().size());
    const std::size_t block = std::clamp<std::size_t>(kMostListed / std::max<std::size_t>(longest, 1), 1, kUserBlock);
    each_block(users.size(), block, [&](std::size_t begin, std::size_t count) {
      return recommender_.recommend(pool_, users.subspan(begin, count), common_);
    });
  }

  void rank(const CandidateLists& lists) {
    std::vector<recommend::User> users;
    for (const std::string& id : lists.users) users.push_back({id, {}, {}, {}});
    each_block(users.size(), kUserBlock, [&](std::size_t begin, std::size_t count) {
      auto results = recommender_.rank_candidates(pool_, std::span(users).subspan(begin, count),
                                                  std::span(lists.items).subspan(begin, count), common_);
      for (recommend::Recommendations& result : results) {
        const auto length = static_cast<Index>(result.items.size());
        if (options_.k_given) result.items.resize(static_cast<std::size_t>(std::min(options_.k, length)));
      }
      return results;
    });
  }

  void report_popular() const {
    if (num_popular_ == 0) return;
    say("{} of {} users have no training items and got the most popular items\n", grouped(num_popular_),
        grouped(num_users_));
  }

 private:
  template <class Ask>
  void each_block(std::size_t count, std::size_t block, const Ask& ask) {
    const std::atomic<bool>& interrupted = poll_interrupts();
    for (std::size_t begin = 0; begin < count; begin += block) {
      if (interrupted) fail<Interrupted>("interrupted after {} of {} users", num_users_, count);
      for (const recommend::Recommendations& result : ask(begin, std::min(block, count - begin))) {
        answers_.write(result);
        ++num_users_;
        num_popular_ += result.popular ? 1 : 0;
      }
    }
  }

  const RecommendOptions& options_;
  const recommend::Recommender& recommender_;
  Answers& answers_;
  ThreadPool pool_;
  recommend::Options common_;
  Index num_users_ = 0;
  Index num_popular_ = 0;
};

std::unique_ptr<Answers> answers_of(const RecommendOptions& options) {
  switch (options.format) {
    case Written::parquet: return parquet_answers(options.out, options.force, poll_interrupts());
    case Written::tsv: return text_answers(recommend::Format::tsv, options.out, options.force);
    case Written::jsonl: return text_answers(recommend::Format::jsonl, options.out, options.force);
    case Written::table: break;
  }
  return text_answers(recommend::Format::table, options.out, options.force);
}

/// `recs.tsv` of process 1 of 4: `recs.1-of-4.tsv`.
std::filesystem::path own_file_of(const std::filesystem::path& path, const dist::Communicator& world) {
  const std::string name =
      fmt::format("{}.{}-of-{}{}", path.stem().string(), world.rank(), world.size(), path.extension().string());
  return path.parent_path() / name;
}

/// Each process answers its share of the users, in a file of its own: one after the other they are what one process
/// writes.
RecommendOptions own_share(RecommendOptions options, const dist::Communicator& world) {
  if (world.is_alone()) return options;
  if (options.out.empty() || options.out == "-") {
    fail<UsageError>("several processes write a file each: give --out recs.tsv, and they are recs.0-of-{}.tsv, …",
                     world.size());
  }
  if (options.users.empty() || !options.candidates.empty()) {
    fail<UsageError>("several processes share the users of --users; for others start it without mpirun");
  }
  options.out = own_file_of(options.out, world);
  return options;
}

int recommend(const RecommendOptions& given, const dist::Communicator& world) {
  check(given);
  const RecommendOptions options = own_share(given, world);
  const std::unique_ptr<Answers> answers = answers_of(options);
  const recommend::Recommender recommender = recommend::Recommender::open(options.artifact);
  answers->set_source(recommend::source_of(recommender.artifact()));
  Blocks blocks(options, recommender, *answers);
  if (options.candidates.empty()) {
    const std::vector<recommend::User> users = users_of(options, recommender);
    const dist::Share own = dist::share_of(static_cast<Index>(users.size()), world.rank(), world.size());
    blocks.recommend(
        std::span(users).subspan(static_cast<std::size_t>(own.begin), static_cast<std::size_t>(own.end - own.begin)));
  } else {
    blocks.rank(read_candidates(options.candidates.string(), recommender.artifact()));
  }
  answers->finish();
  blocks.report_popular();
  return 0;
}

}  // namespace

Run add_recommend(CLI::App& root, dist::Communicator& world) {
  CLI::App* app = root.add_subcommand("recommend", "the best items for users, known or new");
  const auto options = std::make_shared<RecommendOptions>();
  add_path(*app, "--artifact", options->artifact, "directory that `monet train` wrote")->required();
  add_ids(*app, "--users", options->users,
          "all, or ids of users: '\"A, B\",C' where one holds a comma, or @FILE with one a line");
  add_ids(*app, "--history", options->history,
          "ids of past items: of a new user, or of the one in --users beyond the training data");
  add_ids(*app, "--exclude", options->exclude, "ids of items never to recommend");
  add_ids(*app, "--only", options->only, "the only items to recommend: ids, or a file with one a line");
  add_path(*app, "--candidates", options->candidates,
           "file of lines user⇥item: rank exactly these items for these users");
  const CLI::Option* k =
      add_integer(*app, "--k", options->k, 1, std::numeric_limits<std::int32_t>::max(), "items per user");
  add_choice<Written>(
      *app, "--format", options->format,
      {{"table", Written::table}, {"tsv", Written::tsv}, {"jsonl", Written::jsonl}, {"parquet", Written::parquet}},
      "readable table; lines of user, rank, item, score; a JSON object per user; or a Parquet file");
  add_flag(*app, "--explain", options->explain, "what drove each item: past items, parts of the score, modalities");
  add_path(*app, "--out", options->out, "file to write instead of standard output");
  add_flag(*app, "--force", options->force, "replace the --out file if it exists");
  add_threads(*app, options->threads, world);
  add_config(*app);
  return [options, k, &world] {
    options->k_given = k->count() > 0;
    return recommend(*options, world);
  };
}

}  // namespace monet::cli
