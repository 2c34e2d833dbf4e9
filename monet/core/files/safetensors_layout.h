#pragma once

#include "monet/core/files/safetensors.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace monet::files {

/// A tensor that a file is to hold, and where.
struct TensorPlace {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<Index> shape;
  std::size_t offset = 0;  // from the start of the file

  std::size_t bytes() const;
};

/// How a safetensors file is laid out: for who writes its parts apart. As SafetensorsWriter does it: the data starts at
/// a multiple of 64 bytes; tensors whose size is a multiple of 64 come first, then the wider dtypes.
struct SafetensorsLayout {
  std::string head;                  // the first bytes of the file: length and header
  std::vector<TensorPlace> tensors;  // in the order of the file
  std::size_t bytes = 0;             // of the whole file

  /// Offsets of `tensors` are not read.
  SafetensorsLayout(std::vector<TensorPlace> tensors, const std::map<std::string, std::string>& metadata);
  /// Throws InternalError for a name that is not there.
  const TensorPlace& at(const std::string& name) const;
};

}  // namespace monet::files
