#pragma once

#include "monet/artifact/config.h"
#include "monet/artifact/id_table.h"
#include "monet/core/files/safetensors.h"
#include "monet/scoring/new_item_map.h"
#include "monet/scoring/scoring.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::artifact {

/// `PATH` and `suffix`, beside the artifact: "runs/a/" and "runs/a" name the same one.
std::filesystem::path beside(const std::filesystem::path& path, std::string_view suffix);
/// Where an unfinished training of the artifact at `path` is kept: `PATH.partial`, beside it.
std::filesystem::path partial_path(const std::filesystem::path& path);

/// A trained artifact, opened by memory map: what ranking, evaluation and serving read. Immutable; may be shared
/// between threads. Every view it gives lives as long as it does.
class Artifact {
 public:
  /// Opens and checks: every file's length and content hash, every tensor's shape against config.json, the history's
  /// rows and columns. Throws DataError (damaged, or of another version; names file, what and remedy) or IoError.
  /// O(bytes), at several GB/s.
  static Artifact open(const std::filesystem::path& path);
  /// Whether `path` looks like an artifact: a directory with a config.json of ours.
  static bool is_artifact(const std::filesystem::path& path);

  Artifact(Artifact&&) noexcept;
  Artifact& operator=(Artifact&&) noexcept;
  ~Artifact();

  const std::filesystem::path& path() const;
  const Config& config() const;
  const IdTable& users() const;
  const IdTable& items() const;
  scoring::Scoring scoring() const;
  /// How the model makes an item without interactions of its features. Nothing where it cannot, or nothing of the kind
  /// was kept (config().new_items); a blend's parts have theirs.
  std::optional<scoring::NewItemMap> new_items() const;
  /// How the features of a modality that new items need were made (features/recipe.h); empty: that is not known.
  std::span<const std::byte> recipe(std::string_view modality) const;
  /// The artifacts that a blend is made of, each with its own path; a plain artifact has none.
  std::span<const Artifact> parts() const;

  /// A float tensor by name, as a matrix (a vector is one row); an empty view when there is none. A blend has none of
  /// its own.
  MatrixView<const float> tensor(std::string_view name) const;
  /// Names of all tensors.
  std::vector<std::string> tensor_names() const;
  /// train_log.jsonl.
  std::string_view train_log() const;

 private:
  struct State;
  explicit Artifact(std::unique_ptr<State> state);
  static Artifact open_once(const std::filesystem::path& path);
  static void open_parts(State& state, const FileRecords& records);
  static void open_tensors(State& state, const FileRecords& records);
  std::unique_ptr<State> state_;
};

}  // namespace monet::artifact
