// Recommending by candidates against scanning everything: recall@20, the share of lists that are proved to be the exact
// ones, items looked at, and milliseconds of single requests on one core, for generated items of D columns.
// "clustered": items around some hundred tastes with popular items longer, a user between two of them; "random": no
// structure at all, the worst case for any index. Of each kind of score; target-aware queries have ten items in their
// history. Exit code 1 where a list that claims to be exact is not.
//
//   candidates_bench [--short] [--items N,…] [--queries N] [--share S] [--threads-to-build N]

#include "monet/candidates/cell_index.h"
#include "monet/candidates/rank.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using monet::Index;
using monet::Matrix;
using monet::Rng;
namespace candidates = monet::candidates;
namespace scoring = monet::scoring;

struct Settings {
  std::vector<Index> items{10'000, 100'000, 1'000'000};
  Index dim = 128;
  Index queries = 200;
  Index k = 20;
  Index history = 10;
  double share = 0.02;
  int build_threads = 1;
};

struct Catalogue {
  Matrix<float> items;
  Matrix<float> users;
  std::vector<std::vector<std::int32_t>> histories;
  std::vector<float> popularity;
};

/// Tastes lie around a few themes; an item is a taste and as much of its own, a user the mean of what she touched and
/// as much of her own. Lengths vary as those of popular and rare items do.
Catalogue clustered(const Settings& settings, Index items) {
  Rng rng(3);
  const auto normal = [&](double scale) { return scale * rng.normal() / std::sqrt(static_cast<double>(settings.dim)); };
  const Index tastes = std::max<Index>(50, static_cast<Index>(std::sqrt(static_cast<double>(items)) / 2));
  const Index themes = 20;
  Matrix<float> themes_at(themes, settings.dim);
  Matrix<float> tastes_at(tastes, settings.dim);
  for (Index i = 0; i < themes_at.size(); ++i) themes_at.data()[i] = static_cast<float>(normal(1.0));
  for (Index t = 0; t < tastes; ++t) {
    for (Index c = 0; c < settings.dim; ++c)
      tastes_at(t, c) = themes_at(t % themes, c) + static_cast<float>(normal(1.0));
  }
  Catalogue result{Matrix<float>(items, settings.dim), Matrix<float>(settings.queries, settings.dim), {}, {}};
  for (Index i = 0; i < items; ++i) {
    const double length = std::exp(0.2 * rng.normal());
    for (Index c = 0; c < settings.dim; ++c) {
      result.items(i, c) = static_cast<float>(length * (static_cast<double>(tastes_at(i % tastes, c)) + normal(1.0)));
    }
  }
  for (Index u = 0; u < settings.queries; ++u) {
    const auto first = static_cast<Index>(rng.below(static_cast<std::uint64_t>(tastes)));
    const auto second = static_cast<Index>(rng.below(static_cast<std::uint64_t>(tastes)));
    std::vector<std::int32_t> history;
    for (Index h = 0; h < settings.history; ++h) {
      const Index taste = h % 3 == 2 ? second : first;
      const auto turn = static_cast<Index>(rng.below(static_cast<std::uint64_t>(items / tastes)));
      history.push_back(static_cast<std::int32_t>(turn * tastes + taste));
    }
    std::sort(history.begin(), history.end());
    history.erase(std::unique(history.begin(), history.end()), history.end());
    for (Index c = 0; c < settings.dim; ++c) {
      double sum = 0.0;
      for (const std::int32_t item : history) sum += static_cast<double>(result.items(item, c));
      result.users(u, c) = static_cast<float>(sum / static_cast<double>(history.size()) + normal(0.5));
    }
    result.histories.push_back(std::move(history));
  }
  return result;
}

Catalogue random(const Settings& settings, Index items) {
  Rng rng(5);
  Catalogue result{Matrix<float>(items, settings.dim), Matrix<float>(settings.queries, settings.dim), {}, {}};
  const double scale = 1.0 / std::sqrt(static_cast<double>(settings.dim));
  for (Matrix<float>* rows : {&result.items, &result.users}) {
    for (Index i = 0; i < rows->size(); ++i) rows->data()[i] = static_cast<float>(scale * rng.normal());
  }
  for (Index u = 0; u < settings.queries; ++u) {
    std::vector<std::int32_t> history;
    for (Index h = 0; h < settings.history; ++h) {
      history.push_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(items))));
    }
    std::sort(history.begin(), history.end());
    history.erase(std::unique(history.begin(), history.end()), history.end());
    result.histories.push_back(std::move(history));
  }
  return result;
}

struct Measured {
  std::vector<double> milliseconds;
  double recall = 0.0;
  double looked_at = 0.0;
  Index proved = 0;
  Index scanned = 0;
  Index wrong = 0;  // lists that claim to be exact

  double at(double quantile) {
    std::sort(milliseconds.begin(), milliseconds.end());
    return milliseconds[static_cast<std::size_t>(quantile * static_cast<double>(milliseconds.size() - 1))];
  }
};

/// Same items but for those whose scores are equal up to rounding.
bool same_list(const monet::rank::Ranking& a, const monet::rank::Ranking& b) {
  if (a.counts != b.counts) return false;
  for (std::size_t r = 0; r < a.row(0).size(); ++r) {
    const auto at = static_cast<Index>(r);
    const float largest = std::max(std::abs(b.scores(0, 0)), 1e-6F);
    if (std::abs(a.scores(0, at) - b.scores(0, at)) > 1e-5F * largest) return false;
  }
  return true;
}

