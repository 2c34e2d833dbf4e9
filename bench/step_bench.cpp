// One training step of MONET, piece by piece the work of `monet train`: drawing a batch, forward, backward, Adam.
// Beside each time stands its floor measured in the same run: the GEMMs at oneDNN's best rate for their shapes plus the
// gathered rows at the rate of a random gather of that width from a table of that size, once in the cache as far as it
// fits and once out of it (a step finds its tables in either state); and beside the floor what else no step can do
// without, Adam and the rows that passes write. The loss of the last batch is checked against plain float64 arithmetic;
// exit code 1 if it is wrong.
//
//   step_bench [--short] [--case tiktok|men|growth] [--data DIR] [--threads N] [--steps N] [--dtype f32|bf16] [--layout
//   rows|both]
//              [--interactions N] [--whole-passes] [--cpu-clock]
//
// DIR is a dataset directory. With the environment variable MONET_DATA (a folder that holds tiktok/ and men-clothing/),
// the cases tiktok and men take their interactions, and TikTok's features, from there; without it they are generated in
// the same shape.

#include "monet/core/memory.h"
#include "monet/data/load.h"
#include "monet/graph/bipartite.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/monet.h"
#include "monet/synth/catalogue.h"
#include "monet/synth/generator.h"
#include "monet/train/optimizer.h"
#include "monet/train/sampler.h"
#include "bench/floor.h"
#include "bench/reference_loss.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

using namespace monet;

struct Settings {
  std::string name = "all";
  std::string data;
  int threads = 1;
  int steps = 60;
  Index interactions = 100000;
  Index batch = 1024;
  bool short_run = false;
  bool whole_passes = false;
  models::Monet::Options options;
};

/// A folder of the real data, empty when it is not there.
std::filesystem::path real_data(const std::string& name) {
  const char* root = std::getenv("MONET_DATA");
  if (root == nullptr || !std::filesystem::exists(std::filesystem::path(root) / name)) {
    fmt::print("{}: not in MONET_DATA, so a dataset of its shape is generated\n", name);
    return {};
  }
  return std::filesystem::path(root) / name;
}

void add_features(data::Dataset& dataset, const std::string& name, Index width) {
  dataset.modalities.push_back({name, synth::generate_features(dataset.num_items(), width, 5), 0});
}

/// TikTok's shape: 103 users hold most interactions, the others have one to three.
data::Dataset tiktok_like(bool small) {
  if (const auto real = real_data("tiktok"); !real.empty() && !small) return data::load(real);
  const Index users = small ? 930 : 9308;
  const Index items = small ? 1300 : 6710;
  const Index heavy_degree = small ? 120 : 408;
  Rng rng(7);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index u = 0; u < users; ++u) {
    const double r = rng.uniform();
    const Index degree = u % 90 == 7 ? heavy_degree : r < 0.38 ? 1 : r < 0.71 ? 2 : 3;
    for (Index n = 0; n < degree; ++n) {
      const double x = rng.uniform();
      pairs.emplace_back(static_cast<std::int32_t>(u),
                         static_cast<std::int32_t>(x * std::sqrt(x) * static_cast<double>(items)));
    }
  }
  data::Dataset dataset;
  dataset.train = Csr::from_pairs(users, items, pairs);
  add_features(dataset, "audio", 128);
  add_features(dataset, "image", 128);
  return dataset;
}

/// The paper's Men Clothing: its size, and features of its widths.
data::Dataset men_like(bool small) {
  if (const auto real = real_data("men-clothing/5-core"); !real.empty() && !small) {
    auto dataset = data::load(real.parent_path());
    add_features(dataset, "image", 4096);
    add_features(dataset, "text", 1024);
    return dataset;
  }
  synth::GeneratorOptions options;
  options.num_users = small ? 495 : 4955;
  options.num_items = small ? 502 : 5028;
  options.num_interactions = small ? 3200 : 32363;
  options.modalities.clear();
  auto dataset = synth::generate_dataset(options);
  add_features(dataset, "image", small ? 409 : 4096);
  add_features(dataset, "text", small ? 102 : 1024);
  return dataset;
}

/// A generated shop: users and items grow with the interactions, 20 and 100 of them each.
data::Dataset growth(Index interactions) {
  synth::GeneratorOptions options;
  options.num_interactions = interactions;
  options.num_users = interactions / 20;
  options.num_items = interactions / 100;
  options.modalities = {{"image", 128}, {"text", 128}};
  return synth::generate_dataset(options);
}

