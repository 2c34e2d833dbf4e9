#include "monet/core/error.h"
#include "monet/features/onnx/onnx.h"

namespace monet::features {

bool has_onnx() {
  return false;
}

std::unique_ptr<ImageDescriber> onnx_describer(const OnnxOptions& options, int /*workers*/) {
  fail<InvalidArgument>(
      "{}: this program was built without ONNX; install OpenCV's DNN module (Debian: libopencv-dnn-dev) and build "
      "again",
      options.file.string());
}

}  // namespace monet::features
