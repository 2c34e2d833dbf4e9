#pragma once

#include "monet/features/image/image_features.h"

#include <array>
#include <filesystem>
#include <memory>
#include <string>

namespace monet::features {

/// A network in an ONNX file, and how it wants its pictures.
struct OnnxOptions {
  std::filesystem::path file;
  std::string output;  // name of the output or of an inner tensor; empty: the last one
  Index size = 224;    // pictures are stretched to size × size
  std::array<float, 3> mean = {123.675F, 116.28F, 103.53F};  // of red, green, blue in [0, 255]: ImageNet's
  std::array<float, 3> scale = {1.0F / 58.395F, 1.0F / 57.12F, 1.0F / 57.375F};  // input = (value - mean) · scale
};

/// Whether this build can run ONNX files (OpenCV's DNN module was found).
bool has_onnx();

/// The network as a describer: input [1, 3, size, size] in RGB; of an output [1, C, H, W] the mean over positions is
/// taken, any other is flattened. Each of `workers` workers has a network of its own, on one thread. Throws IoError
/// (no file), DataError (not a network, no such output: those there are listed; an input that does not fit), and
/// InvalidArgument in a build without OpenCV.
std::unique_ptr<ImageDescriber> onnx_describer(const OnnxOptions& options, int workers);

}  // namespace monet::features
