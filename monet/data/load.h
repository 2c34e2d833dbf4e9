#pragma once

#include "monet/data/dataset.h"
#include "monet/data/features.h"
#include "monet/data/interactions.h"
#include "monet/data/split.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace monet::data {

/// How to read a dataset. The split, its seed and the columns concern tables that carry no split of their own.
struct LoadOptions {
  std::string core = "5-core";  // folder of the JSON layout: "5-core", "0-core"
  SplitKind split = SplitKind::random;
  std::uint64_t split_seed = 123;
  std::string user_column;  // empty: found by name
  std::string item_column;
  std::string time_column;
  std::string weight_column;  // empty: MMRec's `weight`, and none in other tables; "none": none
  char separator = '\0';      // '\0': found from the header
  MissingRows missing_rows = MissingRows::mean;
  std::optional<std::vector<std::string>> modalities;  // names to use; nothing: all that are there; empty: none
};

/// Reads a dataset, finding its format by looking (docs/formats.md):
/// - `CORE/{train,val,test}.json`, names in `item_list.txt` and `user_list.txt`: "5-core"
/// - `<name>.inter` of MMRec, names in `i_id_mapping.csv` and `u_id_mapping.csv`: "mmrec"
/// - a table with a header (a file, or the only `.csv`, `.tsv`, `.txt` or RecBole `.inter` of a folder): "csv"
/// with `*_feat.npy` and `items.csv` beside. Tables may be gzip or Zstandard, whatever they are called. U is the
/// largest user id over all splits + 1; I is the largest item id + 1 or the number of feature rows, whichever is more:
/// rows beyond the last item met are cold items. Throws IoError, DataError, and InvalidArgument for a modality that is
/// not there. Everything met and put right is in `Dataset::notes`.
Dataset load(const std::filesystem::path& path, const LoadOptions& options = {});

/// The part of `load` after the interactions are read: checks that the sizes are plausible, reads features, names and
/// titles from `folder` (nothing is read when it is empty), notes what was put right, hashes. For interactions made in
/// memory too.
Dataset assemble(Interactions interactions, const std::filesystem::path& folder, const LoadOptions& options);

/// Hash of interactions, features and external ids, in hexadecimal.
std::string content_hash(const Dataset& dataset);

}  // namespace monet::data
