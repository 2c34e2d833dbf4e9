#pragma once

#include "monet/core/files/io_error.h"
#include "monet/core/view.h"
#include "monet/prepare/options.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace monet::prepare {

/// What of a modality is there.
struct Coverage {
  Index width = 0;
  Index items = 0;    // with features
  Index missing = 0;  // without
};

/// Writes `<modality>_feat.npy` row by row, in any order: float32, [items, width]; memory does not grow with the items.
class FeatureWriter {
 public:
  /// `path` is a file in a staging directory. The width is that of the first row.
  FeatureWriter(std::filesystem::path path, Index items);

  /// Writes a row; one that is all NaN counts as missing, one that is there already stays. Throws DataError, without a
  /// place, for another width and for a NaN or infinity among finite values; IoError.
  void set(Index row, std::span<const float> values);
  /// Rows that were there already.
  Index repeated() const { return repeated_; }
  /// Fills the rows that were not set and syncs. `ids` are for messages. Throws DataError: nothing was set; a row is
  /// missing under MissingFeatures::error.
  Coverage finish(MissingFeatures policy, const std::vector<std::string>& ids);

 private:
  void open(Index width);
  void write_row(Index row, std::span<const float> values);

  std::filesystem::path path_;
  Index items_;
  Index width_ = 0;
  files::Descriptor file_;
  Index data_offset_ = 0;
  std::vector<bool> set_;
  std::vector<double> sum_;
  Index count_ = 0;
  Index repeated_ = 0;
};

}  // namespace monet::prepare
