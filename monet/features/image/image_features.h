#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/features/image/decode.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace monet::features {

/// Turns a picture into a row of numbers.
class ImageDescriber {
 public:
  virtual ~ImageDescriber() = default;
  virtual Index width() const = 0;
  /// Fills `row` (`width()` entries) for worker `worker`; workers may call at the same time.
  virtual void describe(const Image& image, int worker, std::span<float> row) = 0;
  /// How it does so, as names and values for whoever keeps the rows; "kind" comes first.
  virtual std::vector<std::pair<std::string, std::string>> choices() const = 0;
  /// What another describer needs to give the same rows (recipe.h): `describer`, the kind, and what that needs.
  virtual std::map<std::string, std::string> recipe() const = 0;
};

/// Colours and edges (descriptor.h): no model, no training.
class BuiltinDescriber final : public ImageDescriber {
 public:
  Index width() const override;
  void describe(const Image& image, int worker, std::span<float> row) override;
  std::vector<std::pair<std::string, std::string>> choices() const override;
  std::map<std::string, std::string> recipe() const override;
};

/// Features of pictures, and what could not be read.
struct ImageFeatures {
  Matrix<float> rows;               // [pictures, width]; all NaN where there is none
  Index missing = 0;                // such rows
  std::vector<std::string> damage;  // "FILE: what is wrong", in the order of the pictures
};

/// One row for each file; an empty path is an item without a picture. A file that is missing, unreadable, damaged or
/// beyond the limits costs its row only, and is named in `damage`. Rows do not depend on the number of threads. Throws
/// Interrupted when `stop` becomes true.
ImageFeatures image_features(ThreadPool& pool, std::span<const std::filesystem::path> files, ImageDescriber& describer,
                             const DecodeLimits& limits, const std::atomic<bool>& stop);

}  // namespace monet::features
