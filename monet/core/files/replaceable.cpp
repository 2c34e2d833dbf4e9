#include "monet/core/files/replaceable.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"

#include <fnmatch.h>

#include <system_error>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace monet::files {

namespace fs = std::filesystem;

namespace {

fs::path trimmed(const fs::path& path) {
  return path.has_filename() || path == path.root_path() ? path : path.parent_path();
}

/// `path` with its links followed, as far as it exists.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path full = fs::weakly_canonical(fs::absolute(path), error);
  return trimmed(error ? fs::absolute(path).lexically_normal() : full);
}

/// Whether `outer` is `inner` or a folder around it. Both are resolved.
bool holds(const fs::path& outer, const fs::path& inner) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

void require_sound_name(const OutputTarget& target) {
  if (target.path.empty()) fail<InvalidArgument>("`out` names nothing; give a path");
  if (*target.path.begin() == "~") {
    fail<InvalidArgument>("{}: the shell has left the ~ as it is; write the whole path, or choose another `out`",
                          target.path.string());
  }
  std::error_code error;
  fs::path folder = trimmed(fs::absolute(target.path)).parent_path();
  while (folder.has_relative_path() && !fs::exists(fs::symlink_status(folder, error))) folder = folder.parent_path();
  if (!fs::is_directory(folder, error)) {
    fail<InvalidArgument>("{}: {} is not a folder; choose another `out`", target.path.string(), folder.string());
  }
}

void require_apart(const OutputTarget& target) {
  const fs::path path = resolved(target.path);
  const auto refuse = [&](const std::string& what) {
    fail<InvalidArgument>("{}: is {}, which is never replaced; choose another `out`", target.path.string(), what);
  };
  if (!path.has_relative_path()) refuse("the root of all folders");
  std::error_code error;
  if (holds(path, resolved(fs::current_path(error)))) refuse("the current folder or around it");
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/' && holds(path, resolved(home))) refuse("the home folder or around it");
  for (const fs::path& source : target.sources) {
    if (source.empty() || !holds(path, resolved(source))) continue;
    fail<InvalidArgument>("{}: {} {}, which is read for it; choose another `out`", target.path.string(),
                          path == resolved(source) ? "is" : "holds", source.string());
  }
}

/// What a writer of `.NAME.tmp` (or `.old`) was to write; empty for another name.
std::string wanted_by_leftover(const std::string& name) {
  for (const std::string_view end : {".tmp", ".old"}) {
    if (name.size() > end.size() + 1 && name.front() == '.' && name.ends_with(end)) {
      return name.substr(1, name.size() - 1 - end.size());
    }
  }
  return {};
}

/// The first entry, by name, that the program does not own; empty when there is none.
std::string first_foreign(const fs::path& folder, const std::string& prefix, const Owns& owns) {
  std::error_code error;
  fs::directory_iterator all(folder, error);
  if (error) fail_io(folder, "read the folder", error.value());
  std::vector<fs::directory_entry> entries(std::move(all), {});
  std::sort(entries.begin(), entries.end());
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    const bool is_folder = entry.is_directory() && !entry.is_symlink();
    std::string shown = prefix + name + (is_folder ? "/" : "");
    const std::string wanted = wanted_by_leftover(name);
    if (!entry.is_symlink() && !wanted.empty() && owns && owns(prefix + wanted + (is_folder ? "/" : ""))) continue;
    if (entry.is_symlink() || !owns || !owns(shown)) return shown;
    if (!is_folder) continue;
    if (std::string inner = first_foreign(entry.path(), shown, owns); !inner.empty()) return inner;
  }
  return {};
}

[[noreturn]] void fail_exists(const OutputTarget& target) {
  fail<InvalidArgument>("{} exists; give `force` to replace it, or choose another name", target.path.string());
}

/// A file is not replaced where it is one of those that make up a folder of the program's, all but a report.
void require_no_part(const OutputTarget& target) {
  struct Sign {
    const char* file;
    const char* text;  // that it holds
  };
  constexpr std::array kSigns = {
      Sign{"config.json", R"("monet-artifact")"}, Sign{"prepare.json", R"("monet )"},
      Sign{"synth.json", R"("written")"},         Sign{"comparison.json", R"("monet-comparison")"},
      Sign{"sweep.json", R"("monet-sweep")"},     Sign{"reproduction.json", R"("monet-reproduction")"}};
  constexpr std::size_t kMost = std::size_t{1} << 16;
  const std::string name = target.path.filename().string();
  std::error_code error;
  if (name == "report.html" || !fs::is_regular_file(target.path, error)) return;
  const fs::path folder = trimmed(fs::absolute(target.path)).parent_path();
  for (const Sign& sign : kSigns) {
    if (!begins_with_text(folder / sign.file, sign.text, kMost)) continue;
    if (name != sign.file && !begins_with_text(folder / sign.file, '"' + name + '"', kMost)) continue;
    fail<InvalidArgument>(
        "{}: belongs to what {} lists, and `force` replaces such a folder only as a whole; choose another name",
        target.path.string(), sign.file);
  }
}

