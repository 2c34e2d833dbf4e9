#pragma once

#include "monet/models/options.h"
#include "monet/train/checkpoint.h"
#include "monet/train/options.h"
#include "monet/train/plan.h"
#include "monet/train/stopping.h"
#include "monet/train/trainer.h"
#include "monet/train/write_artifact.h"

namespace monet::train {

/// How a model came about, for its artifact.
struct Provenance {
  const models::ModelOptions& model;
  const TrainOptions& options;
  const Plan& plan;
  const TrainState& state;
  const Stopping& stopping;
  int threads = 1;
  bool trained = true;      // false: computed at once
  bool validates = true;    // there is a validation split
  double popularity = 0.0;  // weight of the popularity term
};

/// Notes options, figures and the log in `contents`.
void note_provenance(ArtifactContents& contents, const Provenance& provenance, const TrainResult& result);

}  // namespace monet::train
