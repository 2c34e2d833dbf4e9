#pragma once

#include "monet/core/files/safetensors.h"
#include "monet/core/view.h"

#include <string_view>

namespace monet::artifact::detail {

inline constexpr std::string_view kRemedy = "restore the artifact or train again";

/// Throws DataError where a tensor is not of float32 and this shape.
void check_shape(const files::Safetensors& tensors, std::string_view name, Index rows, Index cols);

}  // namespace monet::artifact::detail
