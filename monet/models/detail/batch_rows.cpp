#include "monet/models/detail/batch_rows.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/bpr_loss.h"
#include "monet/autograd/ops/frobenius_norm.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/row_dot.h"
#include "monet/autograd/ops/scale.h"

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

Var regulariser(Tape& tape, const BatchRows& rows, Regulariser kind) {
  const auto factor = static_cast<float>(1.0 / static_cast<double>(tape.rows(rows.users)));
  const auto norm = kind == Regulariser::norm ? &autograd::frobenius_norm : &autograd::half_squared_norm;
  const std::array terms = {norm(tape, rows.users, factor), norm(tape, rows.positives, factor),
                            norm(tape, rows.negatives, factor)};
  return autograd::add(tape, terms);
}

Var id_regulariser(Tape& tape, const BatchRows& rows) {
  const auto factor = static_cast<float>(1.0 / static_cast<double>(tape.rows(rows.users) * tape.cols(rows.users)));
  return autograd::add(tape, std::array{autograd::half_squared_norm(tape, rows.users, 2.0F * factor),
                                        autograd::half_squared_norm(tape, rows.positives, factor),
                                        autograd::half_squared_norm(tape, rows.negatives, factor)});
}

LossParts run_backward(Tape& tape, Var ranking, Var regulariser, float weight_decay) {
  LossParts parts;
  parts.ranking = static_cast<double>(tape.scalar(ranking));
  Var total = ranking;
  if (regulariser.valid()) {
    parts.regulariser = static_cast<double>(tape.scalar(regulariser));
    if (weight_decay > 0.0F) total = autograd::add(tape, ranking, autograd::scale(tape, regulariser, weight_decay));
  }
  parts.total = parts.ranking + static_cast<double>(weight_decay) * parts.regulariser;
  tape.backward(total);
  return parts;
}

}  // namespace monet::models::detail
