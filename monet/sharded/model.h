#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/tape.h"
#include "monet/core/rng.h"
#include "monet/models/model.h"
#include "monet/models/options.h"
#include "monet/models/output.h"
#include "monet/sharded/batch_items.h"
#include "monet/sharded/shard.h"
#include "monet/sharded/shard_field.h"
#include "monet/sharded/shard_graph.h"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace monet::sharded {

/// A process's triples of a batch: those of its users.
struct ShardBatch {
  std::vector<std::int32_t> users;      // own rows
  std::vector<std::int32_t> positives;  // items of the whole set
  std::vector<std::int32_t> negatives;
  Index size = 0;          // of the whole batch, B
  bool interrupt = false;  // asked for by this process: a checkpoint, and no more
  bool end = false;        // no further step: validate and write what there is
};

/// A step as all processes know it.
struct Step {
  models::LossParts loss;  // of the whole batch
  bool interrupt = false;  // some process asked for it
  bool end = false;
};

/// A model whose tables are spread over the processes: each has the rows of its own users and items, and all of the
/// weights. What it computes equals models::Model on the whole data up to rounding.
class Model {
 public:
  virtual ~Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  std::string_view name() const { return name_; }
  /// Own rows of tables, whole weights: RowsOf says which is which.
  models::ParameterSet& parameters() { return parameters_; }
  const models::ParameterSet& parameters() const { return parameters_; }
  /// What the rows of each block of `parameters` belong to: one kind, or users and then items.
  std::span<const std::vector<models::RowsOf>> block_sides() const { return block_sides_; }
  const Shard& shard() const { return *shard_; }
  const ShardGraph& graph() const { return graph_; }
  dist::Communicator& world() const { return graph_.halo().world(); }
  /// What the last batch needed at each layer; null: whole layers.
  const ShardField* field() const { return field_ ? &*field_ : nullptr; }

  /// The numbers that models::Model::initialise draws for these rows. Every process draws those of all: O(parameters of
  /// the whole model), and no memory for them.
  virtual void initialise(Rng& rng) = 0;
  /// Loss of the whole batch and what processes ask for, with gradients of own rows and of the weights in `parameters`.
  /// Collective.
  Step compute_gradients(autograd::Tape& tape, const ShardBatch& batch);
  /// What scoring needs, of own users and own items: embeddings, and with Detail::artifact the tensors of the artifact.
  /// There is no history in it. Collective.
  virtual models::Output output(autograd::Tape& tape, models::Detail detail) = 0;

 protected:
  Model(std::string_view name, dist::Communicator& world, const Shard& shard)
      : name_(name), shard_(&shard), graph_(world, shard) {}

  /// Tables of final embeddings of own users and own items, on the rows that the batch reads.
  struct Tables {
    autograd::Embeddings embeddings;
    autograd::Var layer0;  // a regulariser of layer-0 rows, not yet times λ, or not valid
  };
  /// `field` null: all rows. `batch` null: no regulariser is wanted.
  virtual Tables tables(autograd::Tape& tape, const ShardField* field, const ShardBatch* batch) = 0;
  /// The loss of own triples, of tables of the batch's own users and its items and their places in these.
  virtual models::Loss loss_of(autograd::Tape& tape, const autograd::Embeddings& rows, const Csr& histories,
                               const models::Batch& batch, autograd::Var layer0) = 0;
  virtual bool reads_histories() const = 0;

  /// Draws a table Xavier-uniform as detail::xavier_uniform does the whole one.
  void draw_table(models::Parameter& table, Rng& rng) const;
  std::optional<autograd::Var> item_foldin(autograd::Tape& tape, const autograd::Embeddings& start,
                                           const autograd::PropagateOptions& options) const;

  models::ParameterSet parameters_;
  std::vector<std::vector<models::RowsOf>> block_sides_;  // to be added to with each block
  std::optional<ShardField> field_;

 private:
  void reduce_weights();

  std::string_view name_;
  const Shard* shard_;
  ShardGraph graph_;
  std::optional<BatchItems> batch_items_;  // referred to until backward is done
  Csr histories_;
};

/// Throws InvalidArgument for a model or an option that is trained in one process only. `shard` and `world` must
/// outlive the model. Collective.
std::unique_ptr<Model> make_model(dist::Communicator& world, const models::ModelOptions& options, const Shard& shard);
/// Throws InvalidArgument as make_model does, before anything is read.
void require_spreadable(const models::ModelOptions& options);

/// Bytes that training takes in this process beyond its part of the data, at its peak.
std::size_t training_bytes(const models::ModelOptions& options, const Shard& shard, int process);

}  // namespace monet::sharded
