#include "monet/features/onnx/onnx.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/features/image/resize.h"

#include <fmt/ranges.h>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include <algorithm>
#include <vector>

namespace monet::features {

namespace {
/// OpenCV's message without its place in OpenCV's sources.
std::string reason(const cv::Exception& error) {
  std::string text = error.err.empty() ? error.what() : error.err;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

cv::dnn::Net open(const OnnxOptions& options, const files::MappedFile& file) {
  try {
    const auto bytes = file.bytes();
    cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (net.empty()) fail<DataError>("{}: the network is empty", options.file.string());
    return net;
  } catch (const cv::Exception& error) {
    fail<DataError>("{}: not a network that OpenCV {} can run: {}", options.file.string(), CV_VERSION, reason(error));
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

/// [1, 3, size, size].
cv::Mat blob_of(const Image& image, const OnnxOptions& options) {
  const auto size = static_cast<int>(options.size);
  const Matrix<float> pixels = resize(image, options.size, options.size);
  const int shape[4] = {1, 3, size, size};
  cv::Mat blob(4, shape, CV_32F);
  for (std::size_t c = 0; c < 3; ++c) {
    float* plane = blob.ptr<float>(0, static_cast<int>(c));
    for (Index p = 0; p < pixels.rows(); ++p) plane[p] = (pixels.row(p)[c] - options.mean[c]) * options.scale[c];
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
    for (int w = 0; w < workers; ++w) networks_.push_back(open(options, file));
    layer_ = layer_of(networks_.front(), options.output, options.file.string());
    width_ = static_cast<Index>(run({1, 1, {0, 0, 0}}, 0).size());
  }

  Index width() const override { return width_; }
  void describe(const Image& image, int worker, std::span<float> row) override {
    const std::vector<float> values = run(image, worker);
    if (values.size() != row.size()) fail<DataError>("the network gives {} numbers, not {}", values.size(), row.size());
    std::copy(values.begin(), values.end(), row.begin());
  }

 private:
  std::vector<float> run(const Image& image, int worker) {
    cv::dnn::Net& net = networks_[static_cast<std::size_t>(worker)];
    try {
      net.setInput(blob_of(image, options_));
      return pooled(net.forward(layer_));
    } catch (const cv::Exception& error) {
      fail<DataError>("{}: cannot run on a picture of {} x {}: {}", options_.file.string(), options_.size,
                      options_.size, reason(error));
    }
  }

  OnnxOptions options_;
  std::vector<cv::dnn::Net> networks_;
  std::string layer_;
  Index width_ = 0;
};
}  // namespace

bool has_onnx() {
  return true;
}

std::unique_ptr<ImageDescriber> onnx_describer(const OnnxOptions& options, int workers) {
  if (options.size < 1 || options.size > 4096) {
    fail<InvalidArgument>("[onnx] pictures of {} x {}; expected 1 to 4096", options.size, options.size);
  }
  return std::make_unique<OnnxDescriber>(options, workers);
}

}  // namespace monet::features
