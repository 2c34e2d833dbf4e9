#pragma once

#include "monet/core/matrix.h"
#include "monet/data/dataset.h"
#include "monet/models/parameters.h"
#include "monet/train/write_artifact.h"
#include "tests/core/files/scoped_folder.h"

#include <filesystem>
#include <string>
#include <vector>

namespace monet::test {

std::string read_bytes(const std::filesystem::path& file);
void write_bytes(const std::filesystem::path& file, const std::string& bytes);

/// A trained model in memory, which takes new items: 5 users (the last without training items), 7 items (the last
/// cold), modalities `image` (2 columns, of features `image_width` wide) and `text` (3 of 6), item ids with a tab, a
/// newline and a backslash in them.
struct SmallModel {
  explicit SmallModel(Index image_width = 4);
  train::ArtifactContents contents() const;

  data::Dataset dataset;
  models::ParameterSet parameters;
  Matrix<float> users;
  Matrix<float> items;
  Matrix<float> foldin;
  std::vector<float> popularity;
  // Of new items: an embedding is image_weight · image ‖ text_weight · text, and half of it is what it gives.
  Matrix<float> image_weight;  // [2, image_width]
  Matrix<float> text_weight;   // [3, 6]
  Matrix<float> whole;         // the identity [5, 5]
  Matrix<float> half;
};

}  // namespace monet::test
