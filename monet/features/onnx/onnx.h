#pragma once

#include "monet/features/image/image_features.h"

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace monet::features {

/// What becomes of a picture's values before a network sees them: (value - mean) · scale, for red, green and blue of 0
/// to 255.
struct PixelRange {
  std::array<float, 3> mean;
  std::array<float, 3> scale;
};

/// Ranges that networks are trained with.
struct OnnxPreset {
  const char* name;
  PixelRange range;
};
inline constexpr std::array<OnnxPreset, 3> kOnnxPresets = {{
    // Mean and standard deviation of ImageNet's pictures: most networks from PyTorch.
    {"imagenet", {{123.675F, 116.28F, 103.53F}, {1.0F / 58.395F, 1.0F / 57.12F, 1.0F / 57.375F}}},
    // To [-1, 1]: most networks from TensorFlow.
    {"minus1to1", {{127.5F, 127.5F, 127.5F}, {1.0F / 127.5F, 1.0F / 127.5F, 1.0F / 127.5F}}},
    // Mean and standard deviation of CLIP's pictures.
    {"clip", {{122.770938F, 116.746013F, 104.093736F}, {1.0F / 68.5005327F, 1.0F / 66.6321579F, 1.0F / 70.3231630F}}},
}};

/// A network in an ONNX file, and how it wants its pictures.
struct OnnxOptions {
  std::filesystem::path file;
  std::string output;  // name of the output or of an inner tensor; empty: the last one
  Index size = 0;      // pictures are stretched to size × size; 0: to the network's own, 224 where it takes any
  PixelRange range = kOnnxPresets[0].range;
};

/// What made features that an ONNX network made, in their recipe.
inline constexpr const char* kOnnxDescriber = "onnx";
/// The options that a describer's recipe tells (ImageDescriber::recipe), with the network at `file`. Throws IoError;
/// DataError: another network, named with the right one's hash, or a recipe that is damaged.
OnnxOptions onnx_options_of(const std::map<std::string, std::string>& recipe, const std::filesystem::path& file);
/// The recipe of a network with these options.
std::map<std::string, std::string> onnx_recipe(const OnnxOptions& options);

/// Whether this build can run ONNX files (OpenCV's DNN module was found).
bool has_onnx();

/// The network as a describer: input [1, 3, height, width] in RGB, stretched bilinearly (image/resize.h); of an output
/// [1, C, H, W] the mean over positions is taken, any other is flattened. Each of `workers` workers has a network of
/// its own, on one thread, and runs a picture at a time: of MobileNetV2 batches gained nothing. Throws IoError (no
/// file), DataError (not a network; one that takes no pictures, picture_input.h; an operator that OpenCV lacks; no such
/// output: those there are listed; a size that does not fit), and InvalidArgument in a build without OpenCV.
std::unique_ptr<ImageDescriber> onnx_describer(const OnnxOptions& options, int workers);

}  // namespace monet::features
