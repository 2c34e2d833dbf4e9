#include "monet/prepare/prepare.h"

#include "monet/core/error.h"
#include "monet/core/files/feature_recipe.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/output_folder.h"
#include "monet/data/columns.h"
#include "monet/data/split.h"
#include "monet/prepare/columnar/read_columnar.h"
#include "monet/prepare/interaction_set.h"
#include "monet/prepare/items/given_features.h"
#include "monet/prepare/manifest.h"
#include "monet/prepare/sources/parquet_source.h"
#include "monet/prepare/sources/read_source.h"
#include "monet/prepare/sources/store_source.h"
#include "monet/prepare/split_rules.h"
#include "monet/prepare/write_dataset.h"

#include <algorithm>
#include <utility>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
files::OutputTarget target_of(const PrepareOptions& options) {
  files::OutputTarget target{options.out, options.force, &prepared_folder(), {}, false, {}};
  target.sources = {options.source, options.catalogue};
  for (const GivenFeatures& given : options.features) {
    target.sources.push_back(given.file);
    target.sources.push_back(given.ids);
  }
  return target;
}

/// One preparation: each step leaves what the next one needs.
class Preparation {
 public:
  Preparation(const PrepareOptions& options, input::Observer& observer, const std::atomic<bool>& stop)
      : options_(options), watch_{observer, stop}, output_(target_of(options)), source_(find_source(options)) {
    report_.result.format = name_of(source_.format);
    report_.result.name = source_.name;
  }

  PrepareResult run() {
    report_.result.notes = source_.notes;
    read();
    split_and_write();
    make_items();
    for (const GivenFeatures& given : source_.features) add_given(given);
    for (const FeatureSource& make : options_.feature_sources) add_made(make);
    finish();
    return std::move(report_.result);
  }

 private:
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    report_.result.notes.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  void note_bad_lines(const input::BadLines& bad_lines, const char* of) {
    bad_lines.require_mostly_good();
    for (const std::string& line : bad_lines.notes()) note("{}", line);
    if (bad_lines.count() == 0) return;
    report_.bad_lines += bad_lines.count();
    note("{} lines of the {} cannot be read and are left out; the first: {}", bad_lines.count(), of, bad_lines.first());
  }

  /// For messages on all interactions.
  std::string place() const { return source_.format == Format::query ? "`query`" : options_.source.string(); }

  void read() {
    InteractionLog log({options_.min_rating, source_.format == Format::amazon_2023, options_.events});
    input::BadLines bad_lines(options_.skip_bad_lines);
    read_interactions(source_, options_, watch_, bad_lines, log, report_.files);
    note_bad_lines(bad_lines, "interactions");
    if (source_.format == Format::mmrec || source_.format == Format::lists)
      row_names_ = name_mmrec_rows(source_, log, report_.files);
    describe(log);
    item_column_ = log.columns.item;
    report_.split = options_.split.value_or(log.has_labels() ? SplitRule::given : SplitRule::random);
    const bool weighed = !log.weights.empty();
    set_ = clean(std::move(log), options_.k_core, report_.split == SplitRule::given, report_.cleaning);
    const Cleaning& cleaning = report_.cleaning;
    if (cleaning.merged > 0) {
      note("{} repeated interactions merged; the earliest stay{}", cleaning.merged,
           weighed ? ", each with the largest weight" : "");
    }
    if (cleaning.in_two_parts > 0) {
      note(
          "{} pairs of a user and an item are in two parts of the split, so that training sees what is held out; take "
          "them out of one, or give another `split`",
          cleaning.in_two_parts);
    }
    if (cleaning.core_interactions > 0) {
      note("{}-core: {} users, {} items, {} interactions left out in {} rounds", options_.k_core, cleaning.core_users,
           cleaning.core_items, cleaning.core_interactions, cleaning.core_rounds);
    }
    if (set_.size() == 0) {
      fail<DataError>("{}: the {}-core is empty; give a smaller `k-core`", place(), options_.k_core);
    }
  }

  void describe_kinds(const EventKinds& kinds) {
    if (!kinds.is_read()) {
      if (options_.events.empty() && (options_.columns.event.empty() || options_.columns.event == data::kNoColumn))
        return;
      fail<DataError>("{}: the format {} tells no kinds of interactions; leave out `events` and `event-column`",
                      place(), name_of(source_.format));
    }
    for (std::string& line : kinds.conclude(place())) note("{}", line);
    report_.event_column = kinds.column();
    report_.kinds = kinds.counts();
  }

