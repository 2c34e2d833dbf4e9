#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::prepare {

/// The files of a folder and of those in it, found by names as catalogues write them. Only what lies in the folder is
/// ever found. About 150 bytes of memory for a file.
class PictureFolder {
 public:
  /// What a search came to. `path` is empty where nothing was found, or where several files might be meant: then
  /// `rivals` names two of them.
  struct Found {
    std::filesystem::path path;
    bool only_by_name = false;  // the folder that was named is not the one in which it lies
    std::pair<std::string, std::string> rivals;
    bool is_empty() const { return path.empty(); }
  };

  /// Looks through the folder; links are followed, hidden files and folders left out. Throws IoError, Interrupted.
  PictureFolder(std::filesystem::path folder, const std::atomic<bool>& stop);

  /// The file called `name`: its last part as it is, failing that in other case, failing that with another extension
  /// (or with any, where it has none).
  /// Of several the one whose folders agree best with those of `name`, failing that the one least deep.
  Found by_name(std::string_view name) const;
  /// The picture called by an item's id, with any extension of pictures; failing that the first in a folder called so.
  /// A '/' in the id may be a folder, or be written `_` or `%2F`. Of several the one least deep, or in a folder that is
  /// the beginning of the id. The case of ids matters.
  Found by_id(std::string_view id) const;
  /// Explains why there is no picture of `id`: a file that differs in leading zeros or in case. Empty: there is none.
  std::string near_miss(std::string_view id) const;

  std::size_t pictures() const { return pictures_; }
  /// The path of one of them, for messages.
  const std::string& example() const { return example_; }

 private:
  using Places = std::vector<std::pair<std::uint64_t, std::uint32_t>>;  // of a hash: files that may be meant
  std::vector<std::uint32_t> at(const Places& places, std::string_view key) const;
  Found choose(const std::vector<std::uint32_t>& files, std::string_view wanted) const;
  Found found(std::uint32_t file) const { return {folder_ / files_[file], false, {}}; }

  std::filesystem::path folder_;
  std::vector<std::string> files_;  // relative
  Places names_, folded_names_, stems_, folded_stems_, folders_;
  std::size_t pictures_ = 0;
  std::string example_;
};

}  // namespace monet::prepare
