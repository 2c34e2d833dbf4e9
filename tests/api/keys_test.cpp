// Keys: who may do what, and how often.
#include "monet/api/keys.h"

#include "monet/core/error.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

namespace monet::api {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// FIPS 180-2, appendix B.1.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class KeysTest : public ::testing::Test {
 protected:
  Keys read(const std::string& text) {
    test::write_bytes(folder_ / "keys", text);
    return Keys::read(folder_ / "keys");
  }
  test::ScopedFolder folder_;
};

TEST_F(KeysTest, AKeyIsFoundByItsTextAndNotByItsHash) {
  EXPECT_EQ(sha256("abc"), kAbc);
  const Keys keys = read("# the shop\n\nread " + std::string(kAbc) + " 60 # web\nadmin " + sha256("secret") + "\n");
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys.find("abc"), 0U);
  EXPECT_EQ(keys.find("secret"), 1U);
  EXPECT_EQ(keys.find("Abc"), std::nullopt);
  EXPECT_EQ(keys.find(kAbc), std::nullopt);
  EXPECT_EQ(keys.find(""), std::nullopt);
  EXPECT_EQ(keys[0].role, Role::read);
  EXPECT_EQ(keys[0].per_minute, 60.0);
  EXPECT_EQ(keys[1].role, Role::admin);
  EXPECT_FALSE(keys.everybody());
  EXPECT_TRUE(Keys().everybody());
}

TEST_F(KeysTest, ALineThatIsWrongIsNamed) {
  const auto refused = [this](const std::string& text, const char* words) {
    EXPECT_THAT([&] { read(text); }, ThrowsMessage<DataError>(HasSubstr(words)));
  };
  refused("", "no key");
  refused("# only this\n", "no key");
  refused("\nroot " + std::string(kAbc), ":2: 'root' is no role");
  refused("read secret", ":1: no SHA-256");
  refused("read", ":1: no SHA-256");
  refused("read " + std::string(kAbc) + " many", "'many'");
  refused("read " + std::string(kAbc) + " -5", "'-5'");
  refused("read " + std::string(kAbc) + " 5 6", "'6' is too much");
}

TEST_F(KeysTest, AKeyMayAskSoOften) {
  const Keys keys = read("read " + sha256("slow") + " 2\nread " + sha256("free") + "\n");
  RateLimit limit(keys);
  const auto now = RateLimit::Clock::now();
  using std::chrono::seconds;
  EXPECT_EQ(limit.take(0, now), std::nullopt);
  EXPECT_EQ(limit.take(0, now), std::nullopt);
  EXPECT_EQ(limit.take(0, now), 30) << "two a minute";
  EXPECT_EQ(limit.take(0, now + seconds(29)), 1);
  EXPECT_EQ(limit.take(0, now + seconds(31)), std::nullopt);
  EXPECT_NE(limit.take(0, now + seconds(31)), std::nullopt);
  for (int r = 0; r < 1000; ++r) EXPECT_EQ(limit.take(1, now), std::nullopt);
}

}  // namespace
}  // namespace monet::api
