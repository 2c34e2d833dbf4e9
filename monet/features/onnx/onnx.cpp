#include "monet/features/onnx/onnx.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/features/image/resize.h"
#include "monet/features/onnx/picture_input.h"

#include <fmt/ranges.h>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::features {

namespace {
struct PictureSize {
  Index width;
  Index height;
};

/// What the options say, else what the network says, else what most networks were trained with.
PictureSize size_for(const PictureInput& input, const OnnxOptions& options) {
  constexpr Index kUsual = 224;
  if (options.size > 0) return {options.size, options.size};
  return {input.width > 0 ? input.width : kUsual, input.height > 0 ? input.height : kUsual};
}

/// OpenCV's message without its place in OpenCV's sources.
std::string reason(const cv::Exception& error) {
  std::string text = error.err.empty() ? error.what() : error.err;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// Why OpenCV cannot open a network. Of an operator it says `Node [NAME@DOMAIN]:(LAYER) parse error: …`, and
/// `Can't create layer …` where it has never heard of it.
std::string refusal(const cv::Exception& error) {
  const std::string text = reason(error);
  const std::size_t begin = text.find("Node [");
  const std::size_t end = text.find('@', begin);
  if (begin == text.npos || end == text.npos) return fmt::format("OpenCV {} cannot run it: {}", CV_VERSION, text);
  const std::string name = text.substr(begin + 6, end - begin - 6);
  if (text.find("Can't create layer") != text.npos) {
    return fmt::format("it uses the operator {}, which OpenCV {} does not have", name, CV_VERSION);
  }
  return fmt::format("OpenCV {} cannot run its operator {}: {}", CV_VERSION, name, text.substr(end + 1));
}

cv::dnn::Net open(const OnnxOptions& options, const files::MappedFile& file) {
  try {
    const auto bytes = file.bytes();
    cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (net.empty()) fail<DataError>("{}: the network is empty", options.file.string());
    return net;
  } catch (const cv::Exception& error) {
    fail<DataError>("{}: {}", options.file.string(), refusal(error));
  }
}

/// OpenCV's name of the layer that makes `wanted`: it puts "onnx_node_output_0!" or "onnx_node!" before ONNX's.
std::string layer_of(const cv::dnn::Net& net, const std::string& wanted, const std::string& file) {
  const std::vector<cv::String> names = net.getLayerNames();
  if (wanted.empty()) return names.back();
  std::vector<std::string> known;
  for (const cv::String& name : names) {
    known.push_back(name.substr(name.find('!') + 1));
    if (name == wanted || known.back() == wanted) return name;
  }
  fail<DataError>("{}: there is no output '{}'; there are: {}", file, wanted, fmt::join(known, ", "));
}

PictureInput input_of(const OnnxOptions& options, const files::MappedFile& file) {
  try {
    return picture_input(file.text());
  } catch (const DataError& error) {
    fail<DataError>("{}: {}", options.file.string(), error.what());
  }
}

/// [1, 3, height, width].
cv::Mat blob_of(const Image& image, const PictureSize& size, const PixelRange& range) {
  const Matrix<float> pixels = resize(image, size.width, size.height, Filter::bilinear);
  const int shape[4] = {1, 3, static_cast<int>(size.height), static_cast<int>(size.width)};
  cv::Mat blob(4, shape, CV_32F);
  for (std::size_t c = 0; c < 3; ++c) {
    float* plane = blob.ptr<float>(0, static_cast<int>(c));
    for (Index p = 0; p < pixels.rows(); ++p) plane[p] = (pixels.row(p)[c] - range.mean[c]) * range.scale[c];
  }
  return blob;
}

/// The mean over positions of [1, C, H, W]; anything else as it lies.
std::vector<float> pooled(const cv::Mat& output) {
  const auto* values = output.ptr<float>();
  const std::size_t total = output.total();
  if (output.dims != 4 || output.size[0] != 1) return {values, values + total};
  const auto channels = static_cast<std::size_t>(output.size[1]);
  const std::size_t positions = total / channels;
  std::vector<float> out;
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0.0;
    for (std::size_t p = 0; p < positions; ++p) sum += static_cast<double>(values[c * positions + p]);
    out.push_back(static_cast<float>(sum / static_cast<double>(positions)));
  }
  return out;
}

class OnnxDescriber final : public ImageDescriber {
 public:
  OnnxDescriber(const OnnxOptions& options, int workers) : options_(options) {
    // Workers are threads already; what goes wrong is thrown, too.
    cv::setNumThreads(1);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    const files::MappedFile file(options.file);
    files::refuse_foreign_file(options.file.string(), file.text(), files::Wanted::network);
    recipe_ = onnx_recipe(options);
    input_ = input_of(options, file);
    size_ = size_for(input_, options);
    for (int w = 0; w < workers; ++w) networks_.push_back(open(options, file));
    layer_ = layer_of(networks_.front(), options.output, options.file.string());
    width_ = static_cast<Index>(run({1, 1, {0, 0, 0}}, 0).size());
  }

  Index width() const override { return width_; }
  void describe(const Image& image, int worker, std::span<float> row) override {
    const std::vector<float> values = run(image, worker);
    if (values.size() != row.size()) fail<DataError>("the network gives {} numbers, not {}", values.size(), row.size());
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) {
      fail<DataError>("the network's numbers for it are not finite");
    }
    std::copy(values.begin(), values.end(), row.begin());
  }
  std::vector<std::pair<std::string, std::string>> choices() const override {
    return {{"kind", "ONNX"},
            {"network", options_.file.filename().string()},
            {"output", options_.output},
            {"size", fmt::format("{} x {}", size_.width, size_.height)},
            {"mean", fmt::format("{}", fmt::join(options_.range.mean, ","))},
            {"scale", fmt::format("{}", fmt::join(options_.range.scale, ","))}};
  }
  std::map<std::string, std::string> recipe() const override { return recipe_; }

 private:
  std::vector<float> run(const Image& image, int worker) {
    cv::dnn::Net& net = networks_[static_cast<std::size_t>(worker)];
    try {
      net.setInput(blob_of(image, size_, options_.range));
      const cv::Mat output = net.forward(layer_);
      if (output.type() != CV_32F) fail<DataError>("{}: its output is not float32", options_.file.string());
      return pooled(output);
    } catch (const cv::Exception& error) {
      fail<DataError>("{}: cannot run on a picture of {} x {}{}", options_.file.string(), size_.width, size_.height,
                      why(error));
    }
  }

  /// Its own size, where another one was asked for; else what OpenCV says.
  std::string why(const cv::Exception& error) const {
    const bool another = options_.size > 0 && (input_.width > 0 || input_.height > 0);
    if (!another) return ": " + reason(error);
    const PictureSize own = size_for(input_, {});
    return fmt::format("; its own size is {} x {}", own.width, own.height);
  }

  OnnxOptions options_;
  std::map<std::string, std::string> recipe_;
  PictureInput input_;
  PictureSize size_ = {};
  std::vector<cv::dnn::Net> networks_;
  std::string layer_;
  Index width_ = 0;
};
}  // namespace

bool has_onnx() {
  return true;
}

std::unique_ptr<ImageDescriber> onnx_describer(const OnnxOptions& options, int workers) {
  if (options.size < 0 || options.size > 4096) {
    fail<InvalidArgument>("[onnx] pictures of {} x {}; expected 1 to 4096, or 0", options.size, options.size);
  }
  return std::make_unique<OnnxDescriber>(options, workers);
}

}  // namespace monet::features
