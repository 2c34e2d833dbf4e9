#pragma once

#include "monet/core/files/io_error.h"
#include "monet/core/files/output_folder.h"
#include "monet/core/rng.h"
#include "monet/models/parameters.h"
#include "monet/train/optimizer.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace monet::train {

/// Where a training stands, beside parameters and moments: with them, everything that decides how it goes on.
struct TrainState {
  int epoch = 0;   // running, or next
  Index step = 0;  // of that epoch, done so far
  Index total_steps = 0;
  double loss_sum = 0.0;  // over the steps of the running epoch
  Rng::State rng{};
  double best_recall = -1.0;
  int best_epoch = -1;
  double popularity = 0.0;  // weight of the popularity term at the best epoch
  int without_gain = 0;     // validations in a row
  bool finished = false;    // no further step; the artifact is to be written
  double seconds = 0.0;
  std::vector<std::byte> model;  // Model::state
  std::string log;               // train_log.jsonl so far
  std::string configuration;     // what must be the same to go on, as JSON
};

/// The entry of a checkpoint's metadata that has the state, but for the model's, and what it is written as.
inline constexpr const char* kStateKey = "monet.train_state";
std::string to_json(const TrainState& state);
/// Throws DataError, naming `file`.
TrainState state_from_json(const std::string& text, const std::filesystem::path& file);

/// The folder of a CheckpointFolder, known by its lock.
const files::FolderKind& checkpoint_folder();

/// The folder beside the artifact that holds an unfinished training: `OUT.partial/` with `checkpoint.safetensors` and
/// the best parameters so far, `best-<epoch>.safetensors`. Held by one process at a time.
class CheckpointFolder {
 public:
  static constexpr const char* kFile = "checkpoint.safetensors";
  /// Opens or makes the folder and locks it. Throws IoError, also when another process trains there.
  explicit CheckpointFolder(const std::filesystem::path& out);
  CheckpointFolder(const CheckpointFolder&) = delete;
  CheckpointFolder& operator=(const CheckpointFolder&) = delete;
  /// A folder that holds no checkpoint goes again.
  ~CheckpointFolder();

  const std::filesystem::path& path() const { return path_; }
  /// Whether an unfinished training is in the folder `partial`.
  static bool has_checkpoint(const std::filesystem::path& partial);
  /// Removes what an earlier training left.
  void clear();

  /// Saves the best parameters, then forgets older ones once a checkpoint names these.
  void save_best(const models::ParameterSet& parameters, int epoch) const;
  void load_best(models::ParameterSet& parameters, int epoch) const;

  /// Saves everything. Throws IoError; the checkpoint before stays.
  void save(const TrainState& state, const models::ParameterSet& parameters, Adam& optimizer) const;
  /// Restores everything. Throws DataError when the file is damaged or of another shape.
  TrainState load(models::ParameterSet& parameters, Adam& optimizer) const;
  /// Only the state, without the model's.
  TrainState load_state() const;

  /// Deletes what is its own, and the folder if nothing is left: the artifact is written.
  void remove();

  /// Where the best parameters of an epoch are.
  std::filesystem::path best(int epoch) const;
  /// Removes the best parameters of other epochs than this.
  void forget_all_but(int epoch) const;

 private:
  std::filesystem::path path_;
  files::ParentFolders parents_;
  files::Descriptor lock_;
};

}  // namespace monet::train
