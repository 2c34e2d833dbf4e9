#include "monet/sharded/tables.h"

#include "monet/core/error.h"

#include <utility>

namespace monet::sharded {

namespace {

// Rows of the whole table, and the first of this process.
std::pair<Index, Index> rows_of(const Model& model, const models::Parameter& parameter) {
  const Partition& partition = model.shard().partition;
  const int rank = model.world().rank();
  switch (parameter.rows_of) {
    case models::RowsOf::users: return {partition.users.rows(), partition.users.of(rank).begin};
    case models::RowsOf::items: return {partition.items.rows(), partition.items.of(rank).begin};
    case models::RowsOf::weights: return {parameter.value.rows, 0};
    case models::RowsOf::nodes: break;
  }
  fail<InternalError>("[sharded] {} has rows of nodes", parameter.name);
}

// A weight is everybody's, and written by the first.
MatrixView<const float> written_here(const Model& model, const models::Parameter& parameter,
                                     MatrixView<const float> values) {
  if (parameter.rows_of != models::RowsOf::weights || model.world().is_first()) return values;
  return values.row_range(0, 0);
}

}  // namespace

void add_parameter(JointTensors& file, const Model& model, std::string name, const models::Parameter& parameter,
                   MatrixView<const float> values, bool as_vector) {
  if (as_vector && parameter.is_vector) {
    file.add_whole(model.world(), std::move(name), {values.cols}, std::span<const float>(values.row_span(0)));
    return;
  }
  const auto [rows, first] = rows_of(model, parameter);
  file.add_rows(std::move(name), rows, first, written_here(model, parameter, values));
}

void read_parameter(const files::Safetensors& file, const Model& model, const std::string& name,
                    const models::Parameter& parameter, MatrixView<float> target) {
  const auto [rows, first] = rows_of(model, parameter);
  const auto stored = file.matrix<float>(name);
  if (stored.rows != rows || stored.cols != target.cols) {
    fail<DataError>("{}: {} is {} x {}, the model needs {} x {}; was it trained with other options?", file.name(), name,
                    stored.rows, stored.cols, rows, target.cols);
  }
  copy<float>(stored.row_range(first, target.rows), target);
}

BlockRows rows_of_block(const Model& model, std::size_t block, Index own_rows) {
  BlockRows out;
  Index own_first = 0;
  for (const models::RowsOf side : model.block_sides()[block]) {
    if (side == models::RowsOf::weights) {
      out.parts.push_back({0, model.world().is_first() ? own_rows : 0, 0});
      out.rows = own_rows;
      continue;
    }
    const Partition& partition = model.shard().partition;
    const Ranges& ranges = side == models::RowsOf::users ? partition.users : partition.items;
    const dist::Share own = ranges.of(model.world().rank());
    out.parts.push_back({own_first, own.end - own.begin, out.rows + own.begin});
    own_first += own.end - own.begin;
    out.rows += ranges.rows();
  }
  return out;
}

}  // namespace monet::sharded
