// A training step over processes: how long it takes, what it sends and to what that should come. The program
// `cluster_bench` runs in one process; `cluster_mpi_bench`, which is built with MONET_MPI, under mpirun. One line of
// JSON says what bench/cluster_model.py needs: the step and its parts, what each process has, bytes and rounds of
// messages, latency and bandwidth. Checks that the loss falls when a batch is repeated, that every process sees the
// same one, and that what was sent is what the partition says; exit code 1 if not.
//
//   cluster_bench [--short] [--data DIR] [--users N] [--items N] [--interactions N] [--width N] [--model NAME]
//                 [--dim N] [--batch N] [--steps N] [--threads N] [--layers N] [--only-load]
//
// --only-load: reads the data, says how much memory the fullest process had, and ends.

#include "monet/core/memory.h"
#include "monet/dist/collectives.h"
#include "monet/dist/connect.h"
#include "monet/dist/error.h"
#include "monet/sharded/load.h"
#include "monet/sharded/model.h"
#include "monet/sharded/sampler.h"
#include "monet/synth/generator.h"
#include "monet/train/optimizer.h"
#include "bench/timing.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <system_error>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace monet;

struct Settings {
  std::string data;
  std::string model = "monet";
  Index users = 20000;
  Index items = 10000;
  Index interactions = 200000;
  Index width = 256;  // of the features of each of two modalities
  Index dim = 64;
  Index batch = 1024;
  Index layers = -1;  // the model's own
  Index steps = 30;
  Index threads = 1;
  bool only_load = false;
  bool short_run = false;
};

/// Counts what goes through another, but for what a process sends to itself.
class Counting final : public dist::Communicator {
 public:
  explicit Counting(dist::Communicator& inner) : inner_(inner) {}
  int rank() const override { return inner_.rank(); }
  int size() const override { return inner_.size(); }
  std::unique_ptr<dist::Transfer> exchange(std::span<const std::span<const std::byte>> send,
                                           std::span<const std::span<std::byte>> receive) override {
    for (std::size_t r = 0; r < send.size(); ++r) {
      if (static_cast<int>(r) == rank()) continue;
      bytes += static_cast<Index>(send[r].size());
    }
    ++rounds;
    return inner_.exchange(send, receive);
  }
  [[noreturn]] void abort(int exit_code) override {
    inner_.abort(exit_code);
    std::abort();  // for g++, which does not see that a virtual function does not return
  }

  Index bytes = 0;
  Index rounds = 0;

 private:
  dist::Communicator& inner_;
};

data::Dataset generated(const Settings& settings) {
  synth::GeneratorOptions options;
  options.num_users = settings.short_run ? 400 : settings.users;
  options.num_items = settings.short_run ? 300 : settings.items;
  options.num_interactions = settings.short_run ? 3000 : settings.interactions;
  const Index width = settings.short_run ? 16 : settings.width;
  options.modalities = {{"image", width}, {"text", width}};
  return synth::generate_dataset(options);
}

sharded::Shard shard_for(dist::Communicator& world, const Settings& settings) {
  if (!settings.data.empty()) return sharded::load(world, settings.data, {});
  const data::Dataset dataset = generated(settings);
  std::vector<std::int32_t> users;
  for (Index u = 0; u < dataset.num_users(); ++u) users.push_back(static_cast<std::int32_t>(dataset.train.degree(u)));
  std::vector<std::int32_t> items(static_cast<std::size_t>(dataset.num_items()), 0);
  for (const std::int32_t item : dataset.train.indices()) ++items[static_cast<std::size_t>(item)];
  const sharded::Partition partition{sharded::Ranges::balanced(users, world.size()),
                                     sharded::Ranges::balanced(items, world.size())};
  return sharded::shard_of(dataset, partition, world.rank());
}

