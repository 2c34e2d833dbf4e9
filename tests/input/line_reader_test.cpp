// Lines: their ends, their encodings, their lengths.
#include "monet/input/line_reader.h"

#include "monet/input/bad_lines.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/input/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> all;
  with_lines(text, [&](LineReader& lines) {
    while (lines.next()) all.emplace_back(lines.line());
  });
  return all;
}

std::string note_of(std::string_view text) {
  BadLines bad(false);
  with_lines(text, [&](LineReader& lines) {
    while (lines.next(bad)) {
    }
  });
  return bad.notes().empty() ? "" : bad.notes().front();
}

TEST(Lines, EndsOfEveryKindAndAByteOrderMark) {
  with_lines(
      "\xef\xbb\xbf"
      "a\nb\r\n\n\r\nc\rd\nlast",
      [](LineReader& lines) {
        std::vector<std::string> all;
        while (lines.next()) all.emplace_back(lines.line());
        EXPECT_THAT(all, ElementsAre("a", "b", "", "", "c\rd", "last"));
        EXPECT_EQ(lines.number(), 6);
        EXPECT_TRUE(lines.crlf());
        EXPECT_TRUE(lines.byte_order_mark());
      });
  EXPECT_THAT(lines_of("a\r\r\nb\r\r\n"), ElementsAre("a", "b"));  // CRLF written as text once more
}

