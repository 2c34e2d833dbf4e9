#include "monet/experiments/sharing/share.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"
#include "monet/experiments/sharing/exclusive_file.h"

#include <unistd.h>

#include <system_error>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <thread>
#include <tuple>
#include <vector>

namespace monet::experiments::sharing {

namespace fs = std::filesystem;

namespace {
constexpr auto kWait = std::chrono::milliseconds(200);

/// Removes what has no namesake in the other folder.
void remove_unless_in(const fs::path& folder, const fs::path& other) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!fs::exists(other / entry.path().filename())) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

Share::Share(const fs::path& out, const Terms& terms, const std::atomic<bool>& should_stop)
    : out_(out),
      folder_(out / kFolder),
      leaving_{folder_},
      self_(folder_, terms, should_stop),
      claims_(folder_, self_) {}

Share::~Share() {
  std::error_code ignored;
  fs::remove_all(folder_ / "written" / self_.name(), ignored);
}

Share::Leaving::~Leaving() {
  if (::rmdir((folder / "members").c_str()) != 0) return;
  forget_failures(folder);
  // What an orphan wrote to the place from which its work had been taken, and documents of a dead one.
  remove_unless_in(folder / "work", folder / "claims");
  remove_unless_in(folder / "written", folder / "members");
  for (const char* part : {"written", "work", "claims"}) ::rmdir((folder / part).c_str());
  ::rmdir(folder.c_str());
}

void Share::write(const std::string& document, const std::function<void(const fs::path&)>& write) const {
  const fs::path own = folder_ / "written" / self_.name();
  make_folder(own);
  write(own);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(own)) {
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(own));
  }
  const auto order = [&](const fs::path& file) {
    return std::tuple(file == document, -std::distance(file.begin(), file.end()), file.string());
  };
  std::sort(files.begin(), files.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  for (const fs::path& file : files) {
    const fs::path target = out_ / file;
    make_folder(target.parent_path());
    if (::rename((own / file).c_str(), target.c_str()) != 0) files::fail_io(target, "write", errno);
  }
}

void Share::once(const std::string& work, const std::function<bool()>& done, const std::function<void()>& act,
                 const std::atomic<bool>& should_stop) {
  while (!done()) {
    if (should_stop) throw Interrupted("interrupted");
    self_.require_membership();
    if (!claims_.take(work)) {
      std::this_thread::sleep_for(kWait);
      continue;
    }
    try {
      if (!done()) act();
    } catch (...) {
      claims_.remove(work);
      throw;
    }
    claims_.remove(work);
  }
}

}  // namespace monet::experiments::sharing
