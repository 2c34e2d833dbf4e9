// One training step of every trained model: drawing a batch, forward, backward, Adam. Beside each time stands its
// floor, measured in the same run: the GEMMs of the step at the best rate oneDNN reaches for their shapes, and the rows
// that its sparse passes gather, at the rate of a random gather of that width from a table of that size, once in the
// cache as far as it fits and once out of it. The floor leaves out activations, normalising, what is gathered for the
// batch alone, and Adam, which is timed beside it. Checks
// that the loss falls when the same batch is repeated and that it is finite; exit code 1 if not.
//
//   models_bench [--short] [--model NAME] [--data DIR] [--threads N] [--steps N] [--batch N] [--layers N] [--cpu-clock]
//                [--set OPTION=VALUE]
//
// DIR is a dataset directory; with MONET_DATA (a folder that holds tiktok/) TikTok is taken from there, otherwise a
// dataset of its shape is generated.

#include "monet/data/load.h"
#include "monet/graph/bipartite.h"
#include "monet/models/model.h"
#include "monet/synth/generator.h"
#include "monet/train/optimizer.h"
#include "monet/train/sampler.h"
#include "bench/timing.h"
#include "bench/work.h"

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace monet;

struct Settings {
  std::string model;
  std::string data;
  int threads = 1;
  int steps = 40;
  Index batch = 2048;
  int layers = -1;  // the model's own
  bool short_run = false;
  std::vector<std::pair<std::string, std::string>> values;  // of options of the model
};

data::Dataset dataset_of(const Settings& settings) {
  if (!settings.data.empty()) return data::load(settings.data);
  const char* root = std::getenv("MONET_DATA");
  if (!settings.short_run && root != nullptr && std::filesystem::exists(std::filesystem::path(root) / "tiktok")) {
    return data::load(std::filesystem::path(root) / "tiktok");
  }
  fmt::print("generated data of TikTok's size (MONET_DATA names the folder of the real set)\n");
  synth::GeneratorOptions options;
  options.num_users = settings.short_run ? 300 : 9308;
  options.num_items = settings.short_run ? 200 : 6710;
  options.num_interactions = settings.short_run ? 2000 : 68722;
  options.modalities = {{"audio", settings.short_run ? 16 : 128}, {"image", settings.short_run ? 16 : 128}};
  return synth::generate_dataset(options);
}

bool run(std::string_view name, const data::Dataset& dataset, const Settings& settings) {
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(settings.threads);
  models::ModelOptions options(name);
  if (settings.layers >= 0 && find_option(options.infos(), "layers") != nullptr) options.set("layers", settings.layers);
  for (const auto& [option, value] : settings.values) options.set_text(option, value);
  const auto model = models::make_model(options, dataset, graph, pool);
  if (!model->trained()) return true;
  autograd::Tape tape(pool);
  Rng start(1);
  model->initialise(start);
  train::Adam optimizer(model->parameters());
  train::Sampler sampler(graph.user_items());
  Rng rng(2);
  train::Sampler::Triples triples;
  const auto step = [&] {
    const auto loss = models::compute_gradients(tape, *model, {triples.users, triples.positives, triples.negatives, 7});
    optimizer.step(pool, 1e-3);
    return loss.total;
  };
  Index at = 0;
  const Index steps_per_epoch = std::max<Index>(graph.num_edges() / settings.batch, 1);
  const auto draw = [&] { sampler.draw_interactions(1, 0, at++ % steps_per_epoch, settings.batch, rng, triples); };
  model->begin_epoch(0);
  draw();
  const double build_began = bench::now();
  step();  // with what a model does once an epoch
  const double first_seconds = bench::now() - build_began;
  const auto timings = bench::time(settings.steps, [&] {
    draw();
    step();
  });

  const models::StepWork work = model->step_work({triples.users, triples.positives, triples.negatives});
  const int repetitions = settings.short_run ? 1 : 7;
  const double gemm = bench::gemm_part(work, repetitions);
  const double warm = bench::gather_part(work, repetitions, bench::Table::warm, graph.num_edges());
  const double cold = bench::gather_part(work, repetitions, bench::Table::cold, graph.num_edges());
  const double adam = bench::adam_seconds(model->parameters().size(), repetitions);
  const double took = timings.median();
  fmt::print("{:<13} step {:7.2f} ms (median of {}; {:.2f} to {:.2f}), first of an epoch {:.1f}\n", name, 1e3 * took,
             settings.steps, 1e3 * timings.fastest(), 1e3 * timings.slowest(), 1e3 * first_seconds);
  fmt::print(
      "          floor {:.2f} ms = GEMM {:.2f} + gathers {:.2f}, step / floor {:.2f}; from cold tables {:.2f} ms, "
      "{:.2f}; "
      "Adam alone {:.2f} ms\n",
      1e3 * (gemm + warm), 1e3 * gemm, 1e3 * warm, took / (gemm + warm), 1e3 * (gemm + cold), took / (gemm + cold),
      1e3 * adam);

  const double before = step();
  double after = before;
  for (int n = 0; n < 10; ++n) after = step();
  if (!std::isfinite(after) || !(after < before)) {
    fmt::print(stderr, "models_bench: {}: the loss of a repeated batch went from {} to {}\n", name, before, after);
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
    } else if (option == "--cpu-clock") {
      bench::cpu_clock() = true;
    } else if (option == "--set") {
      const std::string text = value();
      const std::size_t at = text.find('=');
      settings.values.emplace_back(text.substr(0, at), at == text.npos ? "" : text.substr(at + 1));
    } else if (option == "--model") {
      settings.model = value();
    } else if (option == "--data") {
      settings.data = value();
    } else if (option == "--threads") {
      settings.threads = std::max(1, std::atoi(value().c_str()));
    } else if (option == "--steps") {
      settings.steps = std::max(1, std::atoi(value().c_str()));
    } else if (option == "--layers") {
      settings.layers = std::max(0, std::atoi(value().c_str()));
    } else if (option == "--batch") {
      settings.batch = std::max(1, std::atoi(value().c_str()));
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  try {
    const data::Dataset dataset = dataset_of(settings);
    fmt::print("{} users x {} items, {} interactions, batch {}, {} thread(s)\n", dataset.num_users(),
               dataset.num_items(), dataset.train.nnz(), settings.batch, settings.threads);
    bool right = true;
    for (const std::string_view name : models::model_names()) {
      if (settings.model.empty() || settings.model == name) right = run(name, dataset, settings) && right;
    }
    return right ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "models_bench: {}\n", error.what());
    return 1;
  }
}