void require_file(const OutputTarget& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target.path, error);
  if (fs::is_directory(status)) {
    fail<InvalidArgument>("{}: is a folder, and a file is to be written; name a file in it, or choose another name",
                          target.path.string());
  }
  for (const fs::path& source : target.sources) {
    if (!fs::exists(status) || source.empty() || !fs::equivalent(source, target.path, error)) continue;
    if (!fs::is_regular_file(status)) continue;
    fail<InvalidArgument>("{}: is read for what is to be written there; choose another name", target.path.string());
  }
  if (fs::is_regular_file(status) && !target.force) fail_exists(target);
}

/// With `force`, of what is neither absent nor a device.
void require_own(const OutputTarget& target) {
  std::error_code error;
  if (!target.is_own || !fs::is_regular_file(target.path, error)) return;
  const bool empty = fs::file_size(target.path, error) == 0 && !error;
  if (empty || target.is_own(target.path)) return;
  fail<InvalidArgument>(
      "{}: is not what this program writes there, and `force` replaces only its own; move it away, or choose another "
      "name",
      target.path.string());
}

void require_entry(const OutputTarget& target) {
  const OutputTarget file{target.path / target.entry, target.force, nullptr, target.sources, false, {}};
  require_file(file);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(file.path, error))) return;
  const Owns owns = target.kind->recognise(target.path);
  if (owns && owns(target.entry)) return;
  fail<InvalidArgument>("{}: is not listed in {}, or was changed since, so `force` does not replace it; move it away",
                        file.path.string(), target.kind->sign);
}

void require_folder(const OutputTarget& target) {
  require_apart(target);
  std::error_code error;
  const fs::path path = trimmed(target.path);
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    if (!fs::is_symlink(path, error)) return;
    fail<InvalidArgument>("{}: is a link to {}, which is not there; choose another `out`", target.path.string(),
                          fs::read_symlink(path, error).string());
  }
  if (!fs::is_directory(status)) {
    fail<InvalidArgument>("{}: is not a folder; choose another `out`", target.path.string());
  }
  const bool empty = fs::is_empty(path, error);
  if (error) fail_io(path, "read the folder", error.value());
  if (empty) return;
  const Owns owns = target.kind->recognise(path);
  if (owns && target.goes_on) return;
  const std::string foreign = first_foreign(path, "", owns);
  if (!owns) {
    fail<InvalidArgument>(
        "{}: holds something else (no {}, but {}), and `force` replaces only what this program wrote; choose another "
        "`out`",
        target.path.string(), target.kind->sign, foreign);
  }
  if (!foreign.empty()) {
    fail<InvalidArgument>(
        "{}: holds {}, which this program did not write or which was changed since, and `force` replaces only its own; "
        "move that away, or choose another `out`",
        target.path.string(), foreign);
  }
  if (!target.force) fail_exists(target);
}

}  // namespace

void require_replaceable(const OutputTarget& target) {
  require_sound_name(target);
  if (target.kind == nullptr) {
    require_file(target);
    require_no_part(target);
    require_own(target);
  } else if (!target.entry.empty()) {
    require_entry(target);
  } else {
    require_folder(target);
  }
}

Owns owns_either(Owns one, Owns other) {
  if (!one || !other) return one ? std::move(one) : std::move(other);
  return
      [one = std::move(one), other = std::move(other)](const std::string& entry) { return one(entry) || other(entry); };
}

Owns owns_matching(std::vector<std::string> patterns) {
  return [patterns = std::move(patterns)](const std::string& entry) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      if (!entry.ends_with('/')) return ::fnmatch(pattern.c_str(), entry.c_str(), FNM_PATHNAME) == 0;
      std::size_t end = 0;  // of as many folders of the pattern as the entry has
      for (auto left = std::count(entry.begin(), entry.end(), '/'); left > 0; --left) {
        end = pattern.find('/', end);
        if (end++ == std::string::npos) return false;
      }
      return ::fnmatch(pattern.substr(0, end).c_str(), entry.c_str(), FNM_PATHNAME) == 0;
    });
  };
}

std::string escaped_pattern(const std::string& name) {
  std::string pattern;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

bool begins_with_text(const fs::path& file, const std::string& text, std::size_t bytes) {
  std::ifstream stream(file, std::ios::binary);
  std::string head(bytes, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(stream.gcount()));
  return head.find(text) != std::string::npos;
}

}  // namespace monet::files
