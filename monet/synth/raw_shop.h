#pragma once

#include "monet/core/thread_pool.h"
#include "monet/synth/options.h"

#include <filesystem>
#include <functional>
#include <string_view>

namespace monet::synth {

/// What a raw export holds beside what is generated.
struct RawShopOptions {
  bool pictures = true;
  int picture_size = 96;  // pixels on each side, 8 to 1024
  bool force = false;
};

/// Called now and then with what is being written, how many are done and how many there are. What it throws ends the
/// writing, and nothing is left.
using Progress = std::function<void(std::string_view what, Index done, Index total)>;

/// Writes a shop as its owner would export it, for `monet prepare`:
///   interactions.csv   user,item,rating,timestamp            grouped by user, oldest first
///   catalogue.csv      id,title,description,categories,brand,price,image
///   pictures/item-N.png
///   synth.json         every option, and what was written
/// Ready features (`modalities`, `noise`) play no part. Texts and pictures are made as they are written: memory is a
/// few bytes for each user and item. The directory appears complete or not at all, and its bytes do not depend on
/// `pool` or its name. Throws InvalidArgument (options; what OutputFolder does not replace), IoError.
void write_raw_shop(const std::filesystem::path& directory, const GeneratorOptions& options, const RawShopOptions& raw,
                    ThreadPool& pool, const Progress& progress = {});

}  // namespace monet::synth
