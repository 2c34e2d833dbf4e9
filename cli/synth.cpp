#include "monet/core/error.h"
#include "monet/data/load.h"
#include "monet/experiments/paper_values.h"
#include "monet/synth/generator.h"
#include "monet/synth/raw_shop.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/say.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

constexpr Index kMostRows = std::numeric_limits<std::int32_t>::max();
constexpr Index kMostInteractions = Index{1} << 40;
constexpr Index kWidestModality = 1 << 20;

enum class Layout { dataset, raw };

struct SynthCommand {
  const CLI::App* app = nullptr;
  std::filesystem::path out;
  std::filesystem::path features_for;
  Layout layout = Layout::dataset;
  synth::GeneratorOptions generator;
  synth::RawShopOptions raw;
  std::string like;
  double sparsity = 0.0;
  int threads = ThreadPool::physical_cores();
  bool force = false;

  bool given(const char* option) const { return app->count(option) > 0; }
};

/// "image:64,text:48".
std::vector<synth::ModalityShape> parse_shapes(const std::string& text) {
  std::vector<synth::ModalityShape> shapes;
  if (text == "none") return shapes;
  for (const std::string& part : split_list(text)) {
    const std::size_t colon = part.find(':');
    if (colon == 0 || colon == std::string::npos || part.find('/') != std::string::npos) {
      fail<UsageError>("--modalities: '{}' is not NAME:WIDTH, e.g. image:64", part);
    }
    const std::string name = part.substr(0, colon);
    if (std::any_of(shapes.begin(), shapes.end(), [&](const auto& shape) { return shape.name == name; })) {
      fail<UsageError>("--modalities: '{}' comes twice", name);
    }
    shapes.push_back({name, parse_integer("--modalities", part.substr(colon + 1), 1, kWidestModality)});
  }
  if (shapes.empty()) fail<UsageError>("--modalities: '{}' names nothing; expected NAME:WIDTH,… or none", text);
  return shapes;
}

std::string shapes_text(const std::vector<synth::ModalityShape>& shapes) {
  std::string text;
  for (const synth::ModalityShape& shape : shapes) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", shape.name, shape.width);
  }
  return text.empty() ? "none" : text;
}

/// "Toys & Games" as "toys-games".
std::string option_word(std::string_view name) {
  std::string word;
  for (const char c : name) {
    if (c == '&') continue;
    if (c != ' ') {
      word += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    } else if (word.back() != '-') {
      word += '-';
    }
  }
  return word;
}

/// Sizes from --like and --sparsity, where the options for sizes do not say otherwise.
void settle_sizes(SynthCommand& command) {
  synth::GeneratorOptions& sizes = command.generator;
  std::vector<std::string> words;
  for (const experiments::PaperDataset& dataset : experiments::paper_datasets()) {
    words.push_back(option_word(dataset.name));
    if (command.like != words.back()) continue;
    if (!command.given("--users")) sizes.num_users = dataset.users;
    if (!command.given("--items")) sizes.num_items = dataset.items;
    if (!command.given("--interactions")) sizes.num_interactions = dataset.interactions;
  }
  const bool known = std::find(words.begin(), words.end(), command.like) != words.end();
  if (!known && !command.like.empty()) fail_choice("--like", command.like, words);
  if (!command.given("--sparsity")) return;
  if (command.given("--interactions")) fail<UsageError>("give --interactions or --sparsity, not both");
  sizes.num_interactions = std::llround((1.0 - command.sparsity) * static_cast<double>(sizes.num_users) *
                                        static_cast<double>(sizes.num_items));
}

void check_combination(const SynthCommand& command) {
  if (command.out.empty() == command.features_for.empty()) {
    fail<UsageError>("give --out DIR for a new shop, or --features-for DIR for features of a dataset that is there");
  }
  const bool raw = command.layout == Layout::raw;
  if (raw && !command.features_for.empty())
    fail<UsageError>("--features-for writes features, which --layout raw lacks");
  for (const char* option : {"--modalities", "--noise"}) {
    if (raw && command.given(option)) {
      fail<UsageError>("{} is about ready features, which --layout raw lacks; --text-signal and --image-signal work",
                       option);
    }
  }
  for (const char* option : {"--pictures", "--picture-size"}) {
    if (!raw && command.given(option)) fail<UsageError>("{} needs --layout raw", option);
  }
}

/// Meaningless features for the items of a dataset that has none, to time models on it.
void write_random_features(const SynthCommand& command) {
  for (const synth::ModalityShape& shape : command.generator.modalities) {
    synth::require_features(command.features_for, shape.name, command.force);
  }
  data::LoadOptions load;
  load.modalities.emplace();
  const Index items = data::load(command.features_for, load).num_items();
  std::uint64_t seed = command.generator.seed;
  for (const synth::ModalityShape& shape : command.generator.modalities) {
    synth::write_features(command.features_for, shape.name, items, shape.width, seed++, command.force);
  }
  print(fmt::format("random features {} for {} items in {}\n", shapes_text(command.generator.modalities),
                    grouped(items), command.features_for.string()));
}

