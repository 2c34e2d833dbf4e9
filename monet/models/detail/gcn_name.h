#pragma once

#include "monet/data/dataset.h"

#include <string>
#include <string_view>

namespace monet::models::detail {

/// v for image, t for text, the name itself for any other.
std::string short_name(const data::Modality& modality);
/// What published graph convolution codes call the part of a model that serves a modality: `v_gcn` for image,
/// `t_gcn` for text, and `<modality>_gcn` for any other.
std::string gcn_name(const data::Modality& modality);
/// Throws DataError, beginning with "[model]", when two modalities have one name (image and one called v).
void require_distinct_gcn_names(std::string_view model, const data::Dataset& dataset);

}  // namespace monet::models::detail
