#include "monet/train/keeper.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"

namespace monet::train {

namespace fs = std::filesystem;

void check_output(const TrainOptions& options) {
  const Keeper asked(options);
}

Keeper::Keeper(const TrainOptions& options) : options_(&options) {
  if (!options.first_process) {
    if (options.resume) fail<InvalidArgument>("[train] only the first process holds checkpoints to `resume` from");
    return;
  }
  const fs::path partial = artifact::partial_path(options.out);
  if (!options.resume) {
    files::recover_directory(options.out);
    files::require_replaceable(artifact_target(options.out, options.force));
    files::require_replaceable({partial, true, &checkpoint_folder(), {}, false, {}});
  } else if (!fs::exists(partial)) {
    fail<InvalidArgument>("[train] nothing to resume: {} is not there{}; leave `resume` out to start a training",
                          partial.string(), fs::exists(options.out) ? " and the artifact is complete" : "");
  }
  const bool unfinished = CheckpointFolder::has_checkpoint(partial);
  if (unfinished && !options.resume && !options.force) {
    fail<InvalidArgument>("{} holds an unfinished training; give `resume` to go on from it or `force` to start again",
                          partial.string());
  }
  resumes_ = options.resume && unfinished;
}

void Keeper::open() {
  if (!options_->first_process) return;
  folder_.emplace(options_->out);
  if (!resumes_) folder_->clear();
}

void Keeper::save(const TrainState& state, const models::ParameterSet& parameters, Adam& optimizer) const {
  if (folder_) folder_->save(state, parameters, optimizer);
}

void Keeper::save_best(const models::ParameterSet& parameters, int epoch) {
  if (folder_) return folder_->save_best(parameters, epoch);
  best_.clear();
  for (const models::Parameter& parameter : parameters.parameters()) {
    best_.push_back(Matrix<float>::copy_of(parameter.value));
  }
}

void Keeper::load_best(models::ParameterSet& parameters, int epoch) const {
  if (folder_) return folder_->load_best(parameters, epoch);
  std::size_t k = 0;
  for (models::Parameter& parameter : parameters.parameters()) copy<float>(best_[k++].view(), parameter.value);
}

void Keeper::finish(const ArtifactContents& contents) {
  if (!folder_) return;
  write_artifact(options_->out, contents, options_->force || options_->resume);
  if (!options_->pause) folder_->remove();
}

}  // namespace monet::train
