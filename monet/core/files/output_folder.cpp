#include "monet/core/files/output_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <cerrno>
#include <utility>

namespace monet::files {

namespace fs = std::filesystem;

namespace {
/// Undoes a replacement that was interrupted, then asks.
OutputTarget asked(OutputTarget target) {
  recover_directory(target.path);
  require_replaceable(target);
  return target;
}
}  // namespace

ParentFolders::ParentFolders(const fs::path& path) {
  std::error_code error;
  std::vector<fs::path> missing;
  fs::path folder = (path.has_filename() ? path : path.parent_path()).parent_path();
  for (; !folder.empty() && !fs::exists(folder, error); folder = folder.parent_path()) missing.push_back(folder);
  for (; !missing.empty(); missing.pop_back()) {
    const fs::path& next = missing.back();
    if (::mkdir(next.c_str(), 0777) == 0) {
      made_.push_back(next);
    } else if (errno != EEXIST || !fs::is_directory(next, error)) {
      const int problem = errno;
      for (auto made = made_.rbegin(); made != made_.rend(); ++made) ::rmdir(made->c_str());
      fail_io(next, "make the folder", problem);
    }
  }
}

ParentFolders::~ParentFolders() {
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) ::rmdir(made->c_str());
}

OutputFolder::OutputFolder(OutputTarget target)
    : target_(asked(std::move(target))), parents_(target_.path), directory_(target_.path) {}

void OutputFolder::commit() {
  require_replaceable(target_);
  directory_.commit();
}

}  // namespace monet::files
