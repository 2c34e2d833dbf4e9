// A full disk: a small tmpfs where this may be mounted, a limit on file sizes and /dev/full elsewhere.
#include "tests/cli/scratch.h"

#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

namespace monet::test {
namespace {

using ::testing::HasSubstr;

class FullDisk : public Scratch {
 protected:
  ~FullDisk() override {
    if (mounted_) umount2(path_of("disk").c_str(), MNT_DETACH);
  }
  /// Mounts a disk of `kilobytes` at `disk`; false when this process may not.
  bool mount_disk(int kilobytes) {
    std::filesystem::create_directory(path_of("disk"));
    const std::string options = "size=" + std::to_string(kilobytes) + "k";
    mounted_ = mount("tmpfs", path_of("disk").c_str(), "tmpfs", 0, options.c_str()) == 0;
    return mounted_;
  }

 private:
  bool mounted_ = false;
};

TEST_F(FullDisk, TrainingStopsWithOneLineAndKeepsTheOldArtifact) {
  const std::string data = make_data();
  if (!mount_disk(96))
    GTEST_SKIP() << "cannot mount a tmpfs (" << std::strerror(errno) << "); the file-size limit below stands in";
  const std::string out = path_of("disk/artifact");
  expect_done(run(train_arguments(data, out, {"--dim", "2", "--epochs", "1"})));
  const auto before = snapshot(out);
  {
    std::ofstream filler(path_of("disk/filler"), std::ios::binary);
    const std::string block(1024, 'x');
    while (filler.write(block.data(), 1024).flush()) {
    }
  }
  const Outcome outcome = run(train_arguments(data, out, {"--dim", "64", "--force"}));
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(lines_of(outcome.err).back(), HasSubstr("full"));
  EXPECT_EQ(snapshot(out), before);
  // With room again the same command works.
  std::filesystem::remove(path_of("disk/filler"));
  expect_done(run(train_arguments(data, out, {"--dim", "4", "--force"})));
}

TEST_F(FullDisk, AFileSizeLimitIsMetInTheSameWay) {
  const std::string data = make_data();
  const std::string out = make_artifact();
  const auto before = snapshot(out);
  Launch launch;
  launch.file_size_limit = 2000;
  const Outcome outcome = run(train_arguments(data, out, {"--force", "--seed", "2"}), launch);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_THAT(lines_of(outcome.err).back(), HasSubstr("safetensors"));
  EXPECT_EQ(snapshot(out), before);
}

TEST_F(FullDisk, SynthRemovesWhatItBegan) {
  if (!mount_disk(64)) GTEST_SKIP() << "cannot mount a tmpfs (" << std::strerror(errno) << ")";
  const Outcome outcome = run({"synth", "--out", path_of("disk/shop")});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("full"));
  EXPECT_TRUE(std::filesystem::is_empty(path_of("disk")));
}

TEST_F(FullDisk, StdoutAndJsonFilesAreCheckedToTheLastByte) {
  const std::string artifact = make_artifact();
  Launch launch;
  launch.stdout_to = "/dev/full";
  const Outcome recommended = run({"recommend", "--artifact", artifact, "--users", "all", "--format", "tsv"}, launch);
  EXPECT_EQ(recommended.exit_code, 1) << "a lost result must not look like success";
  EXPECT_THAT(recommended.err, HasSubstr("stdout"));
  const Outcome short_result = run({"recommend", "--artifact", artifact, "--users", "0", "--k", "1"}, launch);
  EXPECT_EQ(short_result.exit_code, 1);
  EXPECT_EQ(run({"info", artifact}, launch).exit_code, 1);
  EXPECT_EQ(run({"evaluate", "--artifact", artifact, "--data", path_of("data")}, launch).exit_code, 1);
  expect_refused(run({"evaluate", "--artifact", artifact, "--data", path_of("data"), "--json", "/dev/full"}),
                 {"/dev/full"});
}

TEST_F(FullDisk, MessagesThatCannotBeWrittenChangeNothingElse) {
  const std::string data = make_data();
  Launch deaf;
  deaf.stderr_to = "/dev/full";
  expect_done(run(train_arguments(data, path_of("artifact")), deaf));
  EXPECT_EQ(run({"frob"}, deaf).exit_code, 2);
  EXPECT_EQ(run(train_arguments("nowhere", path_of("other")), deaf).exit_code, 1);
  expect_done(run({"sweep", "--data", data, "--model", "popularity", "--out", path_of("sweep")}, deaf));
  Program interrupted(train_arguments(data, path_of("long"), {"--epochs", "100000", "--patience", "100000"}), deaf);
  ASSERT_TRUE(interrupted.wait_for(path_of("long.partial")));
  interrupted.send(SIGINT);
  EXPECT_EQ(interrupted.wait().exit_code, 130);
}

TEST_F(FullDisk, WithoutStandardStreamsNothingIsWrittenIntoOtherFiles) {
  const std::string data = make_data();
  expect_done(run(train_arguments(data, path_of("artifact")), {.closed = {STDIN_FILENO, STDERR_FILENO}}));
  expect_done(run(train_arguments(data, path_of("reference"))));
  EXPECT_EQ(snapshot(path_of("artifact")).at("model.safetensors"),
            snapshot(path_of("reference")).at("model.safetensors"));
  EXPECT_EQ(run({"models"}, {.closed = {STDOUT_FILENO}}).exit_code, 1) << "a lost result must not look like success";
}

}  // namespace
}  // namespace monet::test
