#pragma once

#include "monet/core/error.h"
#include "monet/core/files/output_folder.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace monet::cli {

/// Whoever read our standard output has closed it.
class ClosedPipe : public Error {
 public:
  using Error::Error;
};

/// Where results go: standard output, or a file that appears under its name only when it is complete. Every write is
/// checked.
class Output {
 public:
  /// Standard output.
  Output() = default;
  /// A file, or standard output for an empty path or "-". A missing folder is made. Throws InvalidArgument as
  /// `require_replaceable` (the file exists without `force`, or is the `source` that is read), and IoError when its
  /// folder cannot be written.
  Output(const std::filesystem::path& file, bool force, const std::filesystem::path& source = {});

  /// Buffered. Throws IoError, or ClosedPipe.
  void write(std::string_view text);
  /// Writes what is buffered and puts a file in its place, unless one has come there that `force` does not allow for;
  /// without it a file is left as it was.
  void finish();

 private:
  void flush();

  std::string pending_;
  files::OutputTarget target_;
  std::unique_ptr<files::ParentFolders> parents_;
  std::unique_ptr<files::AtomicFile> file_;
};

/// Writes to standard output at once.
void print(std::string_view text);

}  // namespace monet::cli