bool run(const std::string& title, const data::Dataset& dataset, const Settings& settings) {
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(settings.threads);
  models::Monet model(settings.options, dataset, graph, pool, settings.whole_passes ? 0.0 : models::Monet::kDenseShare);
  autograd::Tape tape(pool);
  Rng start(1);
  model.initialise(start);
  train::Adam optimizer(model.parameters());
  train::Sampler sampler(graph.user_items());
  Rng rng(2);
  train::Sampler::Triples triples;
  models::LossParts loss;
  std::vector<double> gathers;
  std::vector<double> written;
  graph::ReceptiveField field(graph, settings.options.layers, settings.whole_passes ? 0.0 : models::Monet::kDenseShare);

  const auto batch = [&] { return models::Batch{triples.users, triples.positives, triples.negatives}; };
  const auto timings = bench::time(settings.steps, [&] {
    sampler.draw(rng, settings.batch, triples);
    loss = models::compute_gradients(tape, model, batch());
    optimizer.step(pool, 1e-4);
  });
  const double peak = static_cast<double>(peak_resident_memory()) * 1e-6;
  const Index width = settings.options.dim * static_cast<Index>(dataset.modalities.size());
  for (int n = 0; n < 5; ++n) {
    sampler.draw(rng, settings.batch, triples);
    std::vector<std::int32_t> items = triples.positives;
    items.insert(items.end(), triples.negatives.begin(), triples.negatives.end());
    field.build(triples.users, items, true);
    Index history = 0;
    for (const std::int32_t user : triples.users) history += graph.user_items().degree(user);
    gathers.push_back(static_cast<double>(models::detail::step_gathers(graph, field, history, settings.batch)));
    written.push_back(static_cast<double>(bench::rows_written(field)));
  }
  std::sort(gathers.begin(), gathers.end());
  std::sort(written.begin(), written.end());
  const int repetitions = settings.short_run ? 3 : 15;
  const double gather = bench::gather_seconds(dataset.num_users() + dataset.num_items(), width, repetitions);
  const double cold_gather = bench::gather_seconds(dataset.num_users() + dataset.num_items(), width, repetitions,
                                                   bench::Table::cold, graph.num_edges());
  const double gemm = bench::gemm_seconds(dataset, settings.options, settings.short_run ? 1 : 9);
  const double floor = gemm + gather * gathers[gathers.size() / 2];
  const double cold_floor = gemm + cold_gather * gathers[gathers.size() / 2];
  const double adam = bench::adam_seconds(model.parameters().size(), repetitions);
  const double writes =
      written[written.size() / 2] * bench::write_seconds(dataset.num_users() + dataset.num_items(), width, repetitions);

  fmt::print("{}: {} users x {} items, {} interactions, {} thread(s), batch {}\n", title, dataset.num_users(),
             dataset.num_items(), graph.num_edges(), settings.threads, settings.batch);
  fmt::print("  step {:.2f} ms (median of {}; {:.2f} to {:.2f})\n", 1e3 * timings.median(), settings.steps,
             1e3 * timings.fastest(), 1e3 * timings.slowest());
  fmt::print("  floor {:.2f} ms: GEMM {:.2f}, {:.0f} rows of {} bytes at {:.1f} ns; step / floor {:.2f}\n", 1e3 * floor,
             1e3 * gemm, gathers[gathers.size() / 2], 4 * width, 1e9 * gather, timings.median() / floor);
  fmt::print(
      "  floor {:.2f} ms with tables that each pass finds out of the cache: rows at {:.1f} ns; step / floor {:.2f}\n",
      1e3 * cold_floor, 1e9 * cold_gather, timings.median() / cold_floor);
  fmt::print("  beside it, each alone: Adam {:.2f} ms, {:.0f} rows written {:.2f}; step / all of it {:.2f}\n",
             1e3 * adam, written[written.size() / 2], 1e3 * writes, timings.median() / (floor + adam + writes));
  fmt::print("  peak resident {:.0f} MB\n", peak);

  loss = models::compute_gradients(tape, model, batch());
  const double exact = bench::reference_loss(model.parameters(), dataset, graph, settings.options, batch());
  const double tolerance = settings.options.features_dtype == models::FeaturesDtype::f32 ? 2e-5 : 2e-2;
  fmt::print("  loss {:.7f}, in float64 {:.7f}\n", loss.ranking, exact);
  if (!(std::abs(loss.ranking - exact) <= tolerance * exact)) {
    fmt::print(stderr, "step_bench: wrong loss\n");
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    const auto value = [&]() -> std::string { return a + 1 < argc ? argv[++a] : ""; };
    if (option == "--short") {
      settings.short_run = true;
      settings.steps = 3;
      settings.batch = 128;
      settings.interactions = 20000;
    } else if (option == "--cpu-clock") {
      bench::cpu_clock() = true;
    } else if (option == "--whole-passes") {
      settings.whole_passes = true;
    } else if (option == "--case") {
      settings.name = value();
    } else if (option == "--data") {
      settings.data = value();
    } else if (option == "--threads") {
      settings.threads = std::max(1, std::atoi(value().c_str()));
    } else if (option == "--steps") {
      settings.steps = std::max(1, std::atoi(value().c_str()));
    } else if (option == "--batch") {
      settings.batch = std::max(1, std::atoi(value().c_str()));
    } else if (option == "--interactions") {
      settings.interactions = std::atoll(value().c_str());
    } else if (option == "--dtype") {
      settings.options.features_dtype = value() == "bf16" ? models::FeaturesDtype::bf16 : models::FeaturesDtype::f32;
    } else if (option == "--layout") {
      settings.options.features_layout =
          value() == "both" ? models::FeaturesLayout::both : models::FeaturesLayout::rows;
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  try {
    bool right = true;
    const auto wanted = [&](std::string_view name) { return settings.name == "all" || settings.name == name; };
    if (!settings.data.empty()) return run(settings.data, data::load(settings.data), settings) ? 0 : 1;
    if (wanted("tiktok")) right = run("TikTok", tiktok_like(settings.short_run), settings) && right;
    if (wanted("men"))
      right = run("Men Clothing, features 4,096 + 1,024", men_like(settings.short_run), settings) && right;
    if (wanted("growth")) right = run("generated shop", growth(settings.interactions), settings) && right;
    return right ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "step_bench: {}\n", error.what());
    return 1;
  }
}
