#include "monet/artifact/detail/new_item_tensors.h"

#include "monet/artifact/detail/tensor_checks.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"

#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace monet::artifact::detail {

namespace {

/// A vector that may be left out; an empty one where it is.
template <class T>
std::span<const T> optional_vector(const files::Safetensors& tensors, const std::string& name) {
  return tensors.find(name) == nullptr ? std::span<const T>() : tensors.values<T>(name);
}

void require_length(const files::Safetensors& tensors, const std::string& name, std::size_t length, Index expected) {
  if (length == 0 || static_cast<Index>(length) == expected) return;
  fail<DataError>("{}: damaged: {} is of {} numbers, expected {}; {}", tensors.name(), name, length, expected, kRemedy);
}

scoring::NewItemMap::Modality new_item_modality(const files::Safetensors& tensors, const std::string& name) {
  scoring::NewItemMap::Modality modality;
  modality.name = name;
  modality.weight = tensors.matrix<float>(names::new_item_part("weight", name));
  const auto check_vector = [&](const char* part, auto& vector, Index expected) {
    using Element = typename std::remove_reference_t<decltype(vector)>::value_type;
    vector = optional_vector<Element>(tensors, names::new_item_part(part, name));
    require_length(tensors, names::new_item_part(part, name), vector.size(), expected);
  };
  check_vector("bias", modality.bias, modality.weight.rows);
  check_vector("center", modality.center, modality.weight.cols);
  check_vector("missing", modality.missing, modality.weight.cols);
  const bool one = optional_vector<double>(tensors, names::new_item_part("scale", name)).size() == 1;
  check_vector("scale", modality.scale, one ? 1 : modality.weight.cols);
  return modality;
}

/// The columns of an item's table; those of a modality of the embedding have no map of their own.
Index table_width(const files::Safetensors& tensors, const std::string& name, Index rows) {
  const files::Tensor& tensor = tensors.at(name);
  const bool fits = tensor.dtype == files::Dtype::f32 && tensor.shape.size() == 2 && tensor.shape[0] == rows;
  if (!fits) {
    fail<DataError>("{}: damaged: {} is {}, expected F32 of {} rows; {}", tensors.name(), name, tensor.describe(), rows,
                    kRemedy);
  }
  return tensor.shape[1];
}

}  // namespace

std::optional<scoring::NewItemMap> read_new_items(const files::Safetensors& tensors, const Config& config) {
  if (!config.new_items || config.new_items->modalities.empty()) return std::nullopt;
  scoring::NewItemMap map;
  map.unit_rows = config.new_items->unit_rows;
  map.blocks = config.new_items->blocks;
  map.length = static_cast<float>(config.new_items->length);
  map.prior = static_cast<float>(config.new_items->prior);
  Index width = 0;
  for (const std::string& name : config.new_items->modalities) {
    map.modalities.push_back(new_item_modality(tensors, name));
    width += map.modalities.back().weight.rows;
  }
  for (const std::string& name : config.new_items->tables) {
    const std::string prefix = std::string(names::kNewItemPrefix) + name;
    const Index columns = table_width(tensors, name, config.num_items);
    check_shape(tensors, prefix + ".weight", columns, width);
    map.tables.push_back(
        {name, tensors.matrix<float>(prefix + ".weight"), optional_vector<float>(tensors, prefix + ".bias")});
    require_length(tensors, prefix + ".bias", map.tables.back().bias.size(), columns);
  }
  const bool whole = !map.tables.empty() && map.tables.front().name == names::kItemEmbedding && map.blocks >= 0 &&
                     (map.blocks == 0 || config.embedding_width % map.blocks == 0);
  if (!whole) fail<DataError>("{}: damaged: new items have no embedding of their own; {}", tensors.name(), kRemedy);
  return map;
}

}  // namespace monet::artifact::detail
