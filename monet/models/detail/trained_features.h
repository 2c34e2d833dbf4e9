#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/rng.h"
#include "monet/data/dataset.h"
#include "monet/models/parameters.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace monet::models::detail {

/// A modality as published codes have it that train the features, too: X' [I, d_m] starts at the raw features X, and f
/// = X' Wᵀ + b is what the model sees of them.
struct TrainedFeatures {
  std::string name;
  MatrixView<const float> raw;
  Parameter* table;   // X', `<modality>_embedding.weight`
  Parameter* weight;  // W [d, d_m], `<modality>_trs.weight`
  Parameter* bias;    // b [d], `<modality>_trs.bias`

  /// f of all items [I, d], or of these [rows.size(), d]. Without b where a bias cancels in what f is for.
  autograd::Var mapped(autograd::Tape& tape) const;
  autograd::Var mapped(autograd::Tape& tape, std::span<const std::int32_t> rows, bool with_bias = true) const;
  /// X' starts at X; W and b uniform in ±1/√d_m, or W Xavier-normal.
  void initialise(Rng& rng, bool normal = false) const;
  /// For a step that has none of it on its tape.
  void clear_gradients() const;
};

/// One for each modality of the dataset, which must outlive them. With `bias_trained` false the optimiser leaves b.
std::vector<TrainedFeatures> add_trained_features(ParameterSet& parameters, const data::Dataset& dataset, Index width,
                                                  bool bias_trained = true);

/// Bytes of value, gradient and two moments of them, and of f of all items with its gradient.
std::size_t trained_features_bytes(const data::Dataset& dataset, Index width);

}  // namespace monet::models::detail
