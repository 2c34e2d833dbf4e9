#include "tests/cli/scratch.h"

#include <stdexcept>

namespace monet::test {

using ::testing::HasSubstr;

std::string Scratch::make_data() const {
  write_five_core(folder_ / "data");
  return path_of("data");
}

std::vector<std::string> Scratch::train_arguments(const std::string& data, const std::string& out,
                                                  const std::vector<std::string>& more) {
  std::vector<std::string> arguments{
      "train", "--data",          data,   "--model",  "monet", "--out",  out, "--dim",     "8", "--batch-size",
      "16",    "--learning-rate", "0.01", "--epochs", "6",     "--seed", "1", "--threads", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string Scratch::make_artifact() const {
  const Outcome trained = run(train_arguments(make_data(), path_of("artifact")));
  if (trained.exit_code != 0) throw std::runtime_error("training failed: " + trained.err);
  return path_of("artifact");
}

std::map<std::string, std::string> snapshot(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    if (entry.is_directory()) {
      files[name + "/"] = "";
    } else {
      files[name] = read_text(entry.path());
    }
  }
  return files;
}

void expect_refused(const Outcome& outcome, const std::vector<std::string>& parts) {
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(lines_of(outcome.err).size(), 1U) << outcome.err;
  for (const std::string& part : parts) EXPECT_THAT(outcome.err, HasSubstr(part));
}

void expect_usage_error(const Outcome& outcome, const std::vector<std::string>& parts) {
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  for (const std::string& part : parts) EXPECT_THAT(outcome.err, HasSubstr(part));
}

void expect_done(const Outcome& outcome) {
  EXPECT_EQ(outcome.exit_code, 0) << "signal " << outcome.signal << '\n' << outcome.err;
}

}  // namespace monet::test
