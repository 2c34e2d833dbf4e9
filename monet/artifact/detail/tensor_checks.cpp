#include "monet/artifact/detail/tensor_checks.h"

#include "monet/core/error.h"

#include <vector>

namespace monet::artifact::detail {

void check_shape(const files::Safetensors& tensors, std::string_view name, Index rows, Index cols) {
  const files::Tensor& tensor = tensors.at(name);
  if (tensor.dtype != files::Dtype::f32 || tensor.shape != std::vector<Index>{rows, cols}) {
    fail<DataError>("{}: damaged: {} is {}, expected F32 [{}, {}]; {}", tensors.name(), name, tensor.describe(), rows,
                    cols, kRemedy);
  }
}

}  // namespace monet::artifact::detail