Measured measure(const scoring::Items& items, const candidates::CellIndex* index,
                 const std::vector<scoring::Query>& queries, const std::vector<monet::rank::Ranking>* exact,
                 const candidates::Options& options, std::vector<monet::rank::Ranking>* keep) {
  monet::ThreadPool pool(1);
  Measured measured;
  candidates::rank(pool, items, index, {queries.data(), 1}, options);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const double began = monet::bench::now();
    candidates::Result result = candidates::rank(pool, items, index, {&queries[q], 1}, options);
    measured.milliseconds.push_back(1e3 * (monet::bench::now() - began));
    measured.looked_at += static_cast<double>(result.looked_at.front()) / static_cast<double>(items.size());
    const bool proved = result.exactness.front() == candidates::Exactness::proved;
    const bool scanned = result.exactness.front() == candidates::Exactness::scanned;
    measured.proved += proved ? 1 : 0;
    measured.scanned += scanned ? 1 : 0;
    if (exact != nullptr) {
      const auto best = (*exact)[q].row(0);
      Index hits = 0;
      for (const std::int32_t item : result.ranking.row(0)) hits += std::count(best.begin(), best.end(), item);
      measured.recall += static_cast<double>(hits) / static_cast<double>(std::max<std::size_t>(1, best.size()));
      if ((proved || scanned) && !same_list(result.ranking, (*exact)[q])) ++measured.wrong;
    }
    if (keep != nullptr) keep->push_back(std::move(result.ranking));
  }
  const auto count = static_cast<double>(queries.size());
  measured.recall /= count;
  measured.looked_at /= count;
  return measured;
}

void print(std::string_view how, Measured measured, std::size_t count) {
  const auto share = [&](Index n) { return 100.0 * static_cast<double>(n) / static_cast<double>(count); };
  fmt::print(
      "  {:<14} recall@20 {:.4f}  proved {:5.1f} %  scanned {:5.1f} %  looked at {:6.2f} %  p50 {:7.2f} ms  p99 "
      "{:7.2f} ms\n",
      how, measured.recall, share(measured.proved), share(measured.scanned), 100.0 * measured.looked_at,
      measured.at(0.5), measured.at(0.99));
}

/// False: a list is not what it claims to be.
bool run(const Settings& settings, std::string_view name, Catalogue catalogue) {
  catalogue.popularity.assign(static_cast<std::size_t>(catalogue.items.rows()), 1.0F);
  bool right = true;
  std::unique_ptr<const candidates::CellIndex> index;
  for (const scoring::ScoreKind kind : {scoring::ScoreKind::dot, scoring::ScoreKind::target_aware}) {
    scoring::Scoring model;
    model.kind = kind;
    model.beta = kind == scoring::ScoreKind::dot ? 0.0F : 0.3F;
    model.item_embedding = catalogue.items;
    model.item_popularity = catalogue.popularity;
    const scoring::Items items(model);
    if (!index) {
      monet::ThreadPool builders(settings.build_threads);
      const double began = monet::bench::now();
      index = candidates::CellIndex::build(builders, items);
      fmt::print("{} items, {}, D {}: {} cells, built in {:.2f} s, {:.1f} MB beside {:.1f} MB of embeddings\n",
                 items.size(), name, settings.dim, index->cells(), monet::bench::now() - began,
                 1e-6 * static_cast<double>(index->bytes()), 4e-6 * static_cast<double>(catalogue.items.size()));
    }
    std::vector<scoring::Query> queries;
    for (Index u = 0; u < settings.queries; ++u) {
      scoring::Query& query = queries.emplace_back();
      query.embedding = catalogue.users.view().row_span(u);
      query.history = catalogue.histories[static_cast<std::size_t>(u)];
    }
    fmt::print(" {}\n", scoring::to_string(kind));
    candidates::Options options;
    options.rank.k = settings.k;
    std::vector<monet::rank::Ranking> exact;
    Measured whole = measure(items, nullptr, queries, nullptr, options, &exact);
    whole.recall = 1.0;
    print("whole scan", whole, queries.size());
    const Measured proved = measure(items, index.get(), queries, &exact, options, nullptr);
    print("exact=true", proved, queries.size());
    options.exact = false;
    options.share = settings.share;
    const Measured quick = measure(items, index.get(), queries, &exact, options, nullptr);
    print("exact=false", quick, queries.size());
    right = right && proved.wrong == 0 && quick.wrong == 0 && proved.recall > 0.999;
  }
  return right;
}

std::vector<Index> numbers_of(std::string text) {
  std::vector<Index> numbers;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    numbers.push_back(std::max<Index>(100, std::atoll(text.substr(begin, end - begin).c_str())));
    begin = end + 1;
  }
  return numbers;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    if (option == "--short") {
      settings.items = {5'000};
      settings.queries = 20;
    } else if (a + 1 < argc && option == "--items") {
      settings.items = numbers_of(argv[++a]);
    } else if (a + 1 < argc && option == "--queries") {
      settings.queries = std::max(1, std::atoi(argv[++a]));
    } else if (a + 1 < argc && option == "--share") {
      settings.share = std::atof(argv[++a]);
    } else if (a + 1 < argc && option == "--threads-to-build") {
      settings.build_threads = std::max(1, std::atoi(argv[++a]));
    } else if (option == "--cpu-clock") {
      monet::bench::cpu_clock() = true;
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  bool right = true;
  for (const Index items : settings.items) {
    right = run(settings, "clustered", clustered(settings, items)) && right;
    right = run(settings, "random", random(settings, items)) && right;
  }
  if (!right) fmt::print(stderr, "candidates_bench: a list that claims to be exact is not\n");
  return right ? 0 : 1;
}
