// Tables as people have them: what is read, and what one bad line costs.
#include "monet/input/table_reader.h"

#include "tests/core/files/temporary_folder.h"
#include "tests/input/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Rows = std::vector<std::vector<std::string>>;

struct Read {
  std::vector<std::string> header;
  Rows rows;
  std::vector<Index> lines;  // on which each row begins
  Index bad = 0;
  std::string first_bad;
  std::vector<std::string> notes;
};

Read read(std::string_view text, bool skip = false, char separator = '\0', bool has_header = true) {
  Read out;
  with_lines(text, [&](LineReader& lines) {
    TableReader table(lines, separator, has_header);
    BadLines bad(skip);
    out.header = table.header();
    while (table.next(bad)) {
      auto& row = out.rows.emplace_back();
      for (std::size_t column = 0; column < out.header.size(); ++column) row.emplace_back(table.field(column));
      out.lines.push_back(table.line());
    }
    out.bad = bad.count();
    out.first_bad = bad.first();
    out.notes = bad.notes();
  });
  return out;
}

Rows rows_of(std::string_view text) {
  return read(text).rows;
}
std::string table_refusal(std::string_view text, char separator = '\0') {
  return message_of<DataError>([&] { read(text, false, separator); });
}

TEST(Tables, FindTheSeparatorInTheHeader) {
  for (const char separator : {'\t', ',', ';', '|'}) {
    std::string text = "a,b\n1,2\n3,4\n";
    std::replace(text.begin(), text.end(), ',', separator);
    EXPECT_EQ(rows_of(text), (Rows{{"1", "2"}, {"3", "4"}})) << separator;
  }
  EXPECT_THAT(table_refusal("user item\n1 2\n"), AllOf(HasSubstr("memory:1"), HasSubstr("one column")));
  EXPECT_THAT(table_refusal("user,item\n1,2\n", ';'),
              AllOf(HasSubstr("memory:1"), HasSubstr("comma"), HasSubstr("semicolon")));
  EXPECT_EQ(read("a b\n1 2\n", false, ' ').rows, (Rows{{"1", "2"}}));
}

TEST(Tables, ExcelsSeparatorLineSaysIt) {
  const Read table = read("sep=;\r\nuser;item, or so\r\nu1;a\r\n");
  EXPECT_THAT(table.header, ElementsAre("user", "item, or so"));
  EXPECT_EQ(table.rows, (Rows{{"u1", "a"}}));
  EXPECT_THAT(table.lines, ElementsAre(3));
  EXPECT_EQ(read("sep=;\nuser,item\nu1,a\n").rows, (Rows{{"u1", "a"}}));  // it does not
}

TEST(Tables, LineEndsBlankLinesAndMarks) {
  const Rows expected = {{"1", "2"}, {"3", ""}};
  for (const char* text : {"a,b\n1,2\n3,\n", "a,b\n1,2\n3,", "a,b\r\n1,2\r\n3,\r\n\r\n", "a,b\r1,2\r3,\r",
                           "\ufeffa,b\n\n1,2\n \n\t\n3,\n,\n , \n", "\n\n\u00a0\na,b\n1,2\n\u00a0\n3,\n"}) {
    EXPECT_EQ(rows_of(text), expected) << text;
  }
  EXPECT_THAT(read(" a ,\u00a0b \n1,2\n").header, ElementsAre("a", "b"));
  EXPECT_THAT(table_refusal(""), HasSubstr("empty"));
  EXPECT_THAT(table_refusal("\n\n"), HasSubstr("empty"));
}

TEST(Tables, QuotedFields) {
  EXPECT_EQ(rows_of("a,b\n\"x,y\",\"say \"\"hi\"\" \"\"there\"\"\"\n"), (Rows{{"x,y", "say \"hi\" \"there\""}}));
  EXPECT_EQ(rows_of("a,b\n\"two\nlines\",2\n3,4\n"), (Rows{{"two\nlines", "2"}, {"3", "4"}}));
  EXPECT_EQ(rows_of("a,b\r\"two\rlines\",2\r3,4\r"), (Rows{{"two\nlines", "2"}, {"3", "4"}}));
  EXPECT_EQ(rows_of("a,b\n\"one\n\n\"\"two\"\"\n\",\"\n\"\n"), (Rows{{"one\n\n\"two\"\n", "\n"}}));
  EXPECT_EQ(rows_of("a,b\n\"\",5'11\" tall\n"), (Rows{{"", "5'11\" tall"}}));
  EXPECT_EQ(rows_of("a,b\r\n\"1\",\"2\"\r\n"), (Rows{{"1", "2"}}));
  EXPECT_EQ(rows_of("a,b\n1, \"x, y\" \n\"1\" ,2\n"), (Rows{{"1", "x, y"}, {"1", "2"}}));  // spaces around
  EXPECT_EQ(rows_of("a,b\n1, \"x\" y\n"), (Rows{{"1", " \"x\" y"}}));
  EXPECT_THAT(read("\"user\nid\",item\nu,i\n").header, ElementsAre("user\nid", "item"));
  EXPECT_THAT(read("\"a\nb;c\";d\n1;2\n").header, ElementsAre("a\nb;c", "d"));
}

