// Any bytes either are tensors that lie inside them, all readable, or a DataError.
#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/safetensors.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const monet::files::Safetensors file(std::as_bytes(std::span(data, size)), "fuzz");
    monet::files::Hasher touched;
    for (const auto& tensor : file.tensors()) {
      touched.add(tensor.bytes);
      if (file.find(tensor.name) == nullptr) __builtin_trap();
      if (tensor.dtype == monet::files::Dtype::f32 && !tensor.shape.empty() && tensor.shape.size() <= 2) {
        const auto matrix = file.matrix<float>(tensor.name);
        if (static_cast<std::size_t>(matrix.rows * matrix.cols) * sizeof(float) != tensor.bytes.size())
          __builtin_trap();
      }
    }
  } catch (const monet::DataError&) {
  }
  return 0;
}
