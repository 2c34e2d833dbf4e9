#include "monet/core/files/hash.h"
#include "tests/core/files/temporary_folder.h"

#include <numeric>
#include <vector>

namespace monet::test {
namespace {

std::string hash_of(std::string_view text) {
  files::Hasher hasher;
  hasher.add(std::as_bytes(std::span(text)));
  return hasher.hex();
}

// Values of the function's specification and its public test suite.
TEST(Hash, AgreesWithPublishedValues) {
  EXPECT_EQ(hash_of(""), "ef46db3751d8e999");
  EXPECT_EQ(hash_of("a"), "d24ec4f1a98c6e5b");
  EXPECT_EQ(hash_of("abc"), "44bc2cf5ad770999");
  EXPECT_EQ(hash_of("Nobody inspects the spammish repetition"), "fbcea83c8a378bf1");
}

TEST(Hash, DoesNotDependOnHowTheInputIsCut) {
  std::vector<std::byte> bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 % 251);
  files::Hasher whole;
  whole.add(bytes);
  for (const std::size_t piece : {1U, 3U, 8U, 31U, 32U, 33U, 64U, 999U}) {
    files::Hasher cut;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      cut.add(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    }
    EXPECT_EQ(cut.hex(), whole.hex()) << "pieces of " << piece;
  }
}

TEST(Hash, NoticesEveryFlippedBit) {
  std::vector<std::byte> bytes(70);
  files::Hasher before;
  before.add(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    files::Hasher after;
    after.add(flipped);
    EXPECT_NE(after.value(), before.value()) << "bit " << bit;
  }
}

TEST(Hash, TextsCarryTheirLength) {
  files::Hasher a;
  a.add_text("ab");
  a.add_text("c");
  files::Hasher b;
  b.add_text("a");
  b.add_text("bc");
  EXPECT_NE(a.hex(), b.hex());
}

class HashFile : public TemporaryFolder {};

TEST_F(HashFile, IsThatOfItsBytes) {
  write_text(folder_ / "file", "abc");
  EXPECT_EQ(files::hash_file(folder_ / "file"), "44bc2cf5ad770999");
}

}  // namespace
}  // namespace monet::test
