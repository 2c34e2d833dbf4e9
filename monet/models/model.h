#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/rng.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/models/options.h"
#include "monet/models/output.h"
#include "monet/models/parameters.h"
#include "monet/models/step_work.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::models {

/// (u, i, j) triples of Bayesian personalised ranking: user, positive item, negative item. Same length; repeats
/// allowed.
struct Batch {
  std::span<const std::int32_t> users;
  std::span<const std::int32_t> positives;
  std::span<const std::int32_t> negatives;
  std::uint64_t seed = 0;  // of the random choices of this step (dropout, shared negatives)
  /// Items that every row of a sampled softmax has among its candidates; empty: drawn by the seed.
  std::span<const std::int32_t> shared_negatives = {};
};

/// Value of the loss on a batch and its parts: `total = ranking + weight_decay * regulariser`.
struct LossParts {
  double total = 0.0;
  double ranking = 0.0;
  double regulariser = 0.0;
};

/// A loss as a model leaves it on a tape.
struct Loss {
  autograd::Var total;  // [1, 1], what backward starts from
  LossParts parts;
};

/// Shapes of tensors by name.
using TensorShapes = std::map<std::string, std::vector<Index>, std::less<>>;

/// What every model offers to trainer, artifact and ranking. A model holds its parameters and what it made of the data;
/// the tape that it computes on is its caller's. Use `compute_gradients` and `compute_output`, which see to the tape.
/// Weights of a popularity term that are worth trying beside scores that are dot products, and beside cosines over τ.
inline constexpr std::array kPopularityOfDots = {0.0, 0.1, 0.25};
inline constexpr std::array kPopularityOfCosines = {0.0, 0.25, 0.5, 1.0};

class Model {
 public:
  virtual ~Model() = default;
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  virtual std::string_view name() const = 0;
  virtual ParameterSet& parameters() = 0;
  /// False for a model that is computed from the data at once: there are no parameters and nothing to train, and `loss`
  /// must not be called.
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
  /// Records the loss of a batch on an empty tape. Backward runs after this has returned: what operations refer to
  /// is a member, the batch itself, or kept by the tape (Tape::keep). The gradient of a parameter that is not on it
  /// becomes zero here.
  virtual Loss loss(autograd::Tape& tape, const Batch& batch) = 0;
  /// Final embeddings, or what else scores are made of, from the current parameters, on an empty tape that records
  /// nothing.
  virtual Output output(autograd::Tape& tape, Detail detail) = 0;
  /// Weights of a popularity term (train/popularity.h) to choose among at a validation, for scores of this model's
  /// size.
  virtual std::span<const double> popularity_weights() const;
  /// What a step on this batch cannot do without (when it rebuilds no graph). Empty for a model without a formula.
  virtual StepWork step_work(const Batch& /*batch*/) const { return {}; }
};

/// Forward and backward on a batch: returns the loss and leaves its gradient in the parameters' `grad`.
LossParts compute_gradients(autograd::Tape& tape, Model& model, const Batch& batch);
/// What scoring needs of the model as it is. Nothing is recorded, and the tape is empty before and after.
Output compute_output(autograd::Tape& tape, Model& model, Detail detail = Detail::scores);

/// Makes a model, drawing nothing yet. `dataset`, `graph` and `pool` must outlive it. Throws DataError when the dataset
/// lacks what the model needs (modalities).
std::unique_ptr<Model> make_model(const ModelOptions& options, const data::Dataset& dataset,
                                  const graph::Bipartite& graph, ThreadPool& pool);
/// Every registered name, in the order of the documentation.
std::span<const std::string_view> model_names();

/// `options` with the sizes (dim, layer widths, …) that the given parameters have.
ModelOptions with_sizes_of(ModelOptions options, const TensorShapes& parameters);
/// Bytes that training the model holds at its peak beyond the dataset and the graph: parameters, gradients, moments,
/// activations, copies of the features. Known before anything is allocated.
std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);
/// Whether a model cannot be made of a dataset without item features.
bool needs_features(const ModelOptions& options);

}  // namespace monet::models
