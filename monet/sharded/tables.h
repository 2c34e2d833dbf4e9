#pragma once

#include "monet/core/files/safetensors.h"
#include "monet/models/parameters.h"
#include "monet/sharded/joint_file.h"
#include "monet/sharded/model.h"

#include <string>
#include <string_view>

namespace monet::sharded {

/// Adds a parameter's values to a file under `name`: own rows of a table, the whole of a weight. `as_vector`: one of
/// rank 1 where it is a vector.
void add_parameter(JointTensors& file, const Model& model, std::string name, const models::Parameter& parameter,
                   MatrixView<const float> values, bool as_vector);

/// Values of the whole set from a file: own rows of a table, the whole of a weight. Throws DataError for a tensor that
/// is not there or of another shape.
void read_parameter(const files::Safetensors& file, const Model& model, const std::string& name,
                    const models::Parameter& parameter, MatrixView<float> target);

/// Rows of a block of parameters in the whole model, and which of them this process writes.
struct BlockRows {
  struct Part {
    Index own_first, count;  // rows of the block here
    Index first;             // in the whole block
  };
  Index rows = 0;
  std::vector<Part> parts;
};
/// Of the block `block`, which has `own_rows` here.
BlockRows rows_of_block(const Model& model, std::size_t block, Index own_rows);

}  // namespace monet::sharded
