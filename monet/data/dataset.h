#pragma once

#include "monet/core/csr.h"
#include "monet/core/matrix.h"

#include <map>
#include <string>
#include <vector>

namespace monet::data {

/// One kind of frozen item features.
struct Modality {
  std::string name;         // "image", "text", "audio", …: the file's name without `_feat.npy`
  Matrix<float> features;   // [I, d_m], finite; missing rows already filled by the policy
  Index missing_rows = 0;   // rows that were all NaN, before the policy
  std::string recipe = {};  // how they were made, as `prepare` wrote it (core/files/feature_recipe.h); empty: not known
};

/// What was met while reading and put right; each is reported in one line, none is refused.
struct Notes {
  Index duplicate_interactions = 0;  // repeated (user, item) pairs within a split, merged
  bool crlf = false;
  bool byte_order_mark = false;
  std::vector<std::string> lines;  // ready to print, in the order met
};

/// Display data of the items, all columns optional (empty when the source has none, else one entry per item).
struct ItemMetadata {
  std::vector<std::string> titles;
  std::vector<std::string> categories;
};

/// Interactions in three splits, item features, and the names the source gave to users and items. Immutable once
/// loaded.
struct Dataset {
  std::string name;                   // the folder's name
  std::string path;                   // as given
  std::string format;                 // "5-core", "mmrec", "csv"
  Csr train, validation, test;        // each [U, I]; rows sorted, unique
  std::vector<float> weights;         // of train's entries, in their order; empty: all weigh 1
  std::vector<Modality> modalities;   // sorted by name; may be empty
  std::vector<std::string> user_ids;  // size U: external ids
  std::vector<std::string> item_ids;  // size I
  ItemMetadata items;
  std::string hash;                                 // hex, of interactions, features and external ids
  std::map<std::string, std::string> load_options;  // that were not the defaults (data/load_record.h)
  /// What ids were before they became text, for who wants them back so: "users" → "int64". Empty: text.
  std::map<std::string, std::string> id_types = {};
  Notes notes;

  Index num_users() const { return train.rows(); }
  Index num_items() const { return train.cols(); }
};

}  // namespace monet::data
