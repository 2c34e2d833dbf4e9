#pragma once

#include "tests/cli/program.h"
#include "tests/cli/shop.h"
#include "tests/core/files/scoped_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace monet::test {

/// A test with a folder of its own, removed afterwards.
class Scratch : public ::testing::Test {
 private:
  ScopedFolder scoped_;

 protected:
  std::string path_of(const std::string& name) const { return (folder_ / name).string(); }
  /// `write_five_core` at `data`, and its path.
  std::string make_data() const;
  /// Arguments of a training of a second or less: `train --data DATA --out OUT` and small sizes, then `more`.
  static std::vector<std::string> train_arguments(const std::string& data, const std::string& out,
                                                  const std::vector<std::string>& more = {});
  /// Trains on `make_data()` and returns the artifact's path.
  std::string make_artifact() const;

  std::filesystem::path folder_ = scoped_.path();
};

/// Every file below `folder`: relative name → content; directories end in a slash.
std::map<std::string, std::string> snapshot(const std::filesystem::path& folder);

/// Refused input: exit code 1, nothing on stdout, and one line on stderr that contains all of `parts`.
void expect_refused(const Outcome& outcome, const std::vector<std::string>& parts);
/// Wrong usage: exit code 2, nothing on stdout, and stderr contains all of `parts`.
void expect_usage_error(const Outcome& outcome, const std::vector<std::string>& parts);
/// Exit code 0; on failure the test shows stderr.
void expect_done(const Outcome& outcome);

}  // namespace monet::test
