#include "monet/core/log.h"

#include <gmock/gmock.h>

#include <string>

namespace monet {
namespace {

class Log : public ::testing::Test {
 protected:
  ~Log() override { log::set_level(log::Level::warning); }

  static std::string written(log::Level level) {
    log::set_level(level);
    ::testing::internal::CaptureStderr();
    log::debug("detail {}", 1);
    log::info("news {}", 2);
    log::warning("trouble {}", 3);
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Log, OnlyWhatReachesTheLevelIsWrittenAndWarningsSaySo) {
  EXPECT_EQ(written(log::Level::warning), "warning: trouble 3\n");
  EXPECT_EQ(written(log::Level::info), "news 2\nwarning: trouble 3\n");
  EXPECT_EQ(written(log::Level::debug), "detail 1\nnews 2\nwarning: trouble 3\n");
  EXPECT_EQ(written(log::Level::off), "");
}

TEST_F(Log, AMessageIsOneLine) {
  ::testing::internal::CaptureStderr();
  log::warning("{} is left out", "a\nb\x1b");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "warning: a\\nb\\x1b is left out\n");
}

TEST_F(Log, NothingGoesToStdout) {
  ::testing::internal::CaptureStdout();
  written(log::Level::debug);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace monet
