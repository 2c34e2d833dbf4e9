#pragma once

#include "monet/models/model.h"
#include "monet/models/parameters.h"

#include <filesystem>

namespace monet::artifact {

/// Fills every parameter from the float32 tensor of the same name or alias in a safetensors file, or in the artifact
/// directory `path`
/// (`train --init`). A bias is a tensor of rank 1, all others of rank 2. Tensors an artifact holds beside its
/// parameters (embeddings, history) are passed over; any other tensor that no parameter has is refused, and so are a
/// missing one and one of another shape or type. Throws DataError that names the file and every tensor at fault; then
/// nothing was changed.
void load_parameters(const std::filesystem::path& path, models::ParameterSet& parameters);

/// Shapes of all tensors in such a file or directory. Throws DataError or IoError when it cannot be read.
models::TensorShapes tensor_shapes(const std::filesystem::path& path);

}  // namespace monet::artifact
