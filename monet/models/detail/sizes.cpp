#include "monet/models/detail/sizes.h"

namespace monet::models::detail {

bool take_size(Index& target, const TensorShapes& shapes, std::string_view name, std::size_t axis) {
  const auto found = shapes.find(name);
  if (found == shapes.end() || found->second.size() <= axis) return false;
  target = found->second[axis];
  return true;
}

std::size_t feature_copy_bytes(FeaturesDtype dtype, FeaturesLayout layout, const data::Dataset& dataset) {
  const bool narrow = dtype == FeaturesDtype::bf16;
  const std::size_t each = narrow ? 2 : sizeof(float);
  std::size_t bytes = 0;
  for (const data::Modality& modality : dataset.modalities) {
    const auto floats = static_cast<std::size_t>(dataset.num_items() * modality.features.cols());
    if (narrow) bytes += floats * each;
    if (layout == FeaturesLayout::both) bytes += floats * each;
  }
  return bytes;
}

std::size_t tables_bytes(const data::Dataset& dataset, Index width, Index count) {
  const Index floats = (dataset.num_users() + dataset.num_items()) * width * count;
  return static_cast<std::size_t>(floats) * sizeof(float);
}

}  // namespace monet::models::detail
