// Single requests to an opened artifact, one thread: the best 20 items of a known user, of a new one with 10 past
// items, and the 10 items most similar to one; then a batch of 1,024 users. Without an artifact one of TikTok's size is
// made (bench/rank_problem.h). Answers are checked against the float64 reference; exit code 1 if one is wrong.
//
//   request_bench [--artifact DIR] [--short] [--requests N] [--cpu-clock] [--all-users]
//
// --all-users measures nothing but one call for all users, by row numbers: what bench/python_study.py compares with.

#include "monet/core/rng.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/scores.h"
#include "monet/recommend/recommender.h"
#include "monet/train/write_artifact.h"
#include "bench/rank_problem.h"
#include "bench/timing.h"
#include "tests/core/files/scoped_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace {

using monet::Index;
using monet::recommend::Recommendations;
using monet::recommend::Recommender;
using monet::recommend::User;

constexpr Index kItems = 20;
constexpr Index kSimilar = 10;
constexpr Index kPastItems = 10;
constexpr Index kBatch = 1024;
constexpr int kChecked = 25;
constexpr double kTolerance = 1e-5;  // of the largest score of a list

struct Settings {
  std::filesystem::path artifact;
  bool small = false;
  int requests = 400;
  bool all_users = false;
};

/// An artifact of random embeddings, two modalities side by side.
void write_synthetic(const std::filesystem::path& path, const monet::bench::RankSizes& sizes) {
  const monet::bench::RankProblem problem = monet::bench::make_problem(sizes);
  monet::data::Dataset dataset;
  dataset.name = "synthetic";
  dataset.hash = "0123456789abcdef";
  dataset.train = monet::Csr(problem.history.rows(), problem.history.cols(),
                             {problem.history.indptr().begin(), problem.history.indptr().end()},
                             {problem.history.indices().begin(), problem.history.indices().end()});
  for (Index u = 0; u < sizes.users; ++u) dataset.user_ids.push_back(fmt::format("user-{}", u));
  for (Index i = 0; i < sizes.items; ++i) dataset.item_ids.push_back(fmt::format("item-{}", i));
  monet::train::ArtifactContents contents;
  contents.model = "monet";
  contents.dataset = &dataset;
  contents.scoring = problem.scoring();
  const Index half = sizes.dim / 2;
  const auto items = problem.item_embedding.view();
  contents.tensors = {{"item_foldin", items},
                      {"item_embedding.image", items.columns(0, half)},
                      {"item_embedding.text", items.columns(half, sizes.dim - half)}};
  monet::train::write_artifact(path, contents, false);
}

class Bench {
 public:
  explicit Bench(const std::filesystem::path& artifact, int requests)
      : recommender_(Recommender::open(artifact)), items_(recommender_.artifact().scoring()), requests_(requests) {}

  bool run() {
    const auto& artifact = recommender_.artifact();
    fmt::print("{} users x {} items, D {}, {} interactions; {} requests of each kind, one thread\n",
               artifact.users().size(), artifact.items().size(), items_.width(), artifact.config().num_interactions,
               requests_);
    std::vector<User> known, unseen;
    std::vector<std::string> wanted;
    for (int r = 0; r < requests_; ++r) {
      known.push_back({artifact.users().id(draw(artifact.users().size())), {}, {}, {}});
      User& user = unseen.emplace_back();
      for (Index n = 0; n < kPastItems; ++n) user.history.push_back(any_item());
      wanted.push_back(any_item());
    }
    monet::recommend::Options options;
    options.k = kItems;
    bool right = measure("known user, k = 20", known, options);
    right = measure("new user of 10 items, k = 20", unseen, options) && right;
    for (const std::string& by : recommender_.similarities()) right = measure_similar(by, wanted) && right;
    return measure_batch(options) && right;
  }

