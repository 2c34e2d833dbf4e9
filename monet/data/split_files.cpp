#include "monet/data/split_files.h"

#include "monet/core/error.h"
#include "monet/data/interactions.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace monet::data {

namespace fs = std::filesystem;

namespace {
constexpr std::array<std::string_view, 7> kExtensions = {".inter", ".csv",   ".tsv",   ".txt",
                                                         ".json",  ".jsonl", ".ndjson"};
constexpr std::array<std::string_view, 6> kCompressions = {".gz", ".zst", ".xz", ".bz2", ".lz4", ".zip"};
constexpr std::array<std::pair<std::string_view, Part>, 6> kWords = {{{"train", Part::train},
                                                                      {"valid", Part::validation},
                                                                      {"validation", Part::validation},
                                                                      {"val", Part::validation},
                                                                      {"dev", Part::validation},
                                                                      {"test", Part::test}}};

template <class Words>
bool is_among(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "toys" and training for `toys.train.inter.gz`.
std::optional<std::pair<std::string, Part>> part_of_name(const fs::path& path) {
  fs::path plain = path.filename();
  if (is_among(kCompressions, plain.extension().string())) plain = plain.stem();
  if (!is_among(kExtensions, plain.extension().string())) return std::nullopt;
  const std::string stem = plain.stem().string();
  for (const auto& [word, part] : kWords) {
    if (stem == word) return std::pair(std::string(), part);
    if (stem.size() <= word.size() + 1 || !stem.ends_with(word)) continue;
    const char before = stem[stem.size() - word.size() - 1];
    if (before == '.' || before == '_' || before == '-')
      return std::pair(stem.substr(0, stem.size() - word.size() - 1), part);
  }
  return std::nullopt;
}
}  // namespace

std::optional<SplitFiles> find_split_files(const fs::path& folder) {
  std::map<std::string, SplitFiles> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() || entry.path().filename().string().front() == '.') continue;
    const auto named = part_of_name(entry.path());
    if (!named) continue;
    SplitFiles& files = found[named->first];
    files.name = named->first;
    fs::path& place = named->second == Part::train        ? files.train
                      : named->second == Part::validation ? files.validation
                                                          : files.test;
    if (!place.empty()) {
      fail<DataError>("{}: both {} and {} may be one part of the split; move one away", folder.string(),
                      place.filename().string(), entry.path().filename().string());
    }
    place = entry.path();
  }
  std::erase_if(found, [](const auto& named) { return named.second.train.empty() || named.second.test.empty(); });
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const auto& [name, files] : found) names.push_back(files.train.filename().string());
    fail<DataError>("{}: several datasets lie here ({}); give each a folder of its own", folder.string(),
                    fmt::join(names, ", "));
  }
  return found.begin()->second;
}

}  // namespace monet::data
