#include "monet/experiments/sharing/work_folder.h"

#include "monet/core/files/io_error.h"
#include "monet/experiments/sharing/exclusive_file.h"

#include <system_error>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace monet::experiments::sharing {

namespace fs = std::filesystem;

namespace {

constexpr std::array kParts = {"members", "claims", "work", "written"};
constexpr const char* kDone = "run.json";

/// False where there is nothing to move.
bool move(const fs::path& from, const fs::path& to) {
  while (::rename(from.c_str(), to.c_str()) != 0) {
    if (errno != ENOENT) files::fail_io(from, "rename", errno);
    if (!fs::exists(from)) return false;
    make_folder(to.parent_path());
  }
  return true;
}

/// Removes what a process that may still live holds locks on: the files that it has open keep them, these names do not.
void remove_locks(const fs::path& folder) {
  std::vector<fs::path> held;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool begun = name.starts_with('.') && name.ends_with(".tmp");
    if (begun || (name == "lock" && entry.is_regular_file())) held.push_back(entry.path());
  }
  for (const fs::path& path : held) fs::remove_all(path);
}

/// "runs%mf-seed0.2" → runs/mf-seed0.
fs::path place_of(std::string name) {
  name.resize(std::min(name.size(), name.rfind('.')));
  std::replace(name.begin(), name.end(), '%', '/');
  return name;
}

}  // namespace

fs::path work_folder(const fs::path& shared, const Claim& claim) {
  return shared / "work" / claim.name();
}

bool take_up(const fs::path& shared, const Claim& claim, const fs::path& place) {
  const fs::path work = work_folder(shared, claim);
  fs::remove_all(work);
  bool found = false;
  for (int before = claim.generation - 1; before > 0 && !found; --before) {
    found = move(work_folder(shared, {claim.work, before}), work);
  }
  // Only a folder of a generation before can have been published since this claim was made: that was looked at first.
  if (fs::exists(place / kDone)) {
    fs::remove_all(work);
    return false;
  }
  if (found || move(place, work)) {
    remove_locks(work);
  } else {
    make_folder(work);
  }
  return true;
}

bool publish(const fs::path& work, const fs::path& place) {
  make_folder(place.parent_path());
  if (::rename(work.c_str(), place.c_str()) == 0) return true;
  const int error = errno;
  if (error != ENOENT && error != ENOTEMPTY && error != EEXIST) files::fail_io(place, "write", error);
  std::error_code ignored;
  fs::remove_all(work, ignored);
  return false;
}

void remove_together(const fs::path& folder) {
  // Each may miss what the other has just taken, and stop there.
  while (fs::exists(fs::symlink_status(folder))) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error && error != std::errc::no_such_file_or_directory) files::fail_io(folder, "remove", error.value());
  }
}

bool is_shared_folder(const fs::path& shared) {
  if (!fs::is_directory(fs::symlink_status(shared))) return false;
  return std::all_of(fs::directory_iterator(shared), fs::directory_iterator(), [](const fs::directory_entry& entry) {
    return std::find(kParts.begin(), kParts.end(), entry.path().filename()) != kParts.end() && entry.is_directory();
  });
}

void end_sharing(const fs::path& out, const fs::path& shared) {
  std::error_code none;
  std::vector<fs::path> begun;
  for (const auto& entry : fs::directory_iterator(shared / "work", none)) begun.push_back(entry.path());
  std::sort(begun.begin(), begun.end(), std::greater<>());
  for (const fs::path& work : begun) {
    const fs::path place = out / place_of(work.filename().string());
    if (fs::exists(place)) continue;
    make_folder(place.parent_path());
    move(work, place);
  }
  for (const char* part : kParts) fs::remove_all(shared / part);
  fs::remove(shared, none);
}

}  // namespace monet::experiments::sharing
