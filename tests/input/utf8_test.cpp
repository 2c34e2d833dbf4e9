#include "monet/input/utf8.h"

#include "monet/core/error.h"
#include "monet/input/text.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using ::testing::HasSubstr;

TEST(CleanText, IsUtf8WithoutControlCharacters) {
  EXPECT_EQ(clean_text("  caf\u00e9\t\r\nbar \0 x\n"), "caf\u00e9   bar");
  EXPECT_EQ(clean_text("\x01 x \x7f"), "x");
  EXPECT_EQ(clean_text("caf\xe9"), "caf\u00e9");
  for (const std::string_view bad :
       {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(bad));
    EXPECT_TRUE(is_utf8(clean_text(bad)));
  }
  EXPECT_TRUE(is_utf8("\u00e9\u30c9\U0001f941"));
}

TEST(CleanText, LineSeparatorsOfUnicodeAreSpaces) {
  EXPECT_EQ(clean_text("a\u2028b\u2029c\u0085d\u00a0e"), "a b c d\u00a0e");
  EXPECT_EQ(clean_text("\ufeff a\u200b\u00a0"), "a");
}

TEST(Trimmed, TakesWhatCannotBeSeenFromBothEnds) {
  for (const char* blank : {" ", "\t", "\r", "\n", "\v", "\f", "\u00a0", "\ufeff", "\u200b", "\u2003", "\u202f",
                            "\u3000", "\u2028", "\u200e", "\u2060", "\u0085", "\u1680"}) {
    const std::string text = std::string(blank) + " a" + blank + "b " + blank;
    EXPECT_EQ(trimmed(text), std::string("a") + blank + "b");
    EXPECT_EQ(trimmed(blank), "");
  }
  EXPECT_EQ(trimmed("\u00e9\u3042"), "\u00e9\u3042");
  EXPECT_EQ(trimmed("\xa0"), "\xa0");  // no character
  EXPECT_EQ(trimmed(""), "");
}

TEST(Windows1252, HasACharacterForEveryByte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  std::string text;
  append_as_utf8(text, bytes, Encoding::windows_1252);
  EXPECT_TRUE(is_utf8(text));
  EXPECT_THAT(text, HasSubstr("\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152"));
  EXPECT_THAT(text, HasSubstr("\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"));
  EXPECT_THAT(text, HasSubstr("\u017e\u0178\u00a0\u00a1"));  // from here on Latin-1
  EXPECT_THAT(text, HasSubstr("\u00e9\u00ea"));
}

TEST(CheckedId, IsTrimmedAndPrintable) {
  EXPECT_EQ(checked_id("\u00a0 u1\t", "user"), "u1");
  EXPECT_EQ(checked_id("Zo\u00eb", "user"), "Zo\u00eb");
  EXPECT_THAT(message_of<DataError>([] { checked_id(" \u00a0", "user"); }), HasSubstr("no user id"));
  EXPECT_THAT(message_of<DataError>([] { checked_id("a\tb", "item"); }), HasSubstr("control character"));
}

TEST(Excerpt, CutsBetweenCharacters) {
  EXPECT_EQ(excerpt("short\tone"), "short?one");
  for (std::size_t before = 30; before < 41; ++before) {
    EXPECT_TRUE(is_utf8(excerpt(std::string(before, 'x') + "\U0001f941\U0001f941\U0001f941\U0001f941"))) << before;
  }
}

}  // namespace
}  // namespace monet::test
