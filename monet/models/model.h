#pragma once

#include "monet/core/rng.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/models/options.h"
#include "monet/models/parameters.h"
#include "monet/scoring/scoring.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::models {

using scoring::ScoreKind;
using scoring::Scoring;

/// (u, i, j) triples of Bayesian personalised ranking: user, positive item, negative item. Same length; repeats
/// allowed.
struct Batch {
  std::span<const std::int32_t> users;
  std::span<const std::int32_t> positives;
  std::span<const std::int32_t> negatives;
  std::uint64_t seed = 0;  // of the random choices of this step (dropout)
};

/// Value of the loss on a batch and its parts: `total = ranking + weight_decay * regulariser`.
struct LossParts {
  double total = 0.0;
  double ranking = 0.0;
  double regulariser = 0.0;
};

/// A tensor a model leaves behind in its artifact beside the parameters, as a view.
struct NamedTensor {
  std::string name;
  MatrixView<const float> value;
};

/// Shapes of tensors by name.
using TensorShapes = std::map<std::string, std::vector<Index>, std::less<>>;

/// What every model offers to trainer, artifact and ranking.
class Model {
 public:
  virtual ~Model() = default;
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  virtual std::string_view name() const = 0;
  virtual ParameterSet& parameters() = 0;
  /// False for a model that is computed from the data at once: there are no parameters and nothing to train, and
  /// `compute_gradients` must not be called.
  virtual bool trained() const { return true; }
  /// Draws the initial parameters.
  virtual void initialise(Rng& rng) = 0;
  /// Called once before the first batch of an epoch (not when training is resumed in the middle of one).
  virtual void begin_epoch(int /*epoch*/) {}
  /// What decides how an epoch goes on after an interruption beside the parameters, for `restore`. Empty for most
  /// models.
  virtual std::vector<std::byte> state() const { return {}; }
  /// Throws DataError when `state` is not one of this model.
  virtual void restore(std::span<const std::byte> /*state*/) {}
  /// Forward and backward on a batch: returns the loss and leaves its gradient in the parameters' `grad`.
  virtual LossParts compute_gradients(const Batch& batch) = 0;
  /// Computes final embeddings from the current parameters. The views hold until the next call of a non-const member.
  virtual Scoring scoring() = 0;
  /// Further tensors for the artifact (`item_foldin`, `item_embedding.<modality>`, …), valid after `scoring()` and as
  /// long.
  virtual std::vector<NamedTensor> artifact_tensors() = 0;
};

/// Makes a model by its name, drawing nothing yet. `dataset`, `graph` and `pool` must outlive it. Throws
/// InvalidArgument for an unknown name (with the nearest right one) and DataError when the dataset lacks what the model
/// needs (modalities).
std::unique_ptr<Model> make_model(std::string_view name, const ModelOptions& options, const data::Dataset& dataset,
                                  const graph::Bipartite& graph, ThreadPool& pool);
/// Every registered name, in the order of the documentation.
std::span<const std::string_view> model_names();

/// The functions below throw as make_model for an unknown name.

/// What a model is made and trained with unless told otherwise: its paper's values, or those of docs/models.md.
ModelSettings default_settings(std::string_view name);
/// The members of ModelOptions that a model reads, as on the command line without dashes in front ("weight-decay").
std::span<const std::string_view> model_option_names(std::string_view name);
/// `options` with the sizes (dim, layer widths, …) that the given parameters have.
ModelOptions with_sizes_of(std::string_view name, ModelOptions options, const TensorShapes& parameters);
/// Bytes that training the model holds at its peak beyond the dataset and the graph: parameters, gradients, moments,
/// activations, copies of the features. Known before anything is allocated.
std::size_t training_bytes(std::string_view name, const ModelOptions& options, const data::Dataset& dataset);

}  // namespace monet::models
