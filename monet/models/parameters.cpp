#include "monet/models/parameters.h"

#include "monet/core/error.h"

#include <algorithm>
#include <utility>

namespace monet::models {

ParameterBlock& ParameterSet::add_block(Index rows, Index cols) {
  blocks_.push_back({Matrix<float>::zeros(rows, cols), Matrix<float>::zeros(rows, cols), true});
  return blocks_.back();
}

Parameter& ParameterSet::add_columns(std::string name, ParameterBlock& block, Index first_col, Index cols,
                                     RowsOf rows_of) {
  if (find(name) != nullptr) fail<InternalError>("[parameters] {} is there twice", name);
  parameters_.push_back({std::move(name), "", block.value.view().columns(first_col, cols),
                         block.grad.view().columns(first_col, cols), false, rows_of});
  return parameters_.back();
}

Parameter& ParameterSet::add_rows(std::string name, ParameterBlock& block, Index first_row, Index rows,
                                  RowsOf rows_of) {
  if (find(name) != nullptr) fail<InternalError>("[parameters] {} is there twice", name);
  parameters_.push_back({std::move(name), "", block.value.view().row_range(first_row, rows),
                         block.grad.view().row_range(first_row, rows), false, rows_of});
  return parameters_.back();
}

Parameter& ParameterSet::add(std::string name, Index rows, Index cols, RowsOf rows_of) {
  return add_columns(std::move(name), add_block(rows, cols), 0, cols, rows_of);
}

Parameter& ParameterSet::add_vector(std::string name, Index size) {
  Parameter& parameter = add(std::move(name), 1, size);
  parameter.is_vector = true;
  return parameter;
}

Parameter* ParameterSet::find(std::string_view name) {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& p) {
    return p.name == name || (!p.alias.empty() && p.alias == name);
  });
  return found == parameters_.end() ? nullptr : &*found;
}

Index ParameterSet::size() const {
  Index total = 0;
  for (const auto& block : blocks_) total += block.trainable ? block.value.size() : 0;
  return total;
}

}  // namespace monet::models