TEST(Tables, LineNumbersCountLinesInsideQuotes) {
  EXPECT_THAT(read("a,b\n\"two\nlines\",2\n\n3,4\n").lines, ElementsAre(2, 5));
}

TEST(Tables, AQuoteAmongTabsIsACharacterUntilItCloses) {
  EXPECT_EQ(rows_of("a\tb\n\"Weird\" Al\tx\n\"quoted\"\t\"y\n\"weird al\ty\"\n"),
            (Rows{{"\"Weird\" Al", "x"}, {"quoted", "\"y"}, {"\"weird al", "y\""}}));
  // As pandas writes it: only quoting gives these lines two fields.
  EXPECT_EQ(rows_of("a\tb\n\"x\ty\"\t1\n\"two\nlines\"\t2\nz\t3\n"),
            (Rows{{"x\ty", "1"}, {"two\nlines", "2"}, {"z", "3"}}));
  // And where it does not, the line is told of, and costs only itself.
  const Read table = read("a\tb\n\"x\ny\t1\nz\t2\n", true);
  EXPECT_EQ(table.rows, (Rows{{"y", "1"}, {"z", "2"}}));
  EXPECT_EQ(table.bad, 1);
  EXPECT_THAT(table.first_bad, AllOf(HasSubstr("memory:2"), HasSubstr("1 field")));
}

TEST(Tables, EveryRefusalNamesFileLineAndRemedy) {
  EXPECT_THAT(table_refusal("a,b\n1,2\n3\n"),
              AllOf(HasSubstr("memory:3"), HasSubstr("1 field where the first line has 2")));
  EXPECT_THAT(table_refusal("a,b\n1,2,3\n"), AllOf(HasSubstr("memory:2"), HasSubstr("3 fields"), HasSubstr("quote")));
  EXPECT_THAT(table_refusal("user,item\n1\t2\n"),
              AllOf(HasSubstr("memory:2"), HasSubstr("comma"), HasSubstr("tab"), HasSubstr("one separator")));
  EXPECT_THAT(table_refusal("a,b\n1,\"2\n3,4\n"), AllOf(HasSubstr("memory:2"), HasSubstr("not closed")));
  EXPECT_THAT(table_refusal("a,b\n\"1\n2\",\"3\n4,5\n"),
              AllOf(HasSubstr("memory:2"), HasSubstr("opened on line 3, is not closed")));
  EXPECT_THAT(table_refusal("a,b\n1,\"2\"x\n"), AllOf(HasSubstr("memory:2"), HasSubstr("after a closing quote")));
  EXPECT_THAT(table_refusal({"a,b\n1\0\0\n", 8}), AllOf(HasSubstr("memory:2"), HasSubstr("NUL")));
  EXPECT_THAT(table_refusal("a,b\r1,2\r3\r"), HasSubstr("memory:3"));
}

TEST(Tables, EmptyFieldsBehindTheLastDoNotCount) {
  EXPECT_EQ(rows_of("a,b\n1,2,\n3,4,,\n5,6\n"), (Rows{{"1", "2"}, {"3", "4"}, {"5", "6"}}));
  EXPECT_EQ(rows_of("a,b,\n1,2,\n3,4\n5,6,x\n"), (Rows{{"1", "2", ""}, {"3", "4", ""}, {"5", "6", "x"}}));
  EXPECT_THAT(table_refusal("a,b\n1,2,,3\n"), HasSubstr("4 fields"));
  EXPECT_EQ(read("1,2\n3,4,\n", false, '\0', false).rows, (Rows{{"1", "2"}, {"3", "4"}}));
}

TEST(Tables, ARepeatedHeaderIsNoRecord) {
  const Read table = read("user,item\nu,1\nuser,item\nv,2\n\ufeff\"user\", item \nw,3\n");
  EXPECT_EQ(table.rows, (Rows{{"u", "1"}, {"v", "2"}, {"w", "3"}}));
  EXPECT_EQ(table.bad, 0);
  EXPECT_THAT(table.notes, ElementsAre(AllOf(HasSubstr("2 lines repeat the header"), HasSubstr("line 3"))));
  EXPECT_THAT(table_refusal("user,item\nu,1\nitem,user\n2,v\n"),
              AllOf(HasSubstr("memory:3"), HasSubstr("another order")));
  EXPECT_THAT(read("1,2\n1,2\n", false, '\0', false).rows.size(), 2U);
}

