#include "monet/models/detail/batch_rows.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/bpr_loss.h"
#include "monet/autograd/ops/frobenius_norm.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/row_dot.h"
#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/autograd/ops/scale.h"
#include "monet/autograd/ops/target_attention.h"

#include <array>
#include <vector>

namespace monet::models::detail {

using autograd::Tape;
using autograd::Var;

namespace {

std::vector<std::int32_t> shifted(std::span<const std::int32_t> items, Index offset) {
  std::vector<std::int32_t> nodes;
  nodes.reserve(items.size());
  for (const std::int32_t item : items) nodes.push_back(static_cast<std::int32_t>(item + offset));
  return nodes;
}

std::vector<std::int32_t> both(const Batch& batch) {
  std::vector<std::int32_t> items(batch.positives.begin(), batch.positives.end());
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  return items;
}

float mean_factor(std::size_t triples) {
  return static_cast<float>(1.0 / static_cast<double>(triples));
}

}  // namespace

BatchRows gather_batch(Tape& tape, Var users, Var items, const Batch& batch) {
  return {autograd::gather_rows(tape, users, batch.users), autograd::gather_rows(tape, items, batch.positives),
          autograd::gather_rows(tape, items, batch.negatives)};
}

BatchRows gather_batch(Tape& tape, Var nodes, Index num_users, const Batch& batch) {
  return {autograd::gather_rows(tape, nodes, batch.users),
          autograd::gather_rows(tape, nodes, shifted(batch.positives, num_users)),
          autograd::gather_rows(tape, nodes, shifted(batch.negatives, num_users))};
}

Var dot_bpr(Tape& tape, const BatchRows& rows, double floor) {
  return autograd::bpr_loss(tape, autograd::row_dot(tape, rows.users, rows.positives),
                            autograd::row_dot(tape, rows.users, rows.negatives), floor);
}

Loss weighed_dot_bpr(Tape& tape, const autograd::Embeddings& tables, const Csr& histories, const Batch& batch,
                     Var given, float weight_decay, const graph::ReceptiveField* field) {
  const float decay = given.valid() ? 0.0F : weight_decay;
  const auto loss = autograd::target_aware_bpr(tape, tables.users, tables.items, histories, batch.users,
                                               batch.positives, batch.negatives, {false, 0.0F, false, decay}, field);
  Loss out = weighed(tape, loss.total, given, weight_decay);
  out.parts.ranking = loss.ranking;
  if (!given.valid()) out.parts.regulariser = loss.regulariser;
  out.parts.total = out.parts.ranking + static_cast<double>(weight_decay) * out.parts.regulariser;
  return out;
}

Loss weighed_dot_bpr(Tape& tape, Var nodes, const Batch& positions, Var given, float weight_decay) {
  const Csr& no_histories = tape.keep(Csr(tape.rows(nodes), tape.rows(nodes)));
  return weighed_dot_bpr(tape, {nodes, nodes}, no_histories, positions, given, weight_decay, nullptr);
}

Var regulariser(Tape& tape, const BatchRows& rows, Regulariser kind) {
  const float factor = mean_factor(static_cast<std::size_t>(tape.rows(rows.users)));
  const auto norm = kind == Regulariser::norm ? &autograd::frobenius_norm : &autograd::half_squared_norm;
  const std::array terms = {norm(tape, rows.users, factor), norm(tape, rows.positives, factor),
                            norm(tape, rows.negatives, factor)};
  return autograd::add(tape, terms);
}

Var regulariser(Tape& tape, Var users, Var items, const Batch& batch, Regulariser kind) {
  if (kind == Regulariser::norm) return regulariser(tape, gather_batch(tape, users, items, batch), kind);
  const float factor = mean_factor(batch.users.size());
  return autograd::add(tape, std::array{autograd::rows_squared_norm(tape, users, batch.users, factor),
                                        autograd::rows_squared_norm(tape, items, both(batch), factor)});
}

Var regulariser(Tape& tape, Var nodes, Index num_users, const Batch& batch, Regulariser kind) {
  if (kind == Regulariser::norm) return regulariser(tape, gather_batch(tape, nodes, num_users, batch), kind);
  std::vector<std::int32_t> rows = shifted(both(batch), num_users);
  rows.insert(rows.end(), batch.users.begin(), batch.users.end());
  return autograd::rows_squared_norm(tape, nodes, rows, mean_factor(batch.users.size()));
}

Var pair_regulariser(Tape& tape, Var users, Var items, const Batch& batch) {
  const float factor = mean_factor(batch.users.size());
  return autograd::add(tape, std::array{autograd::rows_squared_norm(tape, users, batch.users, factor),
                                        autograd::rows_squared_norm(tape, items, batch.positives, factor)});
}

Var id_regulariser(Tape& tape, const BatchRows& rows) {
  const auto factor = static_cast<float>(1.0 / static_cast<double>(tape.rows(rows.users) * tape.cols(rows.users)));
  return autograd::add(tape, std::array{autograd::half_squared_norm(tape, rows.users, 2.0F * factor),
                                        autograd::half_squared_norm(tape, rows.positives, factor),
                                        autograd::half_squared_norm(tape, rows.negatives, factor)});
}

Loss weighed(Tape& tape, Var ranking, Var regulariser, float weight_decay) {
  LossParts parts;
  parts.ranking = static_cast<double>(tape.scalar(ranking));
  Var total = ranking;
  if (regulariser.valid()) {
    parts.regulariser = static_cast<double>(tape.scalar(regulariser));
    if (weight_decay > 0.0F) total = autograd::add(tape, ranking, autograd::scale(tape, regulariser, weight_decay));
  }
  parts.total = parts.ranking + static_cast<double>(weight_decay) * parts.regulariser;
  return {total, parts};
}

Loss with_part(Tape& tape, const Loss& loss, Var part, float weight) {
  Loss out = loss;
  const double value = static_cast<double>(weight) * static_cast<double>(tape.scalar(part));
  out.parts.ranking += value;
  out.parts.total += value;
  if (weight > 0.0F) out.total = autograd::add(tape, loss.total, autograd::scale(tape, part, weight));
  return out;
}

}  // namespace monet::models::detail
