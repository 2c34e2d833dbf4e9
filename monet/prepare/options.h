#pragma once

#include "monet/core/view.h"
#include "monet/prepare/events.h"
#include "monet/prepare/items/feature_source.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace monet::prepare {

/// Layouts of raw data (docs/prepare.md).
enum class Format {
  amazon_2014,
  amazon_2018,
  amazon_2023,
  ratings_user_item,  // a table without a header: user, item, rating, timestamp (Amazon 2014's ratings only)
  ratings_item_user,  // the same with the item first (Amazon 2018)
  table,              // a CSV or TSV with a header
  json_lines,
  recbole,
  maml,
  movielens,
  mmrec,
  parquet,
  store,  // of events and items (monet/store)
  query,  // of DuckDB, given by the options: no layout of files
  lists,  // LightGCN's: user item item … by row number
};

/// How interactions are held out. `given`: as the source says (MMRec's x_label).
enum class SplitRule { given, random, time, global_time, leave_one_out, cold_items };

/// What a feature row becomes whose item has no features; `keep` leaves it all NaN, which monet's reader understands
/// and other programs do not.
enum class MissingFeatures { mean, zero, error, keep };

/// Names of columns (of keys, in JSON); empty ones are found.
struct InteractionColumns {
  std::string user;
  std::string item;
  std::string rating;
  std::string time;
  std::string event = {};   // the kind of interaction
  std::string weight = {};  // of MMRec's tables, as they are written here
};
struct ItemColumns {
  std::string id;
  std::string title;
  std::vector<std::string> description;  // several are joined
  std::string categories;
  std::string brand;
  std::string price;
  std::string image;
};

/// Features from a file: `.npy` or `.safetensors` whose rows are named by `ids` (one id per line, or id⇥row), Amazon's
/// `.b`, or a `float_seq` column called `name` of a RecBole `.item` file.
struct GivenFeatures {
  std::string name;
  std::filesystem::path file;
  std::filesystem::path ids;  // empty: none
};

struct PrepareOptions {
  std::filesystem::path source;  // may be empty beside a `query`
  std::string query;             // whose rows are the interactions (SQL); a source is then a database that it reads
  std::filesystem::path out;
  std::string name;                 // of the dataset; empty: taken from the source
  std::optional<Format> format;     // nothing: found by looking
  std::filesystem::path catalogue;  // empty: found beside the source
  bool use_catalogue = true;
  std::string catalogue_query;  // whose rows are the catalogue
  InteractionColumns columns;
  ItemColumns item_columns;
  char separator = '\0';             // of tables; '\0': found from the first line
  std::vector<EventWeight> events;   // kinds of interactions that count; empty: all, and all the same
  std::optional<double> min_rating;  // interactions rated lower are left out
  Index k_core = 0;                  // users and items with fewer interactions are left out, again and again; 0: off
  std::optional<SplitRule> split;    // nothing: `given` where the source says so, else `random`
  std::uint64_t seed = 123;
  std::vector<GivenFeatures> features;
  bool find_features = true;  // features that lie beside the source are used
  MissingFeatures missing = MissingFeatures::mean;
  bool keep_unseen = false;     // items that only the catalogue knows stay, as cold items
  bool skip_bad_lines = false;  // lines that cannot be read are counted and left out; otherwise the first is refused
  bool force = false;
  std::vector<FeatureSource> feature_sources;  // asked in this order, after the given features
  std::string program;                         // name and version, for prepare.json
};

/// "amazon-2014", "leave-one-out", "mean", …: the words of the program's options.
const char* name_of(Format format);
const char* name_of(SplitRule rule);
const char* name_of(MissingFeatures policy);

}  // namespace monet::prepare
