#pragma once

#include "monet/core/matrix.h"
#include "monet/models/parameters.h"
#include "monet/train/checkpoint.h"
#include "monet/train/options.h"
#include "monet/train/write_artifact.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace monet::train {

/// Throws as the constructor of Keeper: for who wants to know before the data is read.
void check_output(const TrainOptions& options);

/// What stays of a training: checkpoints and the best parameters in `OUT.partial/` while it runs, the artifact at its
/// end. On a process that is not the first, only the best parameters are kept, in memory.
class Keeper {
 public:
  /// Asks whether the output may be written, and touches nothing: throws InvalidArgument when something stands at
  /// `options.out` that may not be replaced, when there is nothing to resume, or when an unfinished training is there
  /// and neither `resume` nor `force` is given. `options` must outlive this.
  explicit Keeper(const TrainOptions& options);
  /// Makes the folder or takes it over, without what an earlier training left there unless that is resumed. Throws
  /// IoError, also when another process trains there.
  void open();

  /// Whether there is a checkpoint to go on from.
  bool resumes() const { return resumes_; }
  const std::filesystem::path& folder() const { return folder_->path(); }
  TrainState load_state() const { return folder_->load_state(); }
  TrainState load(models::ParameterSet& parameters, Adam& optimizer) const {
    return folder_->load(parameters, optimizer);
  }

  void save(const TrainState& state, const models::ParameterSet& parameters, Adam& optimizer) const;
  void save_best(const models::ParameterSet& parameters, int epoch);
  /// Those of the last `save_best`, or of the checkpoint that was resumed.
  void load_best(models::ParameterSet& parameters, int epoch) const;
  /// Writes the artifact and forgets the checkpoints, unless the training only pauses.
  void finish(const ArtifactContents& contents);

 private:
  const TrainOptions* options_;
  std::optional<CheckpointFolder> folder_;  // of the first process
  bool resumes_ = false;
  std::vector<Matrix<float>> best_;  // of the others
};

}  // namespace monet::train
