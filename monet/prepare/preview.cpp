#include "monet/prepare/preview.h"

#include "monet/core/error.h"
#include "monet/core/files/npy.h"
#include "monet/data/columns.h"
#include "monet/input/file_name.h"
#include "monet/prepare/enough.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/interaction_set.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/items/feature_writer.h"
#include "monet/prepare/items/given_features.h"
#include "monet/prepare/sources/parquet_source.h"
#include "monet/prepare/sources/read_source.h"
#include "monet/prepare/sources/source.h"
#include "monet/prepare/split_rules.h"

#include <fmt/chrono.h>
#include <unistd.h>

#include <system_error>
#include <cmath>
#include <ctime>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
constexpr Index kMostInteractions = 100'000;
constexpr Index kMostEntries = 20'000;
constexpr Index kMostBytes = Index{8} << 20;
constexpr std::size_t kShown = 5;

/// Ends the reading of a file after its first bytes.
class FirstBytes : public input::Observer {
 public:
  explicit FirstBytes(input::Observer& next) : next_(next) {}
  void on_bytes(const std::string& file, Index done, Index total) override {
    next_.on_bytes(file, done, total);
    if (done >= kMostBytes && done < total) throw EnoughRead{};
  }

 private:
  input::Observer& next_;
};

std::string size_of(const fs::path& path) {
  std::error_code error;
  const auto bytes = static_cast<double>(fs::file_size(path, error));
  if (error) return {};
  return bytes < 1e6 ? fmt::format("{:.1f} kB", bytes / 1e3) : fmt::format("{:.1f} MB", bytes / 1e6);
}

std::string number_text(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{}", value);
}