TEST(BadRecords, AnUnclosedQuoteCostsItsLine) {
  std::string text = "a,b\n1,x\n2,\"open\n";
  for (int line = 3; line < 5000; ++line) text += std::to_string(line) + ",y\n";
  const Read to_the_end = read(text, true);
  EXPECT_EQ(to_the_end.rows.size(), 4998U);
  EXPECT_EQ(to_the_end.bad, 1);
  EXPECT_THAT(to_the_end.first_bad, AllOf(HasSubstr("memory:3:"), HasSubstr("not closed")));
  EXPECT_EQ(to_the_end.lines.back(), 5000);

  // Its quote is closed by one that opens a field further down.
  const Read closed_late = read("a,b\n1,\"open\n2,x\n3,\"y, z\"\n4,\"w\"\n", true);
  EXPECT_EQ(closed_late.rows, (Rows{{"2", "x"}, {"3", "y, z"}, {"4", "w"}}));
  EXPECT_EQ(closed_late.bad, 1);

  // Or by one that ends a field, with whole records between.
  const Read swallowed = read("a,b,c\n1,\"open,2\n2,x,3\n3,5\"\n4,w,5\n", true);
  EXPECT_EQ(swallowed.rows, (Rows{{"2", "x", "3"}, {"4", "w", "5"}}));
  EXPECT_EQ(swallowed.bad, 2);
  EXPECT_THAT(swallowed.first_bad, HasSubstr("memory:2:"));

  const Read two = read("a,b\n1,\"x\n2,\"y\n3,z\n", true);
  EXPECT_EQ(two.rows, (Rows{{"3", "z"}}));
  EXPECT_EQ(two.bad, 2);
}

TEST(BadRecords, ARecordOfSeveralLinesCountsOnce) {
  const Read table = read("a,b,c\n\"one\ntwo\nthree\",2\n1,2,3\n", true);
  EXPECT_EQ(table.rows, (Rows{{"1", "2", "3"}}));
  EXPECT_EQ(table.bad, 1);
  EXPECT_THAT(table.first_bad, AllOf(HasSubstr("memory:2:"), HasSubstr("2 fields")));
  EXPECT_THAT(table.lines, ElementsAre(5));
}

TEST(BadRecords, LinesOfAnotherWidthAndATotalCostOnlyThemselves) {
  const Read table = read("a,b,c\n1,2,3\n4,5\n6,7,8,9\n\"10\"x,11,12\n13,14,15\nTotal: 2\n", true);
  EXPECT_EQ(table.rows, (Rows{{"1", "2", "3"}, {"13", "14", "15"}}));
  EXPECT_EQ(table.bad, 4);
  EXPECT_THAT(table.first_bad, AllOf(HasSubstr("memory:3:"), HasSubstr("2 fields")));
}

TEST(BadRecords, ALineTooLongCostsOnlyItself) {
  const std::string big(LineReader::kLongestLine + 100, 'x');
  const Read table = read("a,b\n1,2\n3," + big + "\n4,5\n6,\"" + big + "\n7\"\n8,9\n", true);
  EXPECT_TRUE(table.rows == (Rows{{"1", "2"}, {"4", "5"}, {"8", "9"}}));
  EXPECT_EQ(table.bad, 3);  // the last of it is `7"`
  EXPECT_THAT(table.first_bad, AllOf(HasSubstr("memory:3:"), HasSubstr("16 MiB")));
  EXPECT_THAT(table.lines, ElementsAre(2, 4, 7));
}

TEST(BadRecords, AQuotedFieldWithoutEndIsLeftWhereALineWouldBe) {
  std::string text = "a,b\n1,\"open\n";
  const std::string line = std::string(100'000, 'x') + "," + std::string(100'000, 'y') + "\n";
  for (int n = 0; n < 120; ++n) text += line;  // 24 MB
  const Read table = read(text, true);
  EXPECT_EQ(table.rows.size(), 120U);
  EXPECT_EQ(table.bad, 1);
}

// Each line closes a field and opens one.
TEST(BadRecords, FieldsThatGoOnFromLineToLineCostTheirLines) {
  std::string text = "a,b\n1,\"2\n";
  for (int n = 0; n < 200'000; ++n) text += "x\",\"y\n";
  const Read table = read(text + "x\"\n3,4\n", true);
  ASSERT_FALSE(table.rows.empty());
  EXPECT_EQ(table.rows.back(), (std::vector<std::string>{"3", "4"}));
  EXPECT_THAT(table.first_bad, AllOf(HasSubstr("memory:2:"), HasSubstr("quoted fields do not end")));
}

}  // namespace
}  // namespace monet::test
