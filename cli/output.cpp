#include "cli/output.h"

#include "cli/own_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace monet::cli {

namespace {
constexpr std::size_t kPendingBytes = std::size_t{1} << 16;
}

Output::Output(const std::filesystem::path& file, bool force, const std::filesystem::path& source) {
  if (file.empty() || file == "-") return;
  target_ = {file, force, nullptr, {source}, false, {}, is_own_file};
  files::require_replaceable(target_);
  parents_ = std::make_unique<files::ParentFolders>(file);
  file_ = std::make_unique<files::AtomicFile>(file);
}

void Output::write(std::string_view text) {
  if (file_ != nullptr) {
    file_->write(text);
    return;
  }
  pending_ += text;
  if (pending_.size() >= kPendingBytes) flush();
}

void Output::finish() {
  if (file_ != nullptr) {
    files::require_replaceable(target_);
    file_->commit();
  } else {
    flush();
  }
}

void Output::flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      fail<ClosedPipe>("stdout was closed");
    } else if (errno != EINTR) {
      fail<IoError>("cannot write to stdout: {}", std::strerror(errno));
    }
  }
  pending_.clear();
}

void print(std::string_view text) {
  Output output;
  output.write(text);
  output.finish();
}

}  // namespace monet::cli