/// Bytes that this process sends in the tables of a step, by the rows that its last batch needed.
double predicted_bytes(sharded::Model& model, Index width) {
  const sharded::ShardField* field = model.field();
  double rows = 0.0;
  if (field != nullptr) {
    const sharded::Route& whole = model.graph().halo().route();
    for (int l = 0; l < field->layers(); ++l) {
      const auto& layer = field->layer(l);
      const sharded::Route& fetched = layer.all ? whole : layer.fetched;
      const sharded::Route& reduced = layer.all ? whole : layer.reduced;
      // Forward owners send what is fetched, and sums go back; backward the other way round.
      rows += static_cast<double>(fetched.num_owned() + reduced.num_needed());
      rows += static_cast<double>(reduced.num_owned() + fetched.num_needed());
    }
  }
  double weights = 0.0;
  for (const models::Parameter& parameter : model.parameters().parameters()) {
    if (parameter.rows_of == models::RowsOf::weights)
      weights += static_cast<double>(parameter.value.rows * parameter.value.cols);
  }
  const double others = static_cast<double>(model.world().size() - 1);
  return 4.0 * (rows * static_cast<double>(width) + 2.0 * weights * others / static_cast<double>(model.world().size()));
}

struct Link {
  double latency_us = 0.0;
  double bytes_per_second = 0.0;
};

/// Of a round of messages between all processes.
Link link_of(dist::Communicator& world, bool short_run) {
  if (world.is_alone()) return {};
  const auto round_of = [&](std::size_t bytes, int repetitions) {
    const std::vector<std::byte> out(bytes);
    std::vector<std::byte> in(bytes * static_cast<std::size_t>(world.size()));
    std::vector<std::span<const std::byte>> send(static_cast<std::size_t>(world.size()), std::span(out));
    std::vector<std::span<std::byte>> receive;
    for (std::size_t r = 0; r < send.size(); ++r) receive.push_back(std::span(in).subspan(r * bytes, bytes));
    const auto timings = bench::time(repetitions, [&] { world.exchange(send, receive)->wait(); });
    return dist::all_reduced(world, timings.median(), dist::Reduction::largest);
  };
  const double small = round_of(8, 200);
  const std::size_t large = short_run ? std::size_t{1} << 16U : std::size_t{1} << 22U;
  const double big = round_of(large, 20);
  return {small * 1e6, static_cast<double>(large) * (world.size() - 1) / std::max(big - small, 1e-9)};
}

