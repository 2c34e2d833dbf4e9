#include "monet/data/delimited.h"
#include "monet/core/error.h"
#include "monet/data/name_table.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using data::DelimitedReader;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text, char separator = '\0') {
  DelimitedReader reader(text, "t.csv", separator);
  Rows rows;
  while (reader.next()) {
    auto& row = rows.emplace_back();
    for (std::size_t c = 0; c < reader.header().size(); ++c) row.emplace_back(reader.field(c));
  }
  return rows;
}

std::string refusal(std::string_view text, char separator = '\0') {
  return message_of<DataError>([&] { rows_of(text, separator); });
}

TEST(Delimited, FindsTheSeparatorInTheHeader) {
  const Rows expected = {{"1", "2"}, {"3", "4"}};
  for (const char separator : {'\t', ',', ';', '|'}) {
    std::string text = "a,b\n1,2\n3,4\n";
    std::replace(text.begin(), text.end(), ',', separator);
    EXPECT_EQ(rows_of(text), expected) << separator;
  }
}

TEST(Delimited, LineEndsBlankLinesAndMarks) {
  const Rows expected = {{"1", "2"}, {"3", ""}};
  EXPECT_EQ(rows_of("a,b\n1,2\n3,\n"), expected);
  EXPECT_EQ(rows_of("a,b\n1,2\n3,"), expected);
  EXPECT_EQ(rows_of("a,b\r\n1,2\r\n3,\r\n\r\n"), expected);
  EXPECT_EQ(rows_of("\xef\xbb\xbf"
                    "a,b\n\n1,2\n\n3,\n"),
            expected);
  DelimitedReader reader(
      "\xef\xbb\xbf"
      "a,b\r\n1,2\r\n",
      "t.csv");
  EXPECT_THAT(reader.header(), ElementsAre("a", "b"));
  EXPECT_TRUE(reader.crlf());
  EXPECT_TRUE(reader.byte_order_mark());
}

TEST(Delimited, QuotedFields) {
  EXPECT_EQ(rows_of("a,b\n\"x,y\",\"say \"\"hi\"\" \"\"there\"\"\"\n"), (Rows{{"x,y", "say \"hi\" \"there\""}}));
  EXPECT_EQ(rows_of("a,b\n\"two\nlines\",2\n3,4\n"), (Rows{{"two\nlines", "2"}, {"3", "4"}}));
  EXPECT_EQ(rows_of("a,b\n\"\",5'11\" tall\n"), (Rows{{"", "5'11\" tall"}}));
  EXPECT_EQ(rows_of("a,b\r\n\"1\",\"2\"\r\n"), (Rows{{"1", "2"}}));
}

TEST(Delimited, LineNumbersCountLinesInsideQuotes) {
  DelimitedReader reader("a,b\n\"two\nlines\",2\n\n3,4\n", "t.csv");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.where(), "t.csv:2");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.where(), "t.csv:5");
}

TEST(Delimited, ASeparatorThatDoesNotMatchTheHeader) {
  EXPECT_THAT(refusal("user,item\n1\t2\n"),
              AllOf(HasSubstr("t.csv:2"), HasSubstr("comma"), HasSubstr("tab"), HasSubstr("one separator")));
  EXPECT_THAT(refusal("user,item\n1,2\n", ';'),
              AllOf(HasSubstr("t.csv:1"), HasSubstr("comma"), HasSubstr("semicolon")));
}

TEST(Delimited, LinesOfAnotherWidth) {
  EXPECT_THAT(refusal("a,b\n1,2\n3\n"), AllOf(HasSubstr("t.csv:3"), HasSubstr("1 field where the header has 2")));
  EXPECT_THAT(refusal("a,b\n1,2,3\n"), AllOf(HasSubstr("t.csv:2"), HasSubstr("3 fields where the header has 2")));
}

TEST(Delimited, BrokenQuotesAndEncodings) {
  EXPECT_THAT(refusal("a,b\n1,\"2\n3,4\n"), AllOf(HasSubstr("t.csv:2"), HasSubstr("not closed")));
  EXPECT_THAT(refusal("a,b\n1,\"2\"x\n"), HasSubstr("after a closing quote"));
  EXPECT_THAT(refusal(std::string_view("\xff\xfe"
                                       "a\0,\0",
                                       6)),
              HasSubstr("UTF-16"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("\n\n"), HasSubstr("empty"));
}

TEST(NameTable, NumbersNamesInOrderOfAppearance) {
  data::NameTable table;
  std::vector<std::string> names;
  for (int i = 0; i < 5000; ++i) {
    // Short names, long ones, and pairs that agree in their first fifteen bytes.
    names.push_back((i % 2 == 0 ? "n" : "a name that is longer than a slot ") + std::to_string(i));
  }
  names.emplace_back("");
  names.emplace_back(std::string("a\0", 2));
  names.emplace_back("a");
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(table.add(names[i]), static_cast<std::int32_t>(i));
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(table.add(names[i]), static_cast<std::int32_t>(i));
    ASSERT_EQ(table.find(names[i]), static_cast<std::int32_t>(i));
  }
  EXPECT_EQ(table.find("absent"), -1);
  EXPECT_EQ(table.find("a name that is longer than a slot"), -1);
  EXPECT_EQ(table.take_names(), names);
  EXPECT_EQ(table.find("n0"), -1);
}

}  // namespace
}  // namespace monet::test
