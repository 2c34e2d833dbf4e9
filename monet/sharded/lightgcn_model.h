#pragma once

#include "monet/models/lightgcn.h"
#include "monet/sharded/model.h"

namespace monet::sharded {

/// models::LightGcn with the symmetric matrix and BPR, spread over processes.
class LightGcnModel final : public Model {
 public:
  LightGcnModel(const models::LightGcn::Options& options, dist::Communicator& world, const Shard& shard);

  void initialise(Rng& rng) override;
  models::Output output(autograd::Tape& tape, models::Detail detail) override;

  /// What keeps these options from being spread, named; empty: nothing.
  static std::string_view obstacle(const models::LightGcn::Options& options);

 protected:
  Tables tables(autograd::Tape& tape, const ShardField* field, const ShardBatch* batch) override;
  models::Loss loss_of(autograd::Tape& tape, const autograd::Embeddings& rows, const Csr& histories,
                       const models::Batch& batch, autograd::Var layer0) override;
  bool reads_histories() const override { return false; }

 private:
  models::LightGcn::Options options_;
  models::Parameter* users_;
  models::Parameter* items_;
  autograd::PropagateOptions encoder_;
  std::optional<BatchItems> pair_items_;  // those of the batch's triples, for the regulariser of layer 0
};

}  // namespace monet::sharded
