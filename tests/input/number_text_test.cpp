#include "monet/input/number_text.h"

#include <gtest/gtest.h>

namespace monet::test {
namespace {

using input::whole_float;

TEST(NumberText, WholeFloatsKeepTheirDigits) {
  EXPECT_EQ(whole_float("123.0"), "123");
  EXPECT_EQ(whole_float("100000.000"), "100000");
  EXPECT_EQ(whole_float("5."), "5");
  EXPECT_EQ(whole_float("1e5"), "100000");
  EXPECT_EQ(whole_float("1.25E+2"), "125");
  EXPECT_EQ(whole_float("-7.0"), "-7");
  EXPECT_EQ(whole_float("0.0"), "0");
  EXPECT_EQ(whole_float("-0.0"), "0");
  EXPECT_EQ(whole_float("007.0"), "7");
  EXPECT_EQ(whole_float("76561198000000001.0"), "76561198000000001");
  EXPECT_EQ(whole_float("12345678901234567890.0"), "12345678901234567890");
  EXPECT_EQ(whole_float("1200e-2"), "12");
  for (const char* other : {"", "123", "1.5", "1e-3", "1.25e1", "x.0", ".0", "1.0.0", "1e", "1e99", "1.0x", "--1.0"}) {
    EXPECT_EQ(whole_float(other), std::nullopt) << other;
  }
}

TEST(NumberText, WordsForWhatIsMissing) {
  for (const char* word : {"NULL", "null", "None", "NaN", "nan", "NA", "N/A", "\\N", "<NA>", "NaT"}) {
    EXPECT_TRUE(input::is_missing_word(word)) << word;
  }
  for (const char* other : {"", "N", "Nancy", "0", "nullable", "-"})
    EXPECT_FALSE(input::is_missing_word(other)) << other;
}

TEST(NumberText, WhatIsNotFiniteOrWhole) {
  for (const char* text : {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"}) {
    EXPECT_TRUE(input::is_not_finite(text)) << text;
  }
  EXPECT_FALSE(input::is_not_finite("1"));
  EXPECT_FALSE(input::is_not_finite("Nancy"));
  EXPECT_TRUE(input::is_whole_number("-12"));
  EXPECT_FALSE(input::is_whole_number("1.0"));
  EXPECT_FALSE(input::is_whole_number("-"));
}

}  // namespace
}  // namespace monet::test
