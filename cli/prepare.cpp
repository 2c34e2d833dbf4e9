#include "monet/prepare/prepare.h"
#include "monet/artifact/config.h"
#include "monet/data/columns.h"
#include "monet/prepare/preview.h"
#include "cli/byte_progress.h"
#include "cli/commands.h"
#include "cli/feature_flags.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/preview_text.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/wording.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

using prepare::MissingFeatures, prepare::PrepareOptions, prepare::SplitRule;

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  });
}

/// NAME=FILE or NAME=FILE,IDS.
prepare::GivenFeatures parse_features(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (equals == std::string::npos || equals + 1 == text.size() || !is_plain_name(name)) {
    fail<UsageError>("--features: '{}' is not NAME=FILE or NAME=FILE,IDS (NAME: letters, digits, '-', '_')", text);
  }
  const std::string files = text.substr(equals + 1);
  const std::size_t comma = files.rfind(',');
  if (comma == std::string::npos || std::filesystem::exists(files)) return {name, files, {}};
  return {name, files.substr(0, comma), files.substr(comma + 1)};
}

void add_features(CLI::App& app, PrepareOptions& options) {
  const auto set = [&options](const CLI::results_t& values) {
    options.features.clear();
    options.find_features = true;
    for (const std::string& value : values) {
      if (value == "none") {
        options.find_features = false;
      } else {
        options.features.push_back(parse_features(value));
      }
    }
    return true;
  };
  app.add_option("--features", set,
                 "item features from a file: .npy or .safetensors with a file of ids, a column of lists in Parquet, "
                 "Amazon's .b, a float_seq column NAME of a RecBole .item; again for more; none: not even those that "
                 "lie beside the source")
      ->type_name("NAME=FILE[,IDS]")
      ->allow_extra_args(false)
      ->take_all();
}

void add_text(CLI::App& app, const std::string& name, std::string& target, const std::string& description) {
  add_value(app, name, "NAME", description, [&target](const std::string& text) { target = text; });
}

/// A column that a source may lack: "none", "off" or nothing says that there is none, whatever is called so.
void add_optional_column(CLI::App& app, const std::string& name, std::string& target, const std::string& description) {
  add_value(app, name, "NAME|none", description, [&target](const std::string& text) {
    target = text.empty() || text == "off" ? std::string(data::kNoColumn) : text;
  });
}

void add_columns(CLI::App& app, PrepareOptions& options) {
  add_text(app, "--user-column", options.columns.user,
           "column (or key) of users (default: found by name); customer.id: a key inside an object");
  add_text(app, "--item-column", options.columns.item, "of items");
  add_optional_column(app, "--rating-column", options.columns.rating, "of ratings");
  add_optional_column(app, "--time-column", options.columns.time, "of times");
  add_optional_column(app, "--event-column", options.columns.event,
                      "of the kinds of interactions (view, cart, purchase)");
  add_text(app, "--item-id-column", options.item_columns.id, "of item ids in the catalogue");
  add_optional_column(app, "--title-column", options.item_columns.title, "of titles");
  add_list(app, "--description-columns", options.item_columns.description,
           "of descriptions; several are joined; none: there is none");
  add_optional_column(app, "--category-column", options.item_columns.categories, "of categories");
  add_optional_column(app, "--brand-column", options.item_columns.brand, "of brands");
  add_optional_column(app, "--price-column", options.item_columns.price, "of prices");
  add_optional_column(app, "--image-column", options.item_columns.image, "of pictures, as URL or path");
  add_value(app, "--separator", "CHAR|tab", "between the columns of tables (default: found)",
            [&options](const std::string& text) {
              if (text != "tab" && text != "\\t" && text.size() != 1) {
                fail<UsageError>("--separator: '{}' is not one character or tab", text);
              }
              options.separator = text.size() == 1 ? text.front() : '\t';
            });
}

template <class T>
void add_optional_choice(CLI::App& app, const std::string& name, std::optional<T>& target, std::vector<T> values,
                         const std::string& description) {
  std::vector<std::string> words;
  std::string type;
  for (const T value : values) {
    words.emplace_back(name_of(value));
    type += (type.empty() ? "" : "|") + words.back();
  }
  add_value(app, name, type, description, [&target, name, words, values](const std::string& text) {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) fail_choice(name, text, words);
    target = values[static_cast<std::size_t>(found - words.begin())];
  });
}

void add_cleaning(CLI::App& app, PrepareOptions& options) {
  add_value(app, "--events", "KIND:WEIGHT,…",
            "kinds of interactions that count, and how much (alone: 1), e.g. purchase:1,cart:0.5; others are left out",
            [&options](const std::string& text) {
              try {
                options.events = prepare::parse_events(text);
              } catch (const InvalidArgument& error) {
                fail<UsageError>("{}", in_program_words(error.what()));
              }
            });
  add_value(app, "--min-rating", "NUMBER", "leave out interactions rated lower", [&options](const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(value >= -1e9 && value <= 1e9)) {
      fail<UsageError>("--min-rating: '{}' is not a number", text);
    }
    options.min_rating = value;
  });
  add_integer(app, "--k-core", options.k_core, 0, 1'000'000,
              "leave out users and items with fewer interactions, until none is left; 0: off");
  add_optional_choice<SplitRule>(app, "--split", options.split,
                                 {SplitRule::given, SplitRule::random, SplitRule::time, SplitRule::global_time,
                                  SplitRule::leave_one_out, SplitRule::cold_items},
                                 "what is held out (default: what the source says, else random)");
  add_seed(app, options.seed);
  add_choice<MissingFeatures>(app, "--missing", options.missing,
                              {{"mean", MissingFeatures::mean},
                               {"zero", MissingFeatures::zero},
                               {"error", MissingFeatures::error},
                               {"keep", MissingFeatures::keep}},
                              "what fills the feature row of an item that has none; keep: NaN, as monet reads it");
  add_flag(app, "--keep-unseen", options.keep_unseen, "keep items that only the catalogue knows, as cold items");
  add_choice<bool>(app, "--bad-lines", options.skip_bad_lines, {{"refuse", false}, {"skip", true}},
                   "what becomes of a line that cannot be read");
}

