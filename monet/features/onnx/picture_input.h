#pragma once

#include "monet/core/view.h"

#include <string>
#include <string_view>

namespace monet::features {

/// The pictures that a network takes.
struct PictureInput {
  std::string name;  // of its input
  Index width = 0;   // 0: any
  Index height = 0;
};

/// What an ONNX file (its bytes; onnx.proto3 of ONNX) says of its input: float32 [N, 3, height, width]. N does not
/// matter, and a side that is named or left open may be anything. Throws DataError without the file's name: not such a
/// file, damaged, no input or several that hold no parameters, another shape or other numbers, a side over 4096.
PictureInput picture_input(std::string_view network);

}  // namespace monet::features
