#pragma once

#include "monet/artifact/config.h"
#include "monet/core/files/output_folder.h"
#include "monet/data/dataset.h"
#include "monet/models/model.h"
#include "monet/models/parameters.h"
#include "monet/scoring/new_item_map.h"
#include "monet/scoring/scoring.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace monet::train {

/// What training hands over. Pointers and views must live until `write_artifact` returns.
struct ArtifactContents {
  std::string model;
  Fields hyper_parameters;                   // the model options and the training options
  Fields training;                           // best_epoch, epochs, steps, seconds, …
  std::map<std::string, double> validation;  // "recall@20" → value, at the best epoch
  std::map<std::string, double> test;
  const data::Dataset* dataset = nullptr;            // ids, titles, hash, modalities
  const models::ParameterSet* parameters = nullptr;  // null: a model without any
  scoring::Scoring scoring;
  std::vector<models::NamedTensor> tensors;  // `item_foldin`, `item_embedding.<modality>`, …
  /// How new items are made, where the model says; their `missing` is made here, of the dataset's features.
  std::optional<scoring::NewItemMap> new_items = {};
  std::string train_log;  // train_log.jsonl, lines of JSON
};

/// What config.json says of a model and its training, with the kind and width of its scoring: everything but the data.
artifact::Config config_without_data(const ArtifactContents& contents);
/// Writes the log and config.json, which has the records of the files of an artifact that lie in `folder`.
void write_config_and_log(const std::filesystem::path& folder, const artifact::Config& config, const std::string& log);

/// For require_replaceable: whether an artifact may be written to `path`.
files::OutputTarget artifact_target(const std::filesystem::path& path, bool force);

/// Writes an artifact directory (`config.json`, `model.safetensors`, `users.tsv`, `items.tsv`,
/// `train_log.jsonl`) beside `path` and exchanges it with what is there, so that `path` is at any moment absent, the
/// old artifact or the new one. The columns of each modality in the fused embeddings are noted where its
/// `item_embedding.<modality>` tensor equals them, which makes a score divisible by modality. Throws InvalidArgument
/// as OutputFolder (only an artifact is replaced, with `force`), IoError when it cannot be written, InternalError for
/// contents that do not fit together. O(bytes written).
void write_artifact(const std::filesystem::path& path, const ArtifactContents& contents, bool force);

}  // namespace monet::train