  void describe(const InteractionLog& log) {
    report_.below_min_rating = log.below_min_rating();
    report_.interactions_read = log.size() + log.below_min_rating() + log.kinds.left_out();
    describe_kinds(log.kinds);
    if (log.size() == 0 && log.below_min_rating() > 0 && log.below_and_unrated() == log.below_min_rating()) {
      const auto& notes = report_.result.notes;
      const auto why = std::find_if(notes.begin(), notes.end(), [](const std::string& line) {
        return line.find("is not read as the rating") != std::string::npos;
      });
      fail<DataError>("{}: `min-rating` needs ratings, and none are read; {}", place(),
                      why != notes.end() ? *why : "name their column with `rating-column`");
    }
    if (log.size() == 0 && log.below_min_rating() > 0) {
      fail<DataError>("{}: none of {} interactions is rated {} or more; give a smaller `min-rating`", place(),
                      log.below_min_rating(), *options_.min_rating);
    }
    if (log.size() == 0) fail<DataError>("{}: no interactions", place());
    if (log.below_min_rating() > 0) {
      note("{} interactions rated below {} (or not at all) left out", log.below_min_rating(), *options_.min_rating);
    }
    if (log.has_ratings() && log.without_rating() > 0) note("{} interactions have no rating", log.without_rating());
    if (log.minus_ones() > 0) {
      note("{} ratings are -1, which often stands for 'not rated'; `min-rating 0` leaves them out", log.minus_ones());
    }
    if (log.has_times() && log.without_time() > 0) note("{} interactions have no time", log.without_time());
    if (log.times_in_ms() > 0 && log.times_in_ms() < log.size() - log.without_time()) {
      note("{} times are milliseconds by their size, the others seconds; all are kept as seconds", log.times_in_ms());
    }
  }

  void split_and_write() {
    auto parts = split_set(set_, report_.split, options_.seed, report_.split_note);
    if (report_.split == SplitRule::given &&
        std::find(source_.parts.begin(), source_.parts.end(), 0) != source_.parts.end() &&
        std::find(source_.parts.begin(), source_.parts.end(), 1) == source_.parts.end()) {
      const Index drawn =
          data::draw_validation(set_.users, parts, static_cast<Index>(set_.user_ids.size()), options_.seed);
      note("there is no file of validation interactions: {} are drawn from the training ones (seed {})", drawn,
           options_.seed);
    }
    PrepareResult& result = report_.result;
    result.split = name_of(report_.split);
    result.users = static_cast<Index>(set_.user_ids.size());
    result.train = std::count(parts.begin(), parts.end(), std::uint8_t{0});
    result.validation = std::count(parts.begin(), parts.end(), std::uint8_t{1});
    result.test = std::count(parts.begin(), parts.end(), std::uint8_t{2});
    write_interactions(output_.path() / (source_.name + ".inter"), set_, parts);
    write_names(output_.path() / "u_id_mapping.csv", "user_id\tuserID", set_.user_ids);
    for (const std::string& id : set_.item_ids) names_.add(id);
    std::vector<std::string> item_ids = std::move(set_.item_ids);
    set_ = {};
    items_ = std::make_unique<ItemStore>(std::move(item_ids), output_.path() / ".items");
    touched_ = items_->size();
  }

  void make_items() {
    Catalogue catalogue(names_, *items_, options_.keep_unseen, item_column_);
    input::BadLines bad_lines(options_.skip_bad_lines);
    read_catalogue(source_, options_, row_names_, watch_, bad_lines, catalogue, report_.files);
    note_bad_lines(bad_lines, "catalogue");
    PrepareResult& result = report_.result;
    result.items = items_->size();
    result.described_items = items_->described();
    report_.catalogue_entries = catalogue.entries();
    require_match(
        catalogue.match(), source_.catalogue.empty() ? "`catalogue-query`" : source_.catalogue.string(), "entries",
        "name the right column with `item-id-column`, another file with `catalogue`, or give `catalogue none`");
    if (catalogue.match().unknown() > 0) {
      note("{} entries of the catalogue are of items that nobody touched; {}", catalogue.match().unknown(),
           options_.keep_unseen ? "they are kept" : "`keep-unseen` keeps them");
    }
    if (catalogue.entries() > 0 && catalogue.is_without_texts()) {
      note(
          "the catalogue has no title, description, category, brand, price or picture under a name that is known; name "
          "them with `title-column`, `description-columns`, `category-column`, …");
    }
    if (catalogue.repeated() > 0)
      note("{} entries of the catalogue repeat an item; the first stays", catalogue.repeated());
    if (source_.has_catalogue() && items_->described() < items_->size()) {
      note("{} of {} items have no entry in the catalogue", items_->size() - items_->described(), items_->size());
    }
    write_names(output_.path() / "i_id_mapping.csv", "asin\titemID", items_->ids());
    if (source_.has_catalogue()) write_items(output_.path() / "items.csv", *items_);
  }

