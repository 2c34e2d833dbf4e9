#include "monet/data/load.h"
#include "monet/synth/generator.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <limits>
#include <memory>

namespace monet::cli {

namespace {

constexpr Index kMostRows = std::numeric_limits<std::int32_t>::max();
constexpr Index kMostInteractions = Index{1} << 40;
constexpr Index kWidest = 1 << 20;

struct SynthCommand {
  std::filesystem::path out;
  std::filesystem::path features_for;
  synth::GeneratorOptions generator;
  bool force = false;
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
    shapes.push_back({part.substr(0, colon), parse_integer("--modalities", part.substr(colon + 1), 1, kWidest)});
  }
  if (shapes.empty()) fail<UsageError>("--modalities: '{}' names nothing; expected NAME:WIDTH,… or none", text);
  return shapes;
}

std::string shapes_text(const std::vector<synth::ModalityShape>& shapes) {
  std::string text;
  for (const synth::ModalityShape& shape : shapes) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", shape.name, shape.width);
  }
  return text;
}

/// Meaningless features for the items of a dataset that has none, to time models on it.
void write_random_features(const SynthCommand& command) {
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

int synthesize(const SynthCommand& command) {
  if (command.out.empty() == command.features_for.empty()) {
    fail<UsageError>("give --out DIR for a new dataset, or --features-for DIR for features of one that is there");
  }
  if (!command.features_for.empty()) {
    write_random_features(command);
    return kDone;
  }
  const synth::GeneratorOptions& options = command.generator;
  synth::write_dataset(command.out, options, command.force);
  print(fmt::format("{}: {} users, {} items, {} interactions, features {}\n", command.out.string(),
                    grouped(options.num_users), grouped(options.num_items), grouped(options.num_interactions),
                    options.modalities.empty() ? "none" : shapes_text(options.modalities)));
  return kDone;
}

}  // namespace

Run add_synth(CLI::App& root) {
  CLI::App* app = root.add_subcommand("synth", "generate a shop: users with tastes, items with features and titles");
  const auto command = std::make_shared<SynthCommand>();
  synth::GeneratorOptions& generator = command->generator;
  add_path(*app, "--out", command->out, "dataset directory to write");
  add_integer(*app, "--users", generator.num_users, 1, kMostRows, "number of users");
  add_integer(*app, "--items", generator.num_items, 1, kMostRows, "number of items");
  add_integer(*app, "--interactions", generator.num_interactions, 1, kMostInteractions, "number of interactions");
  add_value(*app, "--modalities", "NAME:WIDTH,…", "item features, or none", [command](const std::string& text) {
    command->generator.modalities = parse_shapes(text);
  })->default_str(shapes_text(generator.modalities));
  add_number(*app, "--popularity-exponent", generator.popularity_exponent, 0.0, 10.0,
             "how long-tailed popularity is; 0: all items alike");
  add_number(*app, "--noise", generator.noise, 0.0, 1e6,
             "noise in a feature row; what carries taste is about 1.5 long");
  add_seed(*app, generator.seed);
  add_path(*app, "--features-for", command->features_for,
           "instead: write random features of --modalities into this dataset, to time models on it");
  add_flag(*app, "--force", command->force, "replace what is there");
  add_config(*app);
  return [command] { return synthesize(*command); };
}

}  // namespace monet::cli