struct PrepareCommand {
  PrepareOptions options;
  bool dry_run = false;
  FeatureFlags features;
};

void check(const PrepareOptions& options, bool dry_run) {
  if (options.out.empty() && !dry_run) fail<UsageError>("--out is required: the dataset directory to write");
  if (options.source.empty() && options.query.empty()) {
    fail<UsageError>("say what to read: a SOURCE, or --query \"SELECT … FROM 'FILE'\"");
  }
  if (!options.query.empty() && options.format) {
    fail<UsageError>("--format is of a SOURCE's files; a --query says itself how it reads them");
  }
  if (!options.events.empty() && options.columns.event == data::kNoColumn) {
    fail<UsageError>("--events chooses among kinds of interactions, and --event-column none says that there are none");
  }
  if (!options.catalogue_query.empty() && !options.catalogue.empty()) {
    fail<UsageError>("--catalogue and --catalogue-query both name the catalogue; give one");
  }
}

int preview_data(const PrepareCommand& command) {
  ThreadPool pool(command.features.threads);
  feature_sources(command.features, command.options.seed, pool, poll_interrupts());  // refuses as the real run does
  if (const auto& folder = command.features.image.folder; !folder.empty() && !std::filesystem::is_directory(folder)) {
    fail<IoError>("{}: no such folder of pictures", folder.string());
  }
  prepare::Preview preview;
  {
    ByteProgress progress;
    preview = prepare::preview_dataset(command.options, progress, poll_interrupts());
  }
  print(preview_text(preview));
  return 0;
}

int prepare_data(const PrepareCommand& command) {
  const std::atomic<bool>& stop = poll_interrupts();
  ThreadPool pool(command.features.threads);
  PrepareOptions options = command.options;
  options.feature_sources = feature_sources(command.features, options.seed, pool, stop);
  prepare::PrepareResult result;
  {
    ByteProgress progress;
    result = prepare::prepare_dataset(options, progress, stop);
  }
  for (const std::string& note : result.notes) say("{}\n", in_program_words(note));
  std::string text =
      fmt::format("{} ({}): {} users, {} items, {} interactions\n", result.name, result.format, grouped(result.users),
                  grouped(result.items), grouped(result.train + result.validation + result.test));
  text += fmt::format("split {}: {} training, {} validation, {} test\n", result.split, grouped(result.train),
                      grouped(result.validation), grouped(result.test));
  text += fmt::format("items with a catalogue entry: {}\n", grouped(result.described_items));
  for (const std::string& modality : result.modalities) text += fmt::format("features {}\n", modality);
  print(text + fmt::format("written to {}\n", options.out.string()));
  return 0;
}

}  // namespace

Run add_prepare(CLI::App& root) {
  CLI::App* app = root.add_subcommand("prepare", "make a dataset of raw reviews, ratings, clicks and a catalogue");
  const auto command = std::make_shared<PrepareCommand>();
  PrepareOptions& options = command->options;
  options.program = fmt::format("monet {}", artifact::program_version());
  add_path(*app, "source", options.source, "file or folder of raw data; with --query a DuckDB database, or none")
      ->option_text("SOURCE");
  add_value(*app, "--query", "SELECT …", "whose rows are the interactions, over any file that DuckDB reads",
            [command](const std::string& text) { command->options.query = text; });
  add_value(*app, "--catalogue-query", "SELECT …", "whose rows are the catalogue",
            [command](const std::string& text) { command->options.catalogue_query = text; });
  add_path(*app, "--out", options.out, "dataset directory to write");
  add_flag(
      *app, "--dry-run", command->dry_run,
      "write nothing: say what is recognised, show the first rows as they would be read, and what would be left out");
  add_value(*app, "--name", "NAME", "of the dataset (default: the source's)", [command](const std::string& text) {
    if (!is_plain_name(text)) fail<UsageError>("--name: '{}' is not of letters, digits, '-', '_' and '.'", text);
    command->options.name = text;
  });
  add_optional_choice<prepare::Format>(
      *app, "--format", options.format,
      {prepare::Format::amazon_2014, prepare::Format::amazon_2018, prepare::Format::amazon_2023,
       prepare::Format::ratings_user_item, prepare::Format::ratings_item_user, prepare::Format::table,
       prepare::Format::json_lines, prepare::Format::recbole, prepare::Format::maml, prepare::Format::movielens,
       prepare::Format::mmrec, prepare::Format::lists, prepare::Format::parquet, prepare::Format::store},
      "of the source (default: found by looking)");
  add_value(*app, "--catalogue", "FILE|none", "of the items (default: found beside the source)",
            [command](const std::string& text) {
              command->options.use_catalogue = text != "none";
              command->options.catalogue = text == "none" ? "" : text;
            });
  add_columns(*app, options);
  add_cleaning(*app, options);
  add_features(*app, options);
  add_feature_options(*app, command->features);
  add_flag(*app, "--force", options.force, "replace a dataset that prepare wrote, if it holds nothing else");
  add_config(*app);
  return [command] {
    check(command->options, command->dry_run);
    return command->dry_run ? preview_data(*command) : prepare_data(*command);
  };
}

}  // namespace monet::cli
