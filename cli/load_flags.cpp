#include "cli/load_flags.h"

#include "monet/data/columns.h"
#include "cli/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>

namespace monet::cli {

namespace {

void add_modalities(CLI::App& app, std::optional<std::vector<std::string>>& target) {
  add_value(app, "--modalities", "A,B,…", "item features to use, by the names of their files; none (default: all)",
            [&target](const std::string& text) {
              target = text == "none" ? std::vector<std::string>() : split_list(text);
              if (target->empty() && text != "none") fail<UsageError>("--modalities: '{}' names nothing", text);
              for (const std::string& name : *target) {
                if (std::count(target->begin(), target->end(), name) > 1) {
                  fail<UsageError>("--modalities: '{}' comes twice", name);
                }
              }
            });
}

void add_separator(CLI::App& app, char& target) {
  add_value(app, "--separator", "CHAR|tab", "between the columns of a table (default: found from the header)",
            [&target](const std::string& text) {
              if (text != "tab" && text != "\\t" && text.size() != 1) {
                fail<UsageError>("--separator: '{}' is not one character or tab", text);
              }
              target = text.size() == 1 ? text.front() : '\t';
            });
}

void add_name(CLI::App& app, const std::string& name, std::string& target, const std::string& description) {
  add_value(app, name, "NAME", description, [&target](const std::string& text) { target = text; });
}

}  // namespace

void add_load_options(CLI::App& app, data::LoadOptions& options) {
  using data::MissingRows, data::SplitKind;
  add_modalities(app, options.modalities);
  add_choice<MissingRows>(app, "--missing", options.missing_rows,
                          {{"mean", MissingRows::mean}, {"zero", MissingRows::zero}, {"error", MissingRows::error}},
                          "what fills a feature row that is all NaN");
  add_name(app, "--core", options.core, "folder of the 5-core layout, e.g. 0-core");
  add_choice<SplitKind>(app, "--split-by", options.split, {{"random", SplitKind::random}, {"time", SplitKind::time}},
                        "how a table without a split of its own is split, user by user");
  add_value(app, "--split-seed", "N", "seed of the random split of a table", [&options](const std::string& text) {
    options.split_seed =
        static_cast<std::uint64_t>(parse_integer("--split-seed", text, 0, std::numeric_limits<Index>::max()));
  })->default_str(std::to_string(options.split_seed));
  add_name(app, "--user-column", options.user_column, "column of a table that holds users (default: found by name)");
  add_name(app, "--item-column", options.item_column, "column that holds items");
  add_name(app, "--time-column", options.time_column, "column that holds times");
  add_value(app, "--weight-column", "NAME|none",
            "column of what interactions weigh (default: weight, in MMRec's tables only)",
            [&options](const std::string& text) {
              options.weight_column = text.empty() || text == "off" ? std::string(data::kNoColumn) : text;
            });
  add_separator(app, options.separator);
}

}  // namespace monet::cli
