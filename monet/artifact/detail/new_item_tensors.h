#pragma once

#include "monet/artifact/config.h"
#include "monet/core/files/safetensors.h"
#include "monet/scoring/new_item_map.h"

#include <optional>

namespace monet::artifact::detail {

/// How new items are made, as the tensors and config.json say; views into the tensors. Nothing where the model cannot.
/// Throws DataError for what is damaged.
std::optional<scoring::NewItemMap> read_new_items(const files::Safetensors& tensors, const Config& config);

}  // namespace monet::artifact::detail
