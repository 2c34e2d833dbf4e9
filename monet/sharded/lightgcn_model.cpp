#include "monet/sharded/lightgcn_model.h"

#include "monet/models/detail/batch_rows.h"
#include "monet/sharded/propagate.h"

namespace monet::sharded {

using autograd::Tape;
using autograd::Var;
using models::LightGcn;

std::string_view LightGcnModel::obstacle(const LightGcn::Options& options) {
  if (options.loss != models::RankingLossKind::bpr) return "`loss` other than bpr";
  if (options.adjacency != models::Adjacency::symmetric) return "`adjacency` other than symmetric";
  if (options.regulariser == models::Regulariser::norm) return "`regulariser` norm";
  return "";
}

LightGcnModel::LightGcnModel(const LightGcn::Options& options, dist::Communicator& world, const Shard& shard)
    : Model(LightGcn::kName, world, shard),
      options_(options),
      encoder_{autograd::Propagation::lightgcn, options.layers, 0.0F, false} {
  models::ParameterBlock& nodes = parameters_.add_block(graph().num_users() + graph().num_items(), options.dim);
  block_sides_.push_back({models::RowsOf::users, models::RowsOf::items});
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph().num_users(), models::RowsOf::users);
  items_ = &parameters_.add_rows("item_id_embedding.weight", nodes, graph().num_users(), graph().num_items(),
                                 models::RowsOf::items);
  if (options.layers > 0) field_.emplace(graph(), options.layers, LightGcn::kDenseShare);
}

void LightGcnModel::initialise(Rng& rng) {
  draw_table(*users_, rng);
  draw_table(*items_, rng);
}

Model::Tables LightGcnModel::tables(Tape& tape, const ShardField* field, const ShardBatch* batch) {
  const Var users = tape.parameter(users_->value, users_->grad);
  const Var items = tape.parameter(items_->value, items_->grad);
  Tables out;
  if (batch != nullptr && options_.regulariser == models::Regulariser::squared) {
    std::vector<std::int32_t> wanted = batch->positives;
    wanted.insert(wanted.end(), batch->negatives.begin(), batch->negatives.end());
    pair_items_.emplace(world(), shard().partition.items, std::move(wanted));
    const Var rows = fetch_rows(world(), tape, *pair_items_, items);
    if (!batch->users.empty()) {
      const std::vector<std::int32_t> positives = pair_items_->rows_of(batch->positives);
      const std::vector<std::int32_t> negatives = pair_items_->rows_of(batch->negatives);
      out.layer0 =
          models::detail::regulariser(tape, users, rows, {batch->users, positives, negatives}, options_.regulariser);
    }
  }
  out.embeddings = propagate(tape, graph(), users, items, encoder_, field);
  return out;
}

models::Loss LightGcnModel::loss_of(Tape& tape, const autograd::Embeddings& rows, const Csr& histories,
                                    const models::Batch& batch, Var layer0) {
  return models::detail::weighed_dot_bpr(tape, rows, histories, batch, layer0, options_.weight_decay, nullptr);
}

models::Output LightGcnModel::output(Tape& tape, models::Detail detail) {
  tape.clear();
  const autograd::NoGradient no_gradient(tape);
  const autograd::Embeddings start{tape.constant(users_->value), tape.constant(items_->value)};
  const auto rows = propagate(tape, graph(), start.users, start.items, encoder_, nullptr);
  models::Output out;
  out.scoring.kind = scoring::ScoreKind::dot;
  out.scoring.user_embedding = out.keep(tape, rows.users);
  out.scoring.item_embedding = out.keep(tape, rows.items);
  if (detail == models::Detail::artifact) {
    out.tensors.push_back({"item_foldin", out.keep(tape, *item_foldin(tape, start, encoder_))});
  }
  tape.clear();
  return out;
}

}  // namespace monet::sharded