int run(dist::Communicator& outer, const Settings& settings) {
  Counting world(outer);
  const sharded::Shard shard = shard_for(world, settings);
  if (settings.only_load) {
    const double peak =
        dist::all_reduced(world, static_cast<double>(peak_resident_memory()) * 1e-6, dist::Reduction::largest);
    if (world.is_first()) fmt::print("{}\n", nlohmann::json{{"processes", world.size()}, {"peak_mb", peak}}.dump());
    return 0;
  }
  models::ModelOptions options(settings.model, {{"dim", settings.dim}});
  if (settings.layers >= 0) options.set("layers", settings.layers);
  const auto model = sharded::make_model(world, options, shard);
  ThreadPool pool(static_cast<int>(settings.threads));
  autograd::Tape tape(pool);
  Rng start(1);
  model->initialise(start);
  train::Adam optimizer(model->parameters());
  sharded::Sampler sampler(shard, world.rank());
  sharded::ShardBatch batch;
  Rng rng(2);
  const int steps = settings.short_run ? 3 : static_cast<int>(settings.steps);

  sampler.draw(rng, settings.short_run ? 64 : settings.batch, batch);
  const double first = model->compute_gradients(tape, batch).loss.total;
  for (int k = 0; k < 5; ++k) {
    optimizer.step(pool, 1e-3);
    model->compute_gradients(tape, batch);
  }
  const double later = model->compute_gradients(tape, batch).loss.total;
  const bool alike = dist::all_reduced(world, later, dist::Reduction::least) ==
                     dist::all_reduced(world, later, dist::Reduction::largest);

  double bytes = 0.0;
  double rounds = 0.0;
  double expected = 0.0;
  const Index width = model->output(tape, models::Detail::scores).scoring.user_embedding.cols;
  double sampling = 0.0;
  double adam = 0.0;
  dist::barrier(world);
  const auto timings = bench::time(steps, [&] {
    const double begun = bench::now();
    sampler.draw(rng, settings.short_run ? 64 : settings.batch, batch);
    sampling += bench::now() - begun;
    const Index sent = world.bytes;
    const Index before = world.rounds;
    model->compute_gradients(tape, batch);
    bytes += static_cast<double>(world.bytes - sent);
    rounds += static_cast<double>(world.rounds - before);
    expected += predicted_bytes(*model, width);
    const double computed = bench::now();
    optimizer.step(pool, 1e-3);
    adam += bench::now() - computed;
  });
  const double times = steps + 1;  // one repetition is not counted, but measured
  const Link link = link_of(world, settings.short_run);
  const auto most = [&](double value) { return dist::all_reduced(world, value, dist::Reduction::largest); };
  const auto mine = static_cast<double>(shard.train.nnz());
  nlohmann::json json{{"model", settings.model},
                      {"processes", world.size()},
                      {"threads", settings.threads},
                      {"users", shard.num_users()},
                      {"items", shard.num_items()},
                      {"interactions", shard.num_train},
                      {"width", width},
                      {"batch", settings.batch},
                      {"step_ms", most(timings.median() * 1e3)},
                      {"fastest_ms", most(timings.fastest() * 1e3)},
                      {"slowest_ms", most(timings.slowest() * 1e3)},
                      {"sample_ms", most(sampling / times * 1e3)},
                      {"adam_ms", most(adam / times * 1e3)},
                      {"most_users", most(static_cast<double>(model->graph().num_users()))},
                      {"most_items", most(static_cast<double>(model->graph().num_items()))},
                      {"most_edges", most(mine)},
                      {"most_ghosts", most(static_cast<double>(model->graph().halo().num_ghosts()))},
                      {"parameters", dist::all_reduced(world, model->parameters().size())},
                      {"bytes", most(bytes / times)},
                      {"bytes_by_rows", most(expected / times)},
                      {"rounds", most(rounds / times)},
                      {"latency_us", link.latency_us},
                      {"bytes_per_second", link.bytes_per_second},
                      {"peak_mb", most(static_cast<double>(peak_resident_memory()) * 1e-6)}};
  // What is sent beside rows of the layers: rows of the batch, lists of them, marks of ghosts.
  const double beside = (bytes - expected) / times;
  const double batch_bytes =
      most(16.0 * static_cast<double>(width + 2) * static_cast<double>(settings.batch) *
           (3.0 + mine / std::max<double>(1.0, static_cast<double>(model->graph().num_users()))));
  const double marks =
      8.0 * most(static_cast<double>(model->graph().halo().route().num_owned() + model->graph().halo().num_ghosts()));
  const bool accounted = most(beside >= -1.0 && beside <= batch_bytes + marks + 1e5 ? 0.0 : 1.0) == 0.0;
  const bool right = std::isfinite(later) && later < first && alike && accounted;
  if (world.is_first()) fmt::print("{}\n", json.dump());
  if (right) return 0;
  if (world.is_first()) {
    fmt::print(stderr, "wrong: loss {} after {}, {}the same everywhere; {} bytes beside rows\n", later, first,
               alike ? "" : "not ", beside);
  }
  return 1;
}

Index whole_number(std::string_view name, std::string_view text) {
  Index value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    fail<InvalidArgument>("{}: '{}' is not a whole number", name, text);
  }
  return value;
}

Settings parse(int argc, char** argv) {
  Settings settings;
  const std::map<std::string_view, bool*> flags{{"--short", &settings.short_run}, {"--only-load", &settings.only_load}};
  const std::map<std::string_view, std::string*> texts{{"--data", &settings.data}, {"--model", &settings.model}};
  const std::map<std::string_view, Index*> numbers{
      {"--users", &settings.users}, {"--items", &settings.items},     {"--interactions", &settings.interactions},
      {"--width", &settings.width}, {"--dim", &settings.dim},         {"--batch", &settings.batch},
      {"--steps", &settings.steps}, {"--threads", &settings.threads}, {"--layers", &settings.layers}};
  for (int k = 1; k < argc; ++k) {
    const std::string_view name = argv[k];
    if (const auto flag = flags.find(name); flag != flags.end()) {
      *flag->second = true;
      continue;
    }
    const auto text = texts.find(name);
    const auto number = numbers.find(name);
    if (text == texts.end() && number == numbers.end()) fail<InvalidArgument>("unknown option {}", name);
    if (k + 1 == argc) fail<InvalidArgument>("{} needs a value", name);
    const std::string_view value = argv[++k];
    if (text != texts.end()) {
      *text->second = value;
    } else {
      *number->second = whole_number(name, value);
    }
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  std::unique_ptr<dist::Communicator> world;
  try {
    world = dist::connect(argc, argv);
    return run(*world, parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "cluster_bench: {}\n", error.what());
    if (world) world->abort(1);
    return 1;
  }
}
