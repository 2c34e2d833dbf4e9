#pragma once

#include "monet/retrain/comparison.h"
#include "monet/train/trainer.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace monet::retrain {

struct RetrainOptions {
  std::filesystem::path artifact;  // in use: its model and options are trained anew, from its parameters
  std::string store;               // address of the events and items
  std::filesystem::path data;      // what the artifact was trained on at first; empty: the store holds everything
  GrowOptions grow;
  double margin = 0.02;  // how much worse the candidate's recall may be, as a share
  Index k = 20;          // length of the lists that are compared
  std::uint64_t seed = 123;
  double max_minutes = 0.0;  // of training; 0: no limit
  bool swap = true;          // false: only compare
};

struct RetrainResult {
  std::string model;
  Index new_users = 0;
  Index new_items = 0;
  Index new_interactions = 0;
  train::TrainResult training;
  Comparison comparison;
  bool swapped = false;
  std::filesystem::path candidate;  // where the new artifact lies when it was not swapped
};

/// Where the new artifact is trained: `ARTIFACT.retrained`, beside it.
std::filesystem::path candidate_path(const std::filesystem::path& artifact);

/// Trains the model of an artifact anew on its data and the events of a store, from the parameters it has, and puts the
/// new artifact in the place of the old one where it is not worse (Comparison) on events that were held out. The
/// exchange is one step: the name holds at any moment the old artifact or the new one. Throws as open_store,
/// data::load, grown, train and compare; DataError for a blend, which has to be blended anew.
RetrainResult retrain(const RetrainOptions& options, ThreadPool& pool, const train::TrainHooks& hooks = {});

}  // namespace monet::retrain
