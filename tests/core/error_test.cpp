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