  /// A join is by ids; a file whose ids are of another kind is refused, never dealt out some other way.
  void require_match(const data::IdMatch& match, const std::string& file, const char* what, const char* remedy) const {
    if (!match.is_too_little(touched_)) return;
    fail<DataError>("{}: {} of {} {} are of items of the interactions: {}; {}", file,
                    match.known() == 0 ? "none" : fmt::format("only {}", match.known()),
                    match.known() + match.unknown(), what,
                    match.explain(std::span(items_->ids()).first(static_cast<std::size_t>(touched_))), remedy);
  }

  FeatureWriter writer_of(const std::string& name) const {
    return FeatureWriter(output_.path() / (name + "_feat.npy"), items_->size());
  }

  void add_report(const std::string& name, const std::string& origin, FeatureWriter& writer,
                  std::vector<std::pair<std::string, std::string>> choices) {
    Coverage coverage;
    try {
      coverage = writer.finish(options_.missing, items_->ids());
    } catch (const DataError& error) {
      fail<DataError>("features {} from {}: {}", name, origin, error.what());
    }
    static constexpr const char* kFilled[] = {"the mean", "zeros", "", "NaN"};
    report_.result.modalities.push_back(fmt::format(
        "{}: {} wide, {} of {} items{}", name, coverage.width, coverage.items, items_->size(),
        coverage.missing > 0
            ? fmt::format(", the others filled with {}", kFilled[static_cast<std::size_t>(options_.missing)])
            : ""));
    report_.features.push_back({name, origin, coverage, std::move(choices)});
  }

  void add_given(const GivenFeatures& given) {
    FeatureWriter writer = writer_of(given.name);
    FeatureTarget target{names_, writer};
    if (source_.format == Format::store && given.file == options_.source) {
      read_store_features(source_, given.name, watch_, target, report_.files);
      if (target.match.known() == 0) {  // its ids are the events': it is not that they are of another kind
        note(
            "features {}: all that were posted are of items that nobody touched, and are left out; `keep-unseen` keeps "
            "such items",
            given.name);
        return;
      }
    } else if (is_parquet_place(given.file)) {
      read_columnar_features(given, options_.item_columns.id, watch_, target, report_.files);
    } else {
      read_given_features(given, row_names_, watch_, target, report_.files);
    }
    const std::string file = given.file.filename().string();
    require_match(target.match, given.file.string(), "rows of features",
                  "give the file of ids that belongs to it (`features` NAME=FILE,IDS), or `features none`");
    if (target.match.unknown() > 0)
      note("features {}: {} rows of {} are of other items", given.name, target.match.unknown(), file);
    if (target.unnamed > 0)
      note("features {}: {} rows of {} are of items that nothing names", given.name, target.unnamed, file);
    if (writer.repeated() > 0) {
      note("features {}: {} rows of {} repeat an item; the first stays", given.name, writer.repeated(), file);
    }
    add_report(given.name, file, writer, {});
  }

  void add_made(const FeatureSource& make) {
    FeatureRequest request{*items_, source_.catalogue.parent_path(), {}};
    for (const FeatureReport& feature : report_.features) request.present.push_back(feature.name);
    std::optional<MadeFeatures> made = make(request);
    if (watch_.stop.load()) fail<Interrupted>("interrupted; nothing was written");
    if (!made) return;
    for (std::string& line : made->notes) report_.result.notes.push_back(std::move(line));
    if (made->name.empty()) return;
    if (made->rows.rows() != items_->size()) {
      fail<InternalError>("[prepare] {} rows of {} for {} items", made->rows.rows(), made->name, items_->size());
    }
    FeatureWriter writer = writer_of(made->name);
    for (Index row = 0; row < made->rows.rows(); ++row) writer.set(row, made->rows.view().row_span(row));
    add_report(made->name, "the catalogue", writer, std::move(made->choices));
    const fs::path features = output_.path() / (made->name + "_feat.npy");
    if (made->write_recipe) {
      made->write_recipe(fs::path(features).replace_extension(files::kRecipeSuffix), files::hash_file(features));
    }
  }

  void finish() {
    for (std::string& line : report_.result.notes) line = one_line(line);
    report_.written = files::files_written_to(output_.path());
    files::write_file(output_.path() / kManifest, manifest_text(options_, report_));
    if (watch_.stop.load()) fail<Interrupted>("interrupted; nothing was written");
    output_.commit();
  }

  const PrepareOptions& options_;
  input::Watch watch_;
  files::OutputFolder output_;
  Source source_;
  Report report_;
  std::vector<std::string> row_names_;  // MMRec's items by row
  std::string item_column_;             // of the interactions
  InteractionSet set_;
  data::NameTable names_;  // item id → row
  std::unique_ptr<ItemStore> items_;
  Index touched_ = 0;  // items of the interactions: the first rows
};
}  // namespace

PrepareResult prepare_dataset(const PrepareOptions& options, input::Observer& observer, const std::atomic<bool>& stop) {
  return Preparation(options, observer, stop).run();
}

}  // namespace monet::prepare
