#pragma once

#include "monet/data/dataset.h"
#include "monet/models/model.h"
#include "monet/models/parameters.h"

#include <filesystem>
#include <string>

namespace monet::train {

/// Fills every parameter from the float32 tensor of the same name or alias in a safetensors file, or in the artifact
/// directory `path`. A bias is a tensor of rank 1, all others of rank 2. Tensors an artifact holds beside its
/// parameters (embeddings, history) are passed over; any other tensor that no parameter has is refused, and so are a
/// missing one and one of another shape or type. Throws DataError that names the file and every tensor at fault; then
/// nothing was changed.
void load_parameters(const std::filesystem::path& path, models::ParameterSet& parameters);

/// Starts a model, whose parameters are drawn, from `path` (`train --init`): from a safetensors file as
/// `load_parameters`; from an artifact by external ids, so that the catalogue may have changed: rows of users and items
/// that the artifact knows are taken from it, others stay as drawn. Returns a line that says what was taken. Throws
/// DataError as above, but for the number of users and items, and when the artifact knows none of them.
std::string load_initial_parameters(const std::filesystem::path& path, const data::Dataset& dataset,
                                    models::Model& model);

/// Shapes of all tensors in such a file or directory. Throws DataError or IoError when it cannot be read.
models::TensorShapes tensor_shapes(const std::filesystem::path& path);

}  // namespace monet::train
