#include "monet/features/text/tokenizer.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace monet::features {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> words(std::string_view text) {
  Tokenizer tokenizer;
  std::vector<std::string> out;
  for (const std::string_view word : tokenizer.words(text)) out.emplace_back(word);
  return out;
}

TEST(Tokenizer, KeepsWordsAndNumbersWithoutPunctuation) {
  EXPECT_THAT(words("A red, striped T-shirt (size 42; don't wash!)"),
              ElementsAre("a", "red", "striped", "t", "shirt", "size", "42", "don't", "wash"));
  EXPECT_THAT(words("3.5 mm"), ElementsAre("3.5", "mm"));
  EXPECT_THAT(words(""), IsEmpty());
  EXPECT_THAT(words(" \t\n--- ... !?"), IsEmpty());
}

TEST(Tokenizer, WritingsOfOneWordAreOneWord) {
  // Composed and decomposed é; full-width letters; ligature; sharp s.
  EXPECT_THAT(words("Caf\xc3\xa9 CAFE\xcc\x81"), ElementsAre("caf\xc3\xa9", "caf\xc3\xa9"));
  EXPECT_THAT(words("\xef\xbc\xb3\xef\xbd\x88oe"), ElementsAre("shoe"));
  EXPECT_THAT(words("\xef\xac\x81sh Stra\xc3\x9f"
                    "e STRASSE"),
              ElementsAre("fish", "strasse", "strasse"));
}

TEST(Tokenizer, TurkishDottedIIsAnI) {
  EXPECT_THAT(words("\xc4\xb0stanbul istanbul ISTANBUL"), ElementsAre("istanbul", "istanbul", "istanbul"));
  EXPECT_THAT(words("\xc4\xb1\xc5\x9f\xc4\xb1k"), ElementsAre("\xc4\xb1\xc5\x9f\xc4\xb1k")) << "dotless i stays itself";
}

TEST(Tokenizer, CombiningMarksStayWithTheirLetter) {
  EXPECT_THAT(words("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80 x"),
              ElementsAre("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80", "x"));
}

TEST(Tokenizer, ChineseAndJapaneseAreCutByDictionary) {
  EXPECT_THAT(words("红色运动鞋"), ElementsAre("红色", "运动", "鞋"));
  EXPECT_THAT(words("日本語の本"), ElementsAre("日本語", "の", "本"));
}

TEST(Tokenizer, EmojiAreWords) {
  EXPECT_THAT(words("nice 👟👍🏽!"), ElementsAre("nice", "👟", "👍🏽"));
  EXPECT_THAT(words("#1 * ©"), ElementsAre("1")) << "signs that Unicode also calls pictographs";
}

TEST(Tokenizer, BytesThatAreNotUtf8SeparateWords) {
  EXPECT_THAT(words("red\xff\xfe"
                    "blue"),
              ElementsAre("red", "blue"));
  EXPECT_THAT(words("cut \xe2\x82"), ElementsAre("cut"));
}

TEST(Tokenizer, WhatIsTooLongIsLeftOut) {
  EXPECT_THAT(words("a " + std::string(Tokenizer::kLongestWord, 'x') + "x b"), ElementsAre("a", "b"));
  // The cut falls into a character of three bytes.
  std::string text(Tokenizer::kLongestText - 2, ' ');
  text += "鞋 beyond";
  EXPECT_THAT(words(text), IsEmpty());
}

TEST(Tokenizer, LabelsAreFoldedWhole) {
  const Tokenizer tokenizer;
  EXPECT_EQ(tokenizer.label("  Clothing,  Shoes &\tJewelry "), "clothing, shoes & jewelry");
  EXPECT_EQ(tokenizer.label(" \n"), "");
}

}  // namespace
}  // namespace monet::features