  bool run_all_users() {
    const auto& artifact = recommender_.artifact();
    std::vector<User> users(artifact.users().size());
    for (std::size_t u = 0; u < users.size(); ++u) users[u].id = artifact.users().id(static_cast<std::int32_t>(u));
    monet::recommend::Options options;
    options.k = kItems;
    std::vector<std::int32_t> counts;
    const auto timings = monet::bench::time(std::max(3, requests_ / 50), [&] {
      counts = recommender_.recommend_rows(pool_, users, options).ranking.counts;
    });
    fmt::print("all {} users, k = 20: median {:.3f} ms\n", users.size(), 1e3 * timings.median());
    return counts.size() == users.size() && *std::min_element(counts.begin(), counts.end()) > 0;
  }

 private:
  std::int32_t draw(std::size_t count) { return static_cast<std::int32_t>(rng_.below(count)); }
  const std::string& any_item() {
    return recommender_.artifact().items().id(draw(recommender_.artifact().items().size()));
  }

  /// Microseconds of each request but the first few, which warm up.
  static void print(std::string_view name, std::vector<double> seconds) {
    seconds.erase(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 10));
    std::sort(seconds.begin(), seconds.end());
    const auto at = [&](double share) {
      return 1e3 * seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))];
    };
    fmt::print("{:<32} median {:.3f} ms (10 % {:.3f}, 90 % {:.3f}, most {:.3f})\n", name, at(0.5), at(0.1), at(0.9),
               at(1.0));
  }

  bool measure(std::string_view name, const std::vector<User>& users, const monet::recommend::Options& options) {
    std::vector<double> seconds;
    bool right = true;
    for (std::size_t r = 0; r < users.size(); ++r) {
      const double start = monet::bench::now();
      const std::vector<Recommendations> answer = recommender_.recommend(pool_, {&users[r], 1}, options);
      seconds.push_back(monet::bench::now() - start);
      if (r < kChecked) right = is_right(users[r], answer.front()) && right;
    }
    print(name, std::move(seconds));
    return right;
  }

  /// Whether a list is the reference's up to near-ties, and its scores too.
  bool is_right(const User& user, const Recommendations& answer) const {
    const auto& artifact = recommender_.artifact();
    const monet::scoring::Scoring scoring = artifact.scoring();
    monet::scoring::Query query;
    std::vector<std::int32_t> history;
    std::vector<float> embedding;
    if (user.id) {
      query = monet::scoring::known_user(scoring, *artifact.users().find(*user.id));
    } else {
      for (const std::string& item : user.history) history.push_back(*artifact.items().find(item));
      history = monet::rank::merged_history(history, {});
      const auto constant = artifact.tensor("user_foldin");
      embedding = monet::rank::fold_in_user(
          {artifact.tensor("item_foldin"), constant.empty() ? std::span<const float>() : constant.row_span(0)},
          history);
      query.embedding = embedding;
      query.history = history;
    }
    std::vector<std::int32_t> items(artifact.items().size());
    std::iota(items.begin(), items.end(), 0);
    std::vector<double> scores(items.size());
    monet::rank::score_items(items_, query, items, scores);
    for (const std::int32_t item : query.history) scores[static_cast<std::size_t>(item)] = -1e300;
    return agrees(std::move(scores), answer.items);
  }

  bool agrees(std::vector<double> scores, const std::vector<monet::recommend::ScoredItem>& listed) const {
    std::vector<double> best = scores;
    std::sort(best.begin(), best.end(), std::greater<>());
    double largest = 0.0;
    bool right = !listed.empty();
    for (std::size_t r = 0; r < listed.size(); ++r) {
      const double exact = scores[static_cast<std::size_t>(*recommender_.artifact().items().find(listed[r].item))];
      largest = std::max(largest, std::abs(best[r]));
      right = right && std::abs(exact - best[r]) <= kTolerance * largest &&
              std::abs(exact - static_cast<double>(listed[r].score)) <= kTolerance * largest;
    }
    return right;
  }

  bool measure_similar(const std::string& by, const std::vector<std::string>& wanted) {
    std::vector<double> seconds;
    bool right = true;
    for (std::size_t r = 0; r < wanted.size(); ++r) {
      const double start = monet::bench::now();
      const auto answer = recommender_.similar(pool_, {&wanted[r], 1}, kSimilar, by);
      seconds.push_back(monet::bench::now() - start);
      if (r < kChecked && by == "fused") right = agrees(cosines(wanted[r]), answer.front().items) && right;
    }
    print(fmt::format("similar items, k = 10, by {}", by), std::move(seconds));
    return right;
  }

  std::vector<double> cosines(const std::string& name) const {
    const std::int32_t item = *recommender_.artifact().items().find(name);
    const auto rows = items_.embedding();
    const auto dot = [&](Index a, Index b) {
      double sum = 0.0;
      for (Index c = 0; c < rows.cols; ++c) sum += static_cast<double>(rows(a, c)) * static_cast<double>(rows(b, c));
      return sum;
    };
    std::vector<double> cosines;
    for (Index other = 0; other < rows.rows; ++other) {
      const double norms = std::sqrt(dot(item, item) * dot(other, other));
      cosines.push_back(other == item || norms == 0.0 ? -1e300 : dot(item, other) / norms);
    }
    return cosines;
  }

  /// Different items of the histories that attention is over: their products with all items are made once for the
  /// batch.
  Index past_items(const std::vector<User>& users) const {
    const auto& artifact = recommender_.artifact();
    const monet::CsrView history = artifact.scoring().history;
    std::vector<std::int32_t> all;
    for (const User& user : users) {
      const auto past = history.row(*artifact.users().find(*user.id));
      if (past.size() >= 2) all.insert(all.end(), past.begin(), past.end());
    }
    return static_cast<Index>(monet::rank::merged_history(all, {}).size());
  }

  bool measure_batch(const monet::recommend::Options& options) {
    const auto& artifact = recommender_.artifact();
    std::vector<User> users;
    for (Index u = 0; u < kBatch; ++u)
      users.push_back({artifact.users().id(draw(artifact.users().size())), {}, {}, {}});
    std::vector<Recommendations> answers;
    const auto timings = monet::bench::time(std::max(3, requests_ / 20),
                                            [&] { answers = recommender_.recommend(pool_, users, options); });
    const auto num_items = static_cast<double>(artifact.items().size());
    const double pairs = static_cast<double>(kBatch) * num_items;
    const double products = pairs + static_cast<double>(past_items(users)) * num_items;
    fmt::print(
        "batch of {} users, k = 20: median {:.1f} ms, {:.1f} M pairs/s ({:.1f} to {:.1f}); with the products of {} "
        "past items {:.1f} M/s\n",
        kBatch, 1e3 * timings.median(), 1e-6 * pairs / timings.median(), 1e-6 * pairs / timings.slowest(),
        1e-6 * pairs / timings.fastest(), past_items(users), 1e-6 * products / timings.median());
    bool right = true;
    for (std::size_t u = 0; u < kChecked; ++u) right = is_right(users[u], answers[u]) && right;
    return right;
  }

  Recommender recommender_;
  monet::scoring::Items items_;
  monet::ThreadPool pool_{1};
  monet::Rng rng_{3};
  int requests_;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    if (option == "--short") {
      settings.small = true;
      settings.requests = 40;
    } else if (option == "--cpu-clock") {
      monet::bench::cpu_clock() = true;
    } else if (option == "--all-users") {
      settings.all_users = true;
    } else if (a + 1 < argc && option == "--artifact") {
      settings.artifact = argv[++a];
    } else if (a + 1 < argc && option == "--requests") {
      settings.requests = std::max(10, std::atoi(argv[++a]));
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  const monet::test::ScopedFolder folder;
  if (settings.artifact.empty()) {
    settings.artifact = folder.path() / "artifact";
    write_synthetic(settings.artifact, settings.small ? monet::bench::RankSizes::small() : monet::bench::RankSizes());
  }
  Bench bench(settings.artifact, settings.requests);
  if (!(settings.all_users ? bench.run_all_users() : bench.run())) {
    fmt::print(stderr, "request_bench: wrong answer\n");
    return 1;
  }
  return 0;
}