/// Writes the raw shop; a line on a terminal says how far it is.
void write_raw(const SynthCommand& command) {
  synth::RawShopOptions raw = command.raw;
  raw.force = command.force;
  ThreadPool pool(command.threads);
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const std::atomic<bool>& interrupted = poll_interrupts();
  const auto clear = [&] {
    if (terminal) say("\r\x1b[K");
  };
  synth::write_raw_shop(command.out, command.generator, raw, pool, [&](std::string_view what, Index done, Index total) {
    if (interrupted) {
      clear();
      fail<Interrupted>("interrupted; nothing was written");
    }
    if (terminal) say("\r{} {} of {}\x1b[K", what, grouped(done), grouped(total));
  });
  clear();
}

int synthesize(SynthCommand& command) {
  check_combination(command);
  settle_sizes(command);
  if (!command.features_for.empty()) {
    write_random_features(command);
    return kDone;
  }
  const synth::GeneratorOptions& options = command.generator;
  std::string holds;
  if (command.layout == Layout::raw) {
    write_raw(command);
    holds = command.raw.pictures ? fmt::format("texts, pictures of {0} × {0}", command.raw.picture_size) : "texts";
  } else {
    const std::atomic<bool>& interrupted = poll_interrupts();
    synth::write_dataset(command.out, options, command.force, [&] {
      if (interrupted) fail<Interrupted>("interrupted; nothing was written");
    });
    holds = "features " + shapes_text(options.modalities);
  }
  const Index cold = synth::num_cold_items(options);
  print(fmt::format("{}: {} users, {} items{}, {} interactions, {}\n", command.out.string(), grouped(options.num_users),
                    grouped(options.num_items), cold > 0 ? fmt::format(" ({} of them cold)", grouped(cold)) : "",
                    grouped(options.num_interactions), holds));
  return kDone;
}

void add_sizes(CLI::App& app, SynthCommand& command) {
  synth::GeneratorOptions& generator = command.generator;
  add_integer(app, "--users", generator.num_users, 1, kMostRows, "number of users");
  add_integer(app, "--items", generator.num_items, 1, kMostRows, "number of items");
  add_integer(app, "--interactions", generator.num_interactions, 1, kMostInteractions, "number of interactions");
  add_number(app, "--sparsity", command.sparsity, 0.0, 1.0,
             "instead of --interactions: share of the pairs of user and item that did not meet");
  add_value(app, "--like", "NAME", "sizes of a dataset of the paper: women-clothing, men-clothing, beauty, toys-games",
            [&command](const std::string& text) { command.like = text; });
  add_number(app, "--cold-items", generator.cold_items, 0.0, 1.0, "share of the items that nobody touches");
}

void add_behaviour(CLI::App& app, synth::GeneratorOptions& generator) {
  add_number(app, "--popularity-exponent", generator.popularity_exponent, 0.0, 10.0,
             "how long-tailed popularity is; 0: all items alike");
  add_number(app, "--drift", generator.drift, 0.0, 1.0,
             "how far tastes move: share of a user's last choices that follow a second taste");
  add_number(app, "--off-taste", generator.off_taste, 0.0, 1.0, "share of choices that follow popularity alone");
  add_number(app, "--text-signal", generator.text_signal, 0.0, 1.0,
             "how much texts tell: chance that what they say of an attribute is true");
  add_number(app, "--image-signal", generator.image_signal, 0.0, 1.0,
             "how much pictures tell: chance that what they show of an attribute is true");
}

}  // namespace

Run add_synth(CLI::App& root) {
  CLI::App* app = root.add_subcommand("synth", "generate a shop: users with tastes, items with pictures and texts");
  const auto command = std::make_shared<SynthCommand>();
  command->app = app;
  synth::GeneratorOptions& generator = command->generator;
  add_path(*app, "--out", command->out, "directory to write");
  add_choice(*app, "--layout", command->layout, {{"dataset", Layout::dataset}, {"raw", Layout::raw}},
             "a dataset with ready features, or interactions, catalogue and pictures for `monet prepare`");
  add_sizes(*app, *command);
  add_behaviour(*app, generator);
  add_value(*app, "--modalities", "NAME:WIDTH,…", "ready item features, or none", [command](const std::string& text) {
    command->generator.modalities = parse_shapes(text);
  })->default_str(shapes_text(generator.modalities));
  add_number(*app, "--noise", generator.noise, 0.0, 1e6,
             "noise in a row of ready features; what carries taste is about 1.5 long");
  add_switch(*app, "--pictures", command->raw.pictures, "draw a picture of each item (raw layout)");
  add_integer(*app, "--picture-size", command->raw.picture_size, 8, 1024, "pixels on each side of a picture");
  add_seed(*app, generator.seed);
  add_path(*app, "--features-for", command->features_for,
           "instead: write random features of --modalities into this dataset, to time models on it");
  add_flag(*app, "--force", command->force, "replace what synth wrote, if it holds nothing else");
  add_threads(*app, command->threads);
  add_config(*app);
  return [command] { return synthesize(*command); };
}

}  // namespace monet::cli
