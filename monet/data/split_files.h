#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace monet::data {

/// Files that hold the parts of one dataset.
struct SplitFiles {
  std::string name;  // before "train"; may be empty
  std::filesystem::path train;
  std::filesystem::path validation;  // empty: there is none
  std::filesystem::path test;
};

/// The split files of a folder, told by their names: `NAME.train.inter`, `NAME.valid.inter` (`val`, `validation`,
/// `dev`), `NAME.test.inter` as RecBole's benchmarks have them, or `train.txt` and `test.txt` of LightGCN, or
/// any .inter, .csv, .tsv, .txt, .json, .jsonl so called, compressed or not. Training and test must be there. Throws
/// DataError when several names fit.
std::optional<SplitFiles> find_split_files(const std::filesystem::path& folder);

}  // namespace monet::data