TEST(Lines, CarriageReturnsAloneEndLinesWhereTheyComeFirst) {
  EXPECT_THAT(lines_of("a\rb\r\rc\r"), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(lines_of("a\rb"), ElementsAre("a", "b"));
  EXPECT_THAT(lines_of("a\r"), ElementsAre("a"));
  EXPECT_THAT(lines_of("a\r\n"), ElementsAre("a"));
  EXPECT_THAT(lines_of("a\rb\nc"), ElementsAre("a\rb", "c"));  // a block that has both is one of LF
  const std::string late(40'000, 'x');                         // longer than the first block
  EXPECT_THAT(lines_of(late + "\ry\rz"), ElementsAre(late, "y", "z"));
  // The CR at a block's end may be half of a CRLF.
  for (const std::size_t length : {32'766U, 32'767U, 32'768U, 65'535U}) {
    const std::string line(length, 'x');
    EXPECT_THAT(lines_of(line + "\r\ny\r\n"), ElementsAre(line, "y")) << length;
  }
}

TEST(Lines, ByteOrderMarksGoWhereverALineBegins) {
  EXPECT_THAT(lines_of("\ufeff\ufeffa\nb\n\ufeffa\nc\ufeff d\n"), ElementsAre("a", "b", "a", "c\ufeff d"));
}

TEST(Lines, WhatIsNoUtf8IsWindows1252) {
  EXPECT_THAT(lines_of("Levi\x92s \x96 caf\xe9\nplain\n\x80 5\n"),
              ElementsAre("Levi\u2019s \u2013 caf\u00e9", "plain", "\u20ac 5"));
  EXPECT_THAT(lines_of("caf\u00e9\ncaf\xe9\n"), ElementsAre("caf\u00e9", "caf\u00e9"));
  EXPECT_THAT(note_of("a\ncaf\xe9\nb\xe9\n"), AllOf(HasSubstr("memory:2:"), HasSubstr("Windows-1252")));
  EXPECT_EQ(note_of("a\ncaf\u00e9\n"), "");
}

TEST(Lines, ACharacterCutInTwoDoesNotMakeALineWindows1252) {
  EXPECT_THAT(lines_of("\u30c9\u30e9\u30e0\xe3\x83\n"), ElementsAre("\u30c9\u30e9\u30e0\ufffd\ufffd"));
  EXPECT_THAT(note_of("\u30c9\u30e9\u30e0\xe3\n"), AllOf(HasSubstr("memory:1:"), HasSubstr("not UTF-8")));
}

TEST(Lines, WideCharactersAndNulsAreNamed) {
  const auto refusal = [](std::string_view text) { return message_of<Unreadable>([&] { lines_of(text); }); };
  EXPECT_THAT(refusal({"\xff\xfe"
                       "a\0",
                       4}),
              HasSubstr("memory:1: the text is UTF-16"));
  EXPECT_THAT(refusal({"\xfe\xff\0a", 4}), HasSubstr("UTF-16"));
  EXPECT_THAT(refusal({"\xff\xfe\0\0a\0\0\0", 8}), HasSubstr("UTF-32"));
  EXPECT_THAT(refusal({"u\0s\0e\0r\0,\0i\0\n\0", 14}), AllOf(HasSubstr("UTF-16"), HasSubstr("save it as UTF-8")));
  EXPECT_THAT(refusal({"\0u\0s\0e\0r\0,\0i\0\n", 14}), HasSubstr("UTF-16"));
  EXPECT_THAT(refusal({"us\0er,item\n", 11}), HasSubstr("NUL"));
  EXPECT_THAT(lines_of({"a\nb\0c\n", 6}), ElementsAre("a", std::string("b\0c", 3)));
}

TEST(Lines, ExcelsSeparatorLineIsNoLine) {
  for (const char* first : {"sep=;", "SEP=;", "\"sep=;\"", "\ufeffsep=;"}) {
    with_lines(std::string(first) + "\r\na;b\r\n", [&](LineReader& lines) {
      ASSERT_TRUE(lines.next());
      EXPECT_EQ(lines.line(), "a;b") << first;
      EXPECT_EQ(lines.number(), 2);
      EXPECT_EQ(lines.declared_separator(), ';');
    });
  }
  EXPECT_THAT(lines_of("sep=;x\nb\n"), ElementsAre("sep=;x", "b"));
  EXPECT_THAT(lines_of("sep=\nb\n"), ElementsAre("sep=", "b"));
  EXPECT_THAT(lines_of("sep=x\nb\n"), ElementsAre("sep=x", "b"));
  EXPECT_THAT(lines_of("sep"), ElementsAre("sep"));
}

TEST(Lines, AMarkLeadsBack) {
  std::string text = "first\n";
  for (int line = 0; line < 20'000; ++line) text += line % 7 == 0 ? "caf\xe9\n" : "plain\n";
  with_lines(text, [](LineReader& lines) {
    ASSERT_TRUE(lines.next());
    lines.mark();
    std::vector<std::string> once;
    std::vector<std::string> again;
    while (lines.next()) once.emplace_back(lines.line());
    EXPECT_EQ(lines.number(), 20'001);
    lines.rewind();
    EXPECT_EQ(lines.number(), 1);
    while (lines.next()) again.emplace_back(lines.line());
    EXPECT_EQ(once.size(), 20'000U);
    EXPECT_EQ(once[7], "caf\u00e9");
    EXPECT_TRUE(once == again);
  });
}

/// A stream of one line of this many bytes, made as it is read.
class EndlessLine : public ByteStream {
 public:
  explicit EndlessLine(std::size_t bytes) : left_(bytes) {}
  std::size_t read(std::span<char> target) override {
    const std::size_t count = std::min(left_, target.size());
    std::fill_n(target.data(), count, 'x');
    left_ -= count;
    return count;
  }
  std::size_t left_;
};

TEST(Lines, ALineOfAHundredMegabytesIsRefusedEarly) {
  EndlessLine stream(100'000'000);
  LineReader lines(stream, "big.json");
  EXPECT_THAT(message_of<Unreadable>([&] { lines.next(); }), AllOf(HasSubstr("big.json:1"), HasSubstr("16 MiB")));
  EXPECT_GT(stream.left_, 50'000'000U);  // it was not read to its end, nor kept
  EndlessLine fits(LineReader::kLongestLine);
  LineReader good(fits, "big.json");
  EXPECT_TRUE(good.next());
  EXPECT_EQ(good.line().size(), LineReader::kLongestLine);
}

/// Lines of these lengths, made as they are read.
class LongLines : public ByteStream {
 public:
  explicit LongLines(std::vector<std::size_t> lengths) : lengths_(std::move(lengths)) {}
  std::size_t read(std::span<char> target) override {
    if (line_ == lengths_.size()) return 0;
    const std::size_t left = lengths_[line_] - at_;
    const std::size_t count = std::min(left, target.size());
    std::fill_n(target.data(), count, 'x');
    at_ += count;
    if (count == target.size()) return count;
    target[count] = '\n';
    ++line_;
    at_ = 0;
    return count + 1;
  }

 private:
  std::vector<std::size_t> lengths_;
  std::size_t line_ = 0;
  std::size_t at_ = 0;
};

TEST(Lines, ALineTooLongCostsOnlyItselfWhereBadLinesAreSkipped) {
  const std::size_t big = LineReader::kLongestLine + 1;
  LongLines stream({3, big, 4, big, big, 5});
  LineReader lines(stream, "big.csv");
  BadLines bad(true);
  std::vector<std::size_t> lengths;
  std::vector<Index> numbers;
  while (lines.next(bad)) {
    lengths.push_back(lines.line().size());
    numbers.push_back(lines.number());
  }
  EXPECT_THAT(lengths, ElementsAre(3U, 4U, 5U));
  EXPECT_THAT(numbers, ElementsAre(1, 3, 6));
  EXPECT_EQ(bad.count(), 3);
  EXPECT_THAT(bad.first(), AllOf(HasSubstr("big.csv:2"), HasSubstr("16 MiB")));
  LongLines again({3, big});
  LineReader strict_lines(again, "big.csv");
  BadLines strict(false);
  EXPECT_TRUE(strict_lines.next(strict));
  EXPECT_THAT(message_of<Unreadable>([&] { strict_lines.next(strict); }), HasSubstr("big.csv:2"));
}

TEST(BadLines, MostOfAFileIsNotLeftOut) {
  const auto read = [](int good, int wrong) {
    BadLines bad(true);
    std::string text;
    for (int line = 0; line < good + wrong; ++line) text += line < wrong ? "bad\n" : "good\n";
    with_lines(text, [&](LineReader& lines) {
      while (lines.next(bad)) {
        bad.guard(lines, [&] {
          if (lines.line() == "bad") fail<DataError>("no good");
        });
      }
    });
    bad.require_mostly_good();
  };
  read(3, 3);
  read(0, 0);
  EXPECT_THAT(message_of<DataError>([&] { read(1, 3); }),
              AllOf(HasSubstr("3 of 4 records (75 %)"), HasSubstr("memory:1: no good")));
}

}  // namespace
}  // namespace monet::test
