#include "monet/core/files/atomic.h"
#include "monet/core/error.h"
#include "monet/core/files/io_error.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace monet::test {
namespace {

using files::AtomicDirectory;
using files::AtomicFile;
using files::Replace;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Atomic : public TemporaryFolder {};

TEST_F(Atomic, FileAppearsOnCommitOnly) {
  const auto target = folder_ / "metrics.json";
  write_text(target, "old");
  {
    AtomicFile file(target);
    file.write("new content");
    EXPECT_EQ(read_text(target), "old");
    file.commit();
  }
  EXPECT_EQ(read_text(target), "new content");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Atomic, AbandonedFileLeavesNothing) {
  const auto target = folder_ / "metrics.json";
  { AtomicFile(target).write("half"); }
  EXPECT_EQ(entries(), 0U);
}

TEST_F(Atomic, LargeAndSmallWritesKeepTheirOrder) {
  const std::string large(3'000'000, 'x');
  {
    AtomicFile file(folder_ / "file");
    file.write("a");
    file.write(large);
    file.write("b");
    file.commit();
  }
  EXPECT_EQ(read_text(folder_ / "file"), "a" + large + "b");
}

TEST_F(Atomic, LeavingsOfAKilledWriterAreOvertaken) {
  write_text(folder_ / ".file.tmp", "much longer than what is written now");
  files::write_file(folder_ / "file", "short");
  EXPECT_EQ(read_text(folder_ / "file"), "short");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Atomic, ASecondWriterOfTheSameFileIsRefused) {
  AtomicFile first(folder_ / "file");
  first.write("first");
  EXPECT_THAT(message_of<IoError>([&] { AtomicFile second(folder_ / "file"); }),
              HasSubstr("another process is writing"));
  first.commit();
  EXPECT_EQ(read_text(folder_ / "file"), "first");
}

TEST_F(Atomic, ALinkIsFollowedAndAPipeIsWrittenDirectly) {
  write_text(folder_ / "real", "old");
  std::filesystem::create_symlink(folder_ / "real", folder_ / "link");
  files::write_file(folder_ / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_text(folder_ / "real"), "new");

  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const files::Descriptor reader(open((folder_ / "pipe").c_str(), O_RDONLY | O_NONBLOCK));
  files::write_file(folder_ / "pipe", "through");
  char got[16] = {};
  EXPECT_EQ(read(reader.get(), got, sizeof got), 7);
  EXPECT_STREQ(got, "through");
}

TEST_F(Atomic, AFullDiskIsAnIoErrorWithTheRemedy) {
  const files::Descriptor full(open("/dev/full", O_WRONLY));
  ASSERT_TRUE(full.valid());
  const std::byte bytes[4] = {};
  EXPECT_THAT(message_of<IoError>([&] { files::write_all(full.get(), bytes, "OUT/model.safetensors"); }),
              AllOf(HasSubstr("OUT/model.safetensors"), HasSubstr("disk is full"), HasSubstr("free some space")));
}

TEST_F(Atomic, AWriteThatFailsHalfwayLeavesTheOldFile) {
  const auto target = folder_ / "file";
  write_text(target, "old");
  // In a child process: the limit on file sizes cannot be raised again by everyone.
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    try {
      AtomicFile file(target);
      file.write(std::string(2'000'000, 'x'));
      file.commit();
    } catch (const IoError&) {
      _exit(7);
    }
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(read_text(target), "old");
  EXPECT_EQ(entries(), 1U) << "the temporary file was not removed";
}

TEST_F(Atomic, AMissingFolderIsNamed) {
  EXPECT_THAT(message_of<IoError>([&] { files::write_file(folder_ / "absent" / "file", "x"); }),
              AllOf(HasSubstr("absent/file"), HasSubstr("no such file or directory")));
}

class AtomicDirectoryBy : public TemporaryFolder, public ::testing::WithParamInterface<Replace> {};

TEST_P(AtomicDirectoryBy, ReplacesTheWholeDirectory) {
  const auto target = folder_ / "artifact";
  for (const char* content : {"one", "two", "three"}) {
    AtomicDirectory output(target);
    write_text(output.path() / "deep" / "model", content);
    write_text(output.path() / content, "");
    output.commit(GetParam());
    EXPECT_EQ(read_text(target / "deep" / "model"), content);
  }
  EXPECT_FALSE(std::filesystem::exists(target / "two"));
  EXPECT_EQ(entries(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Files, AtomicDirectoryBy,
                         ::testing::Values(Replace::exchange_if_possible, Replace::two_renames));

TEST_F(Atomic, AbandonedDirectoryLeavesTheOldOne) {
  write_text(folder_ / "artifact" / "model", "old");
  {
    AtomicDirectory output(folder_ / "artifact");
    write_text(output.path() / "model", "half");
  }
  EXPECT_EQ(read_text(folder_ / "artifact" / "model"), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Atomic, StagingOfAKilledWriterIsEmptiedFirst) {
  write_text(folder_ / ".artifact.tmp" / "rest", "of a killed writer");
  AtomicDirectory output(folder_ / "artifact");
  write_text(output.path() / "model", "new");
  output.commit();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "artifact" / "rest"));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Atomic, ASecondWriterOfTheSameDirectoryIsRefused) {
  AtomicDirectory first(folder_ / "artifact");
  write_text(first.path() / "model", "first");
  EXPECT_THROW(AtomicDirectory(folder_ / "artifact/"), IoError);
  first.commit();
  EXPECT_EQ(read_text(folder_ / "artifact" / "model"), "first");
}

TEST_F(Atomic, AKillBetweenTheTwoRenamesIsUndone) {
  write_text(folder_ / ".artifact.old" / "model", "old");
  EXPECT_TRUE(files::recover_directory(folder_ / "artifact"));
  EXPECT_EQ(read_text(folder_ / "artifact" / "model"), "old");
  EXPECT_FALSE(files::recover_directory(folder_ / "artifact"));
}

TEST_F(Atomic, AKillAfterTheTwoRenamesLeavesTheNewDirectory) {
  write_text(folder_ / ".artifact.old" / "model", "old");
  write_text(folder_ / "artifact" / "model", "new");
  EXPECT_FALSE(files::recover_directory(folder_ / "artifact"));
  EXPECT_EQ(read_text(folder_ / "artifact" / "model"), "new");
  EXPECT_EQ(entries(), 1U);
}

/// Readers in another process while directories are replaced: what they open is always complete.
TEST_P(AtomicDirectoryBy, AReaderSeesOldOrNewWhileWritersAreKilled) {
  const auto target = folder_ / "artifact";
  const auto write_version = [&](int version) {
    AtomicDirectory output(target);
    write_text(output.path() / "a", std::to_string(version));
    write_text(output.path() / "b", std::to_string(version));
    output.commit(GetParam());
  };
  write_version(0);
  for (int round = 1; round <= 20; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      for (int version = round * 1000;; ++version) write_version(version);
    }
    usleep(static_cast<useconds_t>(500 + 700 * (round % 7)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    static_cast<void>(files::recover_directory(target));
    ASSERT_TRUE(std::filesystem::exists(target / "a")) << "round " << round;
    ASSERT_EQ(read_text(target / "a"), read_text(target / "b")) << "round " << round;
  }
}

}  // namespace
}  // namespace monet::test
