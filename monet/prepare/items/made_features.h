#pragma once

#include "monet/core/thread_pool.h"
#include "monet/features/onnx/onnx.h"
#include "monet/features/text/text_features.h"
#include "monet/prepare/items/feature_source.h"

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace monet::prepare {

/// What `text` is made from. `on`: nothing means where items have texts and the dataset has no `text`.
struct TextSourceOptions {
  std::optional<bool> on;
  std::vector<features::TextField> fields;  // of an item: title, description, categories, brand
  features::TextOptions text;
};

/// Modality `text` from the catalogue's texts (features/text/text_features.h). `pool` and `stop` outlive the source.
/// The source throws InvalidArgument: an unknown field; asked for beside a `text` that is given; DataError: asked for,
/// and there is nothing to make it from.
FeatureSource text_source(TextSourceOptions options, ThreadPool& pool, const std::atomic<bool>& stop);

/// What `image` is made from. `on`: nothing means where a picture lies in a local file and the dataset has no `image`.
struct ImageSourceOptions {
  std::optional<bool> on;
  std::filesystem::path folder;  // of the pictures; empty: the catalogue's
  features::OnnxOptions onnx;    // a network in place of the built-in features, when `onnx.file` is given
  features::DecodeLimits limits;
};

/// Modality `image` from the pictures that the catalogue names or that are called by the items' ids, as far as they are
/// files (`find_pictures`). A network is opened at once, with the errors of `onnx_describer`; the source throws those
/// of `text_source`, and says in notes where it found nothing.
FeatureSource image_source(ImageSourceOptions options, ThreadPool& pool, const std::atomic<bool>& stop);

}  // namespace monet::prepare
