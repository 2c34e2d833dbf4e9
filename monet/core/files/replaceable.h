#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace monet::files {

/// Of an entry below a folder ("runs/", "runs/mf/run.json"; folders end in a slash): whether this program wrote it.
using Owns = std::function<bool(const std::string& entry)>;

/// A kind of folder that the program writes.
struct FolderKind {
  std::string sign;  // the file that shows it: "prepare.json"
  /// What of a folder is the program's own; nothing for a folder of another kind. Reads the sign, and may look at other
  /// files too.
  std::function<Owns(const std::filesystem::path& folder)> recognise;
};

/// Where a command is about to write.
struct OutputTarget {
  std::filesystem::path path;
  bool force = false;
  const FolderKind* kind = nullptr;            // nothing: a single file
  std::vector<std::filesystem::path> sources;  // what the command reads; empty ones are passed over
  bool goes_on = false;                        // with what it holds: nothing is removed
  std::string entry;                           // only this file of the folder is written
  /// Of a single file: whether this program wrote what is there. Nothing: any file counts as its own.
  std::function<bool(const std::filesystem::path& file)> is_own = {};
};

/// The one decision on what may be replaced. Throws InvalidArgument, in one line with the remedy, unless nothing is
/// lost by writing there:
///   - nothing has that name, or an empty folder has it (for a folder), or
///   - with `force`: a file for a file (that is empty or `is_own`, but none that makes up such a folder), or a folder
///     of this kind in which every entry is the program's own. Temporary leftovers of its own writers (`.NAME.tmp`, see
///     atomic.h) count as such, links do not.
/// With `entry`, `path` is anybody's folder, and the file is replaced only where `kind` owns it. A folder is never
/// replaced by a file, nor a file by a folder. Refused whatever `force` says: the root, the current and the home folder
/// and those around them, a source or a folder around it, a link to nothing, an unexpanded `~`, a place under something
/// that is no folder. A link to a folder is judged by that folder. Touches nothing. Reads names, and what `kind` reads.
void require_replaceable(const OutputTarget& target);

/// What one or the other owns; either may be nothing.
Owns owns_either(Owns one, Owns other);
/// Entries by patterns of fnmatch in which `*` and `?` match no slash: "runs/*/run.json". A folder is owned when a
/// pattern leads through it.
Owns owns_matching(std::vector<std::string> patterns);
/// A name as a pattern that matches only itself.
std::string escaped_pattern(const std::string& name);

/// Whether the first `bytes` of a file hold `text`; false for what cannot be read.
bool begins_with_text(const std::filesystem::path& file, const std::string& text, std::size_t bytes = 256);

}  // namespace monet::files
