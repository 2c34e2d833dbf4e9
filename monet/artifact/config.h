#pragma once

#include "monet/core/options.h"
#include "monet/core/view.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::artifact {

/// The version of this program, "0.1.0".
std::string_view program_version();

/// A modality the model was trained on.
struct ModalityInfo {
  std::string name;
  Index features = 0;    // d_m, 0 for the collaborative embeddings
  Index first_col = -1;  // its columns of the fused embeddings under concatenation; -1: the fusion mixes modalities
  Index cols = 0;
};

/// What config.json says of items that come after the training (scoring/new_item_map.h); the rest is in tensors.
struct NewItems {
  std::vector<std::string> modalities;  // whose features are needed, in the order of the map; empty: the model cannot
  std::vector<std::string> tables;
  bool unit_rows = false;
  Index blocks = 0;
  double length = 0.0;
  double prior = 0.0;
};

/// What config.json says.
struct Config {
  std::string program_version;  // that wrote it
  std::string model;
  scoring::ScoreKind kind = scoring::ScoreKind::dot;
  float beta = 0.0F;
  Index num_users = 0;
  Index num_items = 0;
  Index num_interactions = 0;  // of the training history
  Index embedding_width = 0;   // D of user_embedding and item_embedding, 0 when there are none
  std::vector<ModalityInfo> modalities;
  Fields hyper_parameters;
  std::string data_name;
  std::string data_hash;
  std::map<std::string, std::string> data_options;   // how it was read, where not by the defaults
  std::map<std::string, std::string> id_types = {};  // of the dataset (data::Dataset)
  std::map<std::string, double> validation;          // "recall@20" → value, at the best epoch
  std::map<std::string, double> test;
  Fields training;  // best_epoch, epochs, steps, seconds, …
  // Kind blend: the weights, above 0, of the artifacts in `parts/1`, `parts/2`, …; otherwise empty.
  std::vector<double> blend_weights = {};
  scoring::BlendBy blend_by = scoring::BlendBy::zscore;
  std::optional<NewItems> new_items = {};  // nothing: a blend, or written by a version that kept nothing of the kind
};

/// Bytes and content hash of a file of the artifact.
struct FileRecord {
  std::int64_t bytes = 0;
  std::string hash;
};
using FileRecords = std::map<std::string, FileRecord>;

/// config.json: the config, the records of the other files, and a hash of itself.
std::string write_config(const Config& config, const FileRecords& files);

/// The inverse. Throws DataError naming `file` when it is not JSON (with line and column), of another format version,
/// lacks a key, or differs from its own hash.
Config parse_config(std::string_view text, const std::filesystem::path& file, FileRecords& files);

}  // namespace monet::artifact