std::string time_text(double seconds) {
  constexpr double kLeast = 1e8;  // 1973; smaller ones may be counters
  constexpr double kMost = 1e11;  // the year 5138
  if (!(seconds >= kLeast && seconds < kMost)) return number_text(seconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

/// A file of its own that goes again.
struct Scratch {
  explicit Scratch(const std::string& name)
      : path(fs::temp_directory_path() / fmt::format("monet-preview-{}-{}", ::getpid(), safe_name(name))) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code gone;
    fs::remove(path, gone);
  }
  fs::path path;
};

class Previewing {
 public:
  Previewing(const PrepareOptions& options, input::Observer& observer, const std::atomic<bool>& stop)
      : options_(options), first_bytes_(observer), watch_{first_bytes_, stop}, source_(find_source(options)) {}

  Preview run() {
    out_.format = name_of(source_.format);
    out_.name = source_.name;
    out_.notes = source_.notes;
    list_files();
    look_at_interactions();
    if (source_.has_catalogue()) look_at_catalogue();
    if (out_.whole) look_at_features();
    for (std::vector<std::string>* lines : {&out_.notes, &out_.left_out}) {
      for (std::string& line : *lines) line = one_line(line);
    }
    return std::move(out_);
  }

 private:
  void list_files() {
    if (!options_.query.empty()) out_.files.push_back({"interactions", "the query", {}});
    for (const fs::path& path : source_.interactions) {
      out_.files.push_back({"interactions", path.string(), size_of(path)});
    }
    if (!source_.catalogue_query.empty()) out_.files.push_back({"catalogue", "the catalogue's query", {}});
    if (!source_.catalogue.empty()) {
      out_.files.push_back({"catalogue", source_.catalogue.string(), size_of(source_.catalogue)});
    }
    for (const GivenFeatures& given : source_.features) {
      std::string holds = size_of(given.file);
      if (input::content_extension(given.file) == "npy") holds = files::read_npy_header(given.file).describe();
      out_.files.push_back({"features " + given.name, given.file.string(), std::move(holds)});
    }
  }

  void say_bad_lines(const input::BadLines& bad_lines, const char* of) {
    for (const std::string& line : bad_lines.notes()) out_.notes.push_back(line);
    if (bad_lines.count() == 0) return;
    out_.left_out.push_back(
        fmt::format("{} lines of the {} cannot be read{}; the first: {}", bad_lines.count(), of,
                    options_.skip_bad_lines ? "" : "; they are refused unless `bad-lines skip` leaves them out",
                    bad_lines.first()));
  }

  void look_at_interactions() {
    LogOptions log_options{options_.min_rating, source_.format == Format::amazon_2023, options_.events};
    log_options.most = kMostInteractions;
    InteractionLog log(log_options);
    input::BadLines bad_lines(true);
    std::vector<SourceFile> files;
    try {
      read_interactions(source_, options_, watch_, bad_lines, log, files);
      out_.whole = true;
    } catch (const EnoughRead&) {
      log.settle();
    }
    say_bad_lines(bad_lines, "interactions");
    if (log.below_min_rating() > 0 && log.size() == 0 && out_.whole) {
      out_.left_out.push_back(
          fmt::format("`min-rating` would be refused: no interaction is rated {} or more", *options_.min_rating));
    } else if (log.below_min_rating() > 0) {
      out_.left_out.push_back(fmt::format("{} interactions are rated below {} (or not at all)", log.below_min_rating(),
                                          *options_.min_rating));
    }
    if (source_.format == Format::mmrec || source_.format == Format::lists) {
      row_names_ = name_mmrec_rows(source_, log, files);
    }
    say_columns(log.columns);
    say_kinds(log.kinds);
    out_.looked_at = log.size();
    out_.split = name_of(options_.split.value_or(log.has_labels() ? SplitRule::given : SplitRule::random));
    const bool keep_labels = out_.split == name_of(SplitRule::given);
    Cleaning cleaning;
    const InteractionSet set = clean(std::move(log), out_.whole ? options_.k_core : 0, keep_labels, cleaning);
    if (cleaning.merged > 0) {
      out_.left_out.push_back(fmt::format("{} interactions repeat a user and an item", cleaning.merged));
    }
    if (cleaning.core_interactions > 0) {
      out_.left_out.push_back(fmt::format("the {}-core leaves out {} users, {} items, {} interactions", options_.k_core,
                                          cleaning.core_users, cleaning.core_items, cleaning.core_interactions));
    } else if (options_.k_core > 0 && !out_.whole) {
      out_.notes.push_back(
          fmt::format("what the {}-core leaves out is known only when everything is read", options_.k_core));
    }
    show_first(set);
    if (out_.whole) try_split(set);
    for (const std::string& id : set.item_ids) names_.add(id);
    item_ids_ = set.item_ids;
  }

  void say_columns(const InteractionColumns& columns) {
    for (const auto& [role, name] :
         {std::pair("user", &columns.user), std::pair("item", &columns.item), std::pair("rating", &columns.rating),
          std::pair("time", &columns.time), std::pair("event", &columns.event), std::pair("weight", &columns.weight)}) {
      if (!name->empty() && *name != data::kNoColumn) out_.columns.emplace_back(role, *name);
    }
  }

  /// What was asked for may come after the beginning of the file: then it is not missed.
  void say_kinds(const EventKinds& kinds) {
    if (!kinds.is_read()) return;
    if (out_.whole) {
      for (std::string& line : kinds.conclude(options_.source.string())) out_.notes.push_back(std::move(line));
      return;
    }
    std::string text;
    for (const EventKinds::Kind& kind : kinds.counts()) {
      text += fmt::format("{}'{}' {} (weight {})", text.empty() ? "" : ", ", kind.name, kind.count, kind.weight);
    }
    out_.notes.push_back(fmt::format("kinds in the column {}: {}", kinds.column(), text));
  }

  void show_first(const InteractionSet& set) {
    static constexpr const char* kParts[] = {"training", "validation", "test"};
    out_.users = static_cast<Index>(set.user_ids.size());
    out_.items = static_cast<Index>(set.item_ids.size());
    for (std::size_t n = 0; n < set.users.size() && n < kShown; ++n) {
      out_.first.push_back(
          {set.user_ids[static_cast<std::size_t>(set.users[n])], set.item_ids[static_cast<std::size_t>(set.items[n])],
           number_text(static_cast<double>(set.ratings[n])), time_text(set.times[n]),
           set.labels.empty() ? "" : kParts[set.labels[n]], set.weights.empty() ? 1.0F : set.weights[n]});
    }
  }

  void look_at_catalogue() {
    if (!row_names_.empty() && !out_.whole) {
      out_.notes.push_back("whose entries those of the catalogue are is known only when everything is read");
      return;
    }
    ItemStore store(item_ids_, fs::temp_directory_path() / fmt::format("monet-preview-{}", ::getpid()));
    Catalogue catalogue(names_, store, true);
    catalogue.stop_after(kMostEntries);
    input::BadLines bad_lines(true);
    std::vector<SourceFile> files;
    try {
      read_catalogue(source_, options_, row_names_, watch_, bad_lines, catalogue, files);
      out_.whole_catalogue = true;
    } catch (const EnoughRead&) {
      catalogue.settle();
    }
    say_bad_lines(bad_lines, "catalogue");
    out_.first_entries = catalogue.first();
    out_.entries_looked_at = catalogue.entries();
    out_.entries_of_items = catalogue.match().known();
    if (out_.whole && out_.whole_catalogue && catalogue.match().is_too_little(out_.items)) {
      out_.left_out.push_back(fmt::format("the catalogue would be refused: {}", catalogue.match().explain(item_ids_)));
    }
  }

  void try_split(const InteractionSet& set) {
    if (set.size() == 0) return;
    const SplitRule rule = options_.split.value_or(set.labels.empty() ? SplitRule::random : SplitRule::given);
    std::string how;
    try {
      split_set(set, rule, options_.seed, how);
    } catch (const DataError& error) {
      out_.left_out.push_back(fmt::format("the split would be refused: {}", error.what()));
    }
  }

  /// Reads what is not too large, as preparing would.
  void look_at_features() {
    if (source_.format == Format::store) return;
    const auto num_items = static_cast<Index>(item_ids_.size());
    for (const GivenFeatures& given : source_.features) {
      std::error_code unknown;
      if (is_parquet_place(given.file) ||
          fs::file_size(given.file, unknown) > static_cast<std::uintmax_t>(kMostBytes)) {
        continue;
      }
      const Scratch scratch(given.name);
      FeatureWriter writer(scratch.path, static_cast<Index>(names_.size()));  // with those of the catalogue alone
      FeatureTarget target{names_, writer};
      std::vector<SourceFile> files;
      try {
        read_given_features(given, row_names_, watch_, target, files);
        if (target.match.is_too_little(num_items)) {
          fail<DataError>("{}: {}", given.file.string(), target.match.explain(item_ids_));
        }
      } catch (const EnoughRead&) {
      } catch (const Error& error) {
        out_.left_out.push_back(fmt::format("features {} would be refused: {}", given.name, error.what()));
      }
    }
  }

  const PrepareOptions& options_;
  FirstBytes first_bytes_;
  input::Watch watch_;
  Source source_;
  Preview out_;
  data::NameTable names_;
  std::vector<std::string> item_ids_;
  std::vector<std::string> row_names_;  // MMRec's items by row
};
}  // namespace

Preview preview_dataset(const PrepareOptions& options, input::Observer& observer, const std::atomic<bool>& stop) {
  return Previewing(options, observer, stop).run();
}

}  // namespace monet::prepare
