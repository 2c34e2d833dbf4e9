#pragma once

#include "monet/models/detail/feature_table.h"
#include "monet/models/monet.h"
#include "monet/sharded/model.h"

#include <deque>

namespace monet::sharded {

/// models::Monet with the default fusion and BPR, spread over processes: every encoder and collaborative part, with or
/// without attention.
class MonetModel final : public Model {
 public:
  MonetModel(const models::Monet::Options& options, dist::Communicator& world, const Shard& shard);

  void initialise(Rng& rng) override;
  models::Output output(autograd::Tape& tape, models::Detail detail) override;

  /// What keeps these options from being spread, named; empty: nothing.
  static std::string_view obstacle(const models::Monet::Options& options);

 protected:
  Tables tables(autograd::Tape& tape, const ShardField* field, const ShardBatch* batch) override;
  models::Loss loss_of(autograd::Tape& tape, const autograd::Embeddings& rows, const Csr& histories,
                       const models::Batch& batch, autograd::Var layer0) override;
  bool reads_histories() const override { return options_.target_aware; }

 private:
  struct Part {
    const data::Modality* modality;
    models::detail::FeatureTable features;
    models::Parameter* weight;
    models::Parameter* bias;
  };
  struct Forward {
    autograd::Embeddings start, propagated, extra_start, extra, fused;
  };
  Forward forward(autograd::Tape& tape, const ShardField* field);
  void add_tensors(models::Output& out, autograd::Tape& tape, const Forward& values);
  void add_new_items(models::Output& out, autograd::Tape& tape) const;

  models::Monet::Options options_;
  bool joint_collaborative_;
  autograd::PropagateOptions encoder_;
  autograd::PropagateOptions collaborative_;
  models::ParameterBlock* users_ = nullptr;
  std::deque<Part> parts_;
  models::Parameter* cf_user_ = nullptr;
  models::Parameter* cf_item_ = nullptr;
  graph::RowSet projected_rows_;
};

}  // namespace monet::sharded
