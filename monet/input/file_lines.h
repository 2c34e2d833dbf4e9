#pragma once

#include "monet/input/line_reader.h"

#include <atomic>
#include <filesystem>

namespace monet::input {

/// The lines of a file, plain or compressed, that is read without anyone following or stopping it.
class FileLines {
 public:
  /// Throws IoError.
  explicit FileLines(const std::filesystem::path& path)
      : stream_(path, {silent_, never_}), lines(stream_, path.string()) {}

 private:
  Observer silent_;
  const std::atomic<bool> never_{false};
  FileStream stream_;

 public:
  LineReader lines;
};

}  // namespace monet::input
