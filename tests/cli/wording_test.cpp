#include "cli/wording.h"

#include <gtest/gtest.h>

namespace monet::cli {
namespace {

TEST(Wording, OptionsOfTheLibraryBecomeThoseOfTheProgram) {
  EXPECT_EQ(in_program_words("a exists; give `force` to replace it"), "a exists; give --force to replace it");
  EXPECT_EQ(in_program_words("`split` time, or `split random`"), "--split time, or --split random");
  EXPECT_EQ(in_program_words("`layers`"), "--layers");
  EXPECT_EQ(in_program_words(""), "");
}

TEST(Wording, IsOneLine) {
  EXPECT_EQ(in_program_words("a\nb\x1b.csv: give `force`"), "a\\nb\\x1b.csv: give --force");
}

TEST(Wording, OtherBackticksStay) {
  EXPECT_EQ(in_program_words("file `A.csv` and ` x` and `` and `--force`"),
            "file `A.csv` and ` x` and `` and `--force`");
  EXPECT_EQ(in_program_words("one ` alone, `force"), "one ` alone, `force");
  EXPECT_EQ(in_program_words("it`s `out`"), "it`s --out");
}

}  // namespace
}  // namespace monet::cli
