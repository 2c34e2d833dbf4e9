#pragma once

#include "monet/core/matrix.h"
#include "monet/core/view.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace monet::models {

/// What the rows of a parameter belong to: what is known of them by name survives a change of the catalogue.
enum class RowsOf { weights, users, items, nodes };  // nodes: users first, then items

/// A named trainable matrix. Its memory is a block of its own or some columns of a shared block (MONET keeps the user
/// tables of all modalities side by side).
struct Parameter {
  std::string name;
  std::string alias;  // another name under which initial values are accepted; empty for none
  MatrixView<float> value;
  MatrixView<float> grad;
  bool is_vector = false;  // saved as a rank-1 tensor (a bias); stored here as [1, n]
  RowsOf rows_of = RowsOf::weights;
};

/// Contiguous memory that the optimiser walks over: value and gradient of one or more parameters.
struct ParameterBlock {
  Matrix<float> value;
  Matrix<float> grad;
  bool trainable = true;  // false: kept, saved and loaded, but the optimiser leaves it as it is
};

/// The trainable parameters of a model, in the order they were added. Addresses are stable.
class ParameterSet {
 public:
  /// A block of zeros. Columns of it are then named with `add_columns`.
  ParameterBlock& add_block(Index rows, Index cols);
  Parameter& add_columns(std::string name, ParameterBlock& block, Index first_col, Index cols,
                         RowsOf rows_of = RowsOf::weights);
  Parameter& add_rows(std::string name, ParameterBlock& block, Index first_row, Index rows,
                      RowsOf rows_of = RowsOf::weights);
  /// A parameter with a block of its own.
  Parameter& add(std::string name, Index rows, Index cols, RowsOf rows_of = RowsOf::weights);
  Parameter& add_vector(std::string name, Index size);

  std::deque<Parameter>& parameters() { return parameters_; }
  const std::deque<Parameter>& parameters() const { return parameters_; }
  std::deque<ParameterBlock>& blocks() { return blocks_; }
  const std::deque<ParameterBlock>& blocks() const { return blocks_; }
  /// Null when there is none of that name or alias.
  Parameter* find(std::string_view name);
  /// Number of trainable floats.
  Index size() const;

 private:
  std::deque<Parameter> parameters_;
  std::deque<ParameterBlock> blocks_;
};

}  // namespace monet::models
