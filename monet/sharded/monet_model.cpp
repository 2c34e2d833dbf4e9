#include "monet/sharded/monet_model.h"

#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/target_attention.h"
#include "monet/core/error.h"
#include "monet/models/detail/fusion.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/registry.h"
#include "monet/sharded/propagate.h"

#include <array>
#include <utility>

namespace monet::sharded {

using autograd::Embeddings;
using autograd::Propagation;
using autograd::Tape;
using autograd::Var;
using models::Monet;

std::string_view MonetModel::obstacle(const Monet::Options& options) {
  if (options.loss != models::RankingLossKind::bpr) return "`loss` other than bpr";
  if (options.fusion != models::detail::Fusion::concat) return "`fusion` other than concat";
  if (options.standardise != models::detail::FeatureScale::off) return "`standardise` other than off";
  return "";
}

MonetModel::MonetModel(const Monet::Options& options, dist::Communicator& world, const Shard& shard)
    : Model(Monet::kName, world, shard), options_(options) {
  const bool of_modalities = options.encoder == Monet::Encoder::lightgcn;
  const bool of_ids = options.collaborative == Monet::Collaborative::lightgcn;
  joint_collaborative_ = options.collaborative != Monet::Collaborative::none &&
                         options.encoder != Monet::Encoder::none && of_modalities == of_ids;
  encoder_ = {of_modalities ? Propagation::lightgcn : Propagation::megcn,
              options.encoder == Monet::Encoder::none ? 0 : options.layers, options.alpha, options.normalize_self};
  collaborative_ = {of_ids ? Propagation::lightgcn : Propagation::megcn, options.layers, options.alpha,
                    options.normalize_self};
  if (shard.modalities.empty()) {
    fail<DataError>("[{}] the dataset has no item features; add a `*_feat.npy`, or use a model without", Monet::kName);
  }
  const Index d = options.dim;
  const auto num_modalities = static_cast<Index>(shard.modalities.size());
  users_ = &parameters_.add_block(graph().num_users(), (num_modalities + (joint_collaborative_ ? 1 : 0)) * d);
  block_sides_.push_back({models::RowsOf::users});
  for (Index m = 0; m < num_modalities; ++m) {
    parameters_.add_columns("user_preference." + shard.modalities[static_cast<std::size_t>(m)].name, *users_, m * d, d,
                            models::RowsOf::users);
  }
  for (const data::Modality& modality : shard.modalities) {
    models::Parameter& weight = parameters_.add("projection." + modality.name + ".weight", d, modality.features.cols());
    models::Parameter& bias = parameters_.add_vector("projection." + modality.name + ".bias", d);
    block_sides_.insert(block_sides_.end(), 2, {models::RowsOf::weights});
    parts_.push_back(
        {&modality,
         models::detail::FeatureTable(modality.features.view(), options.features_dtype, options.features_layout),
         &weight, &bias});
  }
  if (options.collaborative != Monet::Collaborative::none) {
    if (!joint_collaborative_) block_sides_.push_back({models::RowsOf::users});
    block_sides_.push_back({models::RowsOf::items});
    cf_user_ = joint_collaborative_
                   ? &parameters_.add_columns("cf.user", *users_, num_modalities * d, d, models::RowsOf::users)
                   : &parameters_.add("cf.user", graph().num_users(), d, models::RowsOf::users);
    cf_item_ = &parameters_.add("cf.item", graph().num_items(), d, models::RowsOf::items);
  }
  const bool separate = cf_user_ != nullptr && !joint_collaborative_;
  if (encoder_.layers > 0 || (separate && collaborative_.layers > 0)) {
    field_.emplace(graph(), options.layers, Monet::kDenseShare);
  }
}

void MonetModel::initialise(Rng& rng) {
  for (const data::Modality& modality : shard().modalities) {
    draw_table(*parameters_.find("user_preference." + modality.name), rng);
  }
  for (Part& part : parts_) models::detail::linear_uniform(*part.weight, *part.bias, rng);
  if (cf_user_ != nullptr) {
    draw_table(*cf_user_, rng);
    draw_table(*cf_item_, rng);
  }
}

MonetModel::Forward MonetModel::forward(Tape& tape, const ShardField* field) {
  const auto var = [&](models::Parameter* p) { return p == nullptr ? Var{} : tape.parameter(p->value, p->grad); };
  Forward out;
  std::vector<autograd::ProjectedModality> projected;
  for (const Part& part : parts_) projected.push_back(part.features.with(var(part.weight), var(part.bias)));
  const Var cf_item = var(cf_item_);
  out.start.users = tape.parameter(users_->value.view(), users_->grad.view());
  const graph::RowSet* rows = nullptr;
  if (field != nullptr && encoder_.layers > 0 && !field->layer(encoder_.layers).all) {
    projected_rows_.all = false;
    projected_rows_.rows = field->layer(encoder_.layers).items;
    projected_rows_.count = static_cast<Index>(projected_rows_.rows.size());
    rows = &projected_rows_;
  }
  out.start.items =
      autograd::project(tape, projected, options_.normalize_features, joint_collaborative_ ? cf_item : Var{}, rows);
  out.propagated = propagate(tape, graph(), out.start.users, out.start.items, encoder_, field);
  out.fused = out.propagated;
  if (cf_user_ != nullptr && !joint_collaborative_) {
    out.extra_start = {var(cf_user_), cf_item};
    out.extra = propagate(tape, graph(), out.extra_start.users, out.extra_start.items, collaborative_, field);
    out.fused = {autograd::concat_columns(tape, std::array{out.propagated.users, out.extra.users}),
                 autograd::concat_columns(tape, std::array{out.propagated.items, out.extra.items})};
  }
  return out;
}

Model::Tables MonetModel::tables(Tape& tape, const ShardField* field, const ShardBatch* /*batch*/) {
  return {forward(tape, field).fused, {}};
}

models::Loss MonetModel::loss_of(Tape& tape, const Embeddings& rows, const Csr& histories, const models::Batch& batch,
                                 Var /*layer0*/) {
  const auto loss = autograd::target_aware_bpr(
      tape, rows.users, rows.items, histories, batch.users, batch.positives, batch.negatives,
      {options_.target_aware, options_.beta, options_.exclude_target, options_.weight_decay}, nullptr);
  return {
      loss.total,
      {loss.ranking + static_cast<double>(options_.weight_decay) * loss.regulariser, loss.ranking, loss.regulariser}};
}

models::Output MonetModel::output(Tape& tape, models::Detail detail) {
  tape.clear();
  const autograd::NoGradient no_gradient(tape);
  const Forward values = forward(tape, nullptr);
  models::Output out;
  out.scoring.kind = options_.target_aware ? scoring::ScoreKind::target_aware : scoring::ScoreKind::dot;
  if (options_.target_aware) out.scoring.beta = options_.beta;
  out.scoring.user_embedding = out.keep(tape, values.fused.users);
  out.scoring.item_embedding = out.keep(tape, values.fused.items);
  if (detail == models::Detail::artifact) add_tensors(out, tape, values);
  tape.clear();
  return out;
}

void MonetModel::add_tensors(models::Output& out, Tape& tape, const Forward& values) {
  const Index d = options_.dim;
  const MatrixView<const float> items = out.scoring.item_embedding;
  Index column = 0;
  for (const data::Modality& modality : shard().modalities) {
    out.tensors.push_back({"item_embedding." + modality.name, items.columns(column, d)});
    column += d;
  }
  if (cf_item_ != nullptr) out.tensors.push_back({"item_embedding.cf", items.columns(column, d)});
  const auto slabs = item_foldin(tape, values.start, encoder_);
  std::optional<Var> extra = Var{};
  if (values.extra.items.valid()) extra = item_foldin(tape, values.extra_start, collaborative_);
  if (slabs && extra) {
    const Var foldin = extra->valid() ? autograd::concat_columns(tape, std::array{*slabs, *extra}) : *slabs;
    out.tensors.push_back({"item_foldin", out.keep(tape, foldin)});
  }
  add_new_items(out, tape);
}

// How new items are made follows from the weights alone: a model of nobody and one item with the same ones says it.
void MonetModel::add_new_items(models::Output& out, Tape& tape) const {
  struct Small {
    data::Dataset dataset;
    std::unique_ptr<graph::Bipartite> graph;
    std::unique_ptr<models::Monet> model;
    models::Output output;
  };
  const auto small = std::make_shared<Small>();
  small->dataset.train = Csr(1, 1);
  for (const data::Modality& modality : shard().modalities) {
    small->dataset.modalities.push_back(
        {modality.name, Matrix<float>::zeros(1, modality.features.cols()), 0, modality.recipe});
  }
  small->graph = std::make_unique<graph::Bipartite>(small->dataset.train);
  small->model = std::make_unique<models::Monet>(options_, small->dataset, *small->graph, tape.pool());
  for (const models::Parameter& own : parameters_.parameters()) {
    if (own.rows_of == models::RowsOf::weights) {
      copy<float>(own.value, small->model->parameters().find(own.name)->value);
    }
  }
  Tape own_tape(tape.pool());
  small->output = models::compute_output(own_tape, *small->model, models::Detail::artifact);
  out.new_items = small->output.new_items;
  out.keep(std::shared_ptr<const Small>(small));
}

}  // namespace monet::sharded
