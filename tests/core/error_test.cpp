#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <type_traits>

namespace monet {
namespace {

TEST(Error, FailThrowsTheTypeAskedForWithTheFormattedLine) {
  try {
    fail<DataError>("{}: row {} is all NaN", "image_feat.npy", 7);
    FAIL() << "nothing was thrown";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "image_feat.npy: row 7 is all NaN");
  }
}

TEST(Error, AMessageIsOneLineWhateverIsPutIntoIt) {
  EXPECT_EQ(one_line("it's \"Café\" \\n 日本"), "it's \"Café\" \\n 日本");
  EXPECT_EQ(one_line(std::string_view("a\nb\r\tc\0\x1b[2J\x7f", 12)), "a\\nb\\r\\tc\\x00\\x1b[2J\\x7f");
  EXPECT_EQ(one_line("\u0085\u009b\u00a0\u2027\u2028\u2029"), "\\u0085\\u009b\u00a0\u2027\\u2028\\u2029");
  EXPECT_EQ(one_line("\xc2"), "\xc2");
  EXPECT_EQ(one_line("\xe2\x80"), "\xe2\x80");
  EXPECT_STREQ(DataError("x\ny.csv: \x07").what(), "x\\ny.csv: \\x07");
  try {
    fail<IoError>("{}: cannot be read", "a\nb.csv");
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a\\nb.csv: cannot be read");
    EXPECT_EQ(one_line(error.what()), error.what());
  }
}

// The program's exit code hangs on the types being told apart.
TEST(Error, TypesAreSiblings) {
  EXPECT_THROW(fail<IoError>("x"), Error);
  EXPECT_FALSE((std::is_base_of_v<DataError, IoError>));
  EXPECT_FALSE((std::is_base_of_v<InvalidArgument, DataError>));
  EXPECT_FALSE((std::is_base_of_v<DataError, InternalError>));
  EXPECT_FALSE((std::is_base_of_v<IoError, Interrupted>));
}

}  // namespace
}  // namespace monet
