#pragma once

#include "monet/sharded/model.h"
#include "monet/train/checkpoint.h"
#include "monet/train/optimizer.h"
#include "monet/train/options.h"

#include <filesystem>
#include <optional>
#include <string>

namespace monet::sharded {

/// train::Keeper of a training that is spread: checkpoints and the best parameters in `OUT.partial/`, as one process
/// writes them, so that any number of processes may go on from them, one of them `monet train`. All processes see the
/// same folder; the first holds it.
class Keeper {
 public:
  /// Asks as train::Keeper, in process 0, and touches nothing. `options` must outlive this. Collective, as all else.
  Keeper(dist::Communicator& world, const train::TrainOptions& options);
  void open();

  bool resumes() const { return resumes_; }
  const std::filesystem::path& folder() const { return path_; }
  std::string configuration() const;
  train::TrainState load(Model& model, train::Adam& optimizer) const;
  void save(const train::TrainState& state, const Model& model, train::Adam& optimizer) const;
  void save_best(const Model& model, int epoch) const;
  void load_best(Model& model, int epoch) const;
  /// The artifact is written: nothing of it is needed any more.
  void remove();

 private:
  std::filesystem::path best(int epoch) const;

  dist::Communicator& world_;
  const train::TrainOptions& options_;
  std::filesystem::path path_;
  bool resumes_ = false;
  std::optional<train::CheckpointFolder> held_;  // by process 0
};

}  // namespace monet::sharded
