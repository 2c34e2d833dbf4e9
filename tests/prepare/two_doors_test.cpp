// `data::load` of a raw table and `prepare` with a load of what it wrote: the same users, items and pairs.
#include "monet/data/load.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/input/compressed.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

#include <set>

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Content {
  std::vector<std::string> users;  // in their order
  std::vector<std::string> items;
  std::set<std::pair<std::string, std::string>> pairs;
  bool operator==(const Content&) const = default;
};

Content content_of(const data::Dataset& dataset) {
  Content content{dataset.user_ids, dataset.item_ids, {}};
  for (const Csr* part : {&dataset.train, &dataset.validation, &dataset.test}) {
    for (Index user = 0; user < part->rows(); ++user) {
      for (const std::int32_t item : part->row(user)) {
        content.pairs.emplace(dataset.user_ids[static_cast<std::size_t>(user)],
                              dataset.item_ids[static_cast<std::size_t>(item)]);
      }
    }
  }
  return content;
}

struct Awkward {
  const char* name;
  std::string text;
  Content content;
};

class TwoDoors : public TemporaryFolder, public ::testing::WithParamInterface<Awkward> {};

TEST_P(TwoDoors, ReadTheSame) {
  const Awkward& table = GetParam();
  const auto file = folder_ / "in/table.csv";
  write_text(file, table.text);
  const Content raw = content_of(data::load(file));
  EXPECT_EQ(raw.users, table.content.users);
  EXPECT_EQ(raw.items, table.content.items);
  EXPECT_EQ(raw.pairs, table.content.pairs);
  prepare::PrepareOptions options;
  options.source = file;
  options.out = folder_ / "out";
  options.program = "monet test";
  prepare_quietly(options);
  EXPECT_TRUE(content_of(data::load(options.out)) == raw);
}

const Content kPlain = {{"u1", "u2"}, {"a", "b"}, {{"u1", "a"}, {"u1", "b"}, {"u2", "a"}}};

INSTANTIATE_TEST_SUITE_P(
    Tables, TwoDoors,
    ::testing::Values(
        Awkward{"plain", "user_id,item_id\nu1,a\nu1,b\nu2,a\n", kPlain},
        Awkward{"carriage_returns", "user_id,item_id\ru1,a\ru1,b\ru2,a\r", kPlain},
        Awkward{"crlf", "user_id,item_id\r\nu1,a\r\nu1,b\r\n\r\nu2,a", kPlain},
        Awkward{"text_mode_crlf", "user_id,item_id\r\r\nu1,a\r\r\nu1,b\r\r\nu2,a\r\r\n", kPlain},
        Awkward{"spaces",
                " user_id , item_id \n u1 ,a\nu1, b\t\n\u00a0u2\u00a0,\ufeff"
                "a\n",
                kPlain},
        Awkward{"quotes", "\"user_id\",\"item_id\"\n\"u1\",\"a\"\n\" u1\", \"b\" \nu2,\"a\" \n", kPlain},
        Awkward{"blank_lines", "\n\nuser_id,item_id\n\nu1,a\n   \nu1,b\n,\nu2,a\n\n,,\n", kPlain},
        Awkward{"trailing_separators", "user_id,item_id,\nu1,a,\nu1,b,\nu2,a,\n", kPlain},
        Awkward{"separators_behind", "user_id,item_id\nu1,a,\nu1,b,\nu2,a,,\n", kPlain},
        Awkward{"marks", "\ufeff\ufeffuser_id,item_id\nu1,a\n\ufeffu1,b\nu2,a\n", kPlain},
        Awkward{"repeated_header", "user_id,item_id\nu1,a\nuser_id,item_id\nu1,b\nu2,a\n", kPlain},
        Awkward{"excels_separator", "sep=;\r\nuser_id;item_id\r\nu1;a\r\nu1;b\r\nu2;a\r\n", kPlain},
        Awkward{"header_over_lines", "user_id,item_id,\"what\nthey said\"\nu1,a,\nu1,b,\nu2,a,\n", kPlain},
        Awkward{"gzip", gzipped("user_id,item_id\nu1,a\nu1,b\nu2,a\n"), kPlain},
        Awkward{"zstandard", zstandard("user_id,item_id\nu1,a\nu1,b\nu2,a\n"), kPlain},
        Awkward{"windows_1252",
                "user_id,item_id\nZo\xeb,Levi\x92s\nZo\xeb,b\nu2,Levi\x92s\n",
                {{"Zo\u00eb", "u2"},
                 {"Levi\u2019s", "b"},
                 {{"Zo\u00eb", "Levi\u2019s"}, {"Zo\u00eb", "b"}, {"u2", "Levi\u2019s"}}}},
        Awkward{"commas_in_ids",
                "user_id,item_id\n\"Smith, J\",\"a \"\"b\"\"\"\n\"Smith, J\",c\nd,c\n",
                {{"Smith, J", "d"}, {"a \"b\"", "c"}, {{"Smith, J", "a \"b\""}, {"Smith, J", "c"}, {"d", "c"}}}},
        Awkward{"quotes_among_tabs",
                "user_id\titem_id\nu1\t\"weird al\n\"u2\"\tb\n\"q\" x\tb\"\n\"y\tb\n",
                {{"u1", "u2", "\"q\" x", "\"y"},
                 {"\"weird al", "b", "b\""},
                 {{"u1", "\"weird al"}, {"u2", "b"}, {"\"q\" x", "b\""}, {"\"y", "b"}}}},
        Awkward{"whole_floats",
                "user_id,item_id\n1001.0,7.0\n1001.0,8.0\n1002.0,7.0\n",
                {{"1001", "1002"}, {"7", "8"}, {{"1001", "7"}, {"1001", "8"}, {"1002", "7"}}}},
        Awkward{"floats_among_others",
                "user_id,item_id\n1001.0,7.0\n1001.0,1e1\n1002,7.0\n",
                {{"1001.0", "1002"}, {"7.0", "1e1"}, {{"1001.0", "7.0"}, {"1001.0", "1e1"}, {"1002", "7.0"}}}},
        Awkward{"a_few_brackets",
                "user_id,item_id\nu1,[REC] 2\nu1,[REC]\nu2,b\nu2,c\n",
                {{"u1", "u2"},
                 {"[REC] 2", "[REC]", "b", "c"},
                 {{"u1", "[REC] 2"}, {"u1", "[REC]"}, {"u2", "b"}, {"u2", "c"}}}},
        Awkward{"texts_over_lines", "user_id,item_id,review\nu1,a,\"good\n\nu9,z\"\nu1,b,\"\"\"so\"\" so\"\nu2,a,\n",
                kPlain}),
    [](const auto& info) { return info.param.name; });

class OneOfTwoDoors : public TemporaryFolder {
 protected:
  prepare::PrepareResult prepared(const std::string& interactions, const std::string& catalogue, bool skip = false,
                                  const std::string& item = "") {
    write_text(folder_ / "in/x.csv", interactions);
    if (!catalogue.empty()) write_text(folder_ / "in/items.csv", catalogue);
    prepare::PrepareOptions options;
    options.source = folder_ / "in/x.csv";
    options.out = folder_ / "out";
    options.force = true;
    options.program = "monet test";
    options.skip_bad_lines = skip;
    options.columns.item = item;
    return prepare_quietly(options);
  }
};

TEST_F(OneOfTwoDoors, IdsInDifferentEncodingsMatch) {
  const auto result = prepared("user_id,item_id\nu1,caf\xe9\nu1,b\n", "item_id,title\ncaf\u00e9,\u201cCup\u201d\nb,\n");
  EXPECT_EQ(result.described_items, 2);
  EXPECT_THAT(read_text(folder_ / "out/items.csv"), HasSubstr("caf\u00e9,\u201cCup\u201d,"));
  EXPECT_THAT(result.notes, Contains(AllOf(HasSubstr("x.csv:2"), HasSubstr("Windows-1252"))));
  const auto other = prepared("user_id,item_id\nu1,caf\u00e9\nu1,b\n",
                              "item_id,title\ncaf\xe9,\x93"
                              "Cup\x94 \x80\n");
  EXPECT_EQ(other.described_items, 1);
  EXPECT_THAT(read_text(folder_ / "out/items.csv"), HasSubstr("caf\u00e9,\u201cCup\u201d \u20ac,"));
  EXPECT_THAT(other.notes, Contains(AllOf(HasSubstr("items.csv:2"), HasSubstr("Windows-1252"))));
}

TEST_F(OneOfTwoDoors, SkippedLinesAreCountedAndMostOfAFileIsNotLeftOut) {
  const auto result = prepared("user_id,item_id\nu1,a\nu1,\"b\nu2,a\nu3\nTotal,\nu2,c\n", "", true);
  EXPECT_EQ(result.train + result.validation + result.test, 3);
  EXPECT_THAT(result.notes, Contains(AllOf(HasSubstr("3 lines"), HasSubstr("x.csv:3:"))));
  EXPECT_THAT(message_of<DataError>([&] { prepared("user_id,item_id\nu1,a\nu1\nu2\nu3\n", "", true); }),
              AllOf(HasSubstr("3 of 4"), HasSubstr("75 %"), HasSubstr("x.csv:3:")));
}

TEST_F(OneOfTwoDoors, NotesAreThoseOfALoadToo) {
  write_text(folder_ / "x.csv", "user_id,item_id\nu1,caf\xe9\nuser_id,item_id\nu2,b\n");
  const data::Dataset dataset = data::load(folder_ / "x.csv");
  EXPECT_THAT(dataset.notes.lines, Contains(HasSubstr("Windows-1252")));
  EXPECT_THAT(dataset.notes.lines, Contains(HasSubstr("1 line repeats the header")));
  EXPECT_EQ(content_of(dataset).pairs.size(), 2U);
}

TEST_F(OneOfTwoDoors, ListsWrittenAsTextAreLeftToPrepare) {
  for (const auto& [header, value] :
       {std::pair<std::string, std::string>{"item_id", "\"[1, 2]\""}, {"item_id", "{a}"}, {"product_ids", "\"1,2\""}}) {
    const std::string table = "user_id," + header + "\nu1," + value + "\nu2," + value + "\nu3,3\n";
    write_text(folder_ / "x.csv", table);
    data::LoadOptions options;
    options.item_column = header;
    EXPECT_THAT(message_of<DataError>([&] { data::load(folder_ / "x.csv", options); }),
                AllOf(HasSubstr("x.csv: '" + header + "' holds lists of items, as '"), HasSubstr("monet prepare")));
    EXPECT_GE(prepared(table, "", false, header).train, 1);
  }
}

TEST_F(OneOfTwoDoors, FloatsAreDecidedByTheFirstThousand) {
  std::string table = "user_id,item_id\n";
  for (int line = 0; line < 999; ++line) table += std::to_string(line % 50) + ".0,i\n";
  const std::string others = "7,i\n7.0,j\nx,i\n";
  write_text(folder_ / "x.csv", table + "49.0,i\n" + others);
  const Content raw = content_of(data::load(folder_ / "x.csv"));
  EXPECT_EQ(raw.users.size(), 51U);  // 7 is 7.0
  EXPECT_EQ(raw.users[7], "7");
  EXPECT_THAT(data::load(folder_ / "x.csv").notes.lines, Contains(HasSubstr("'0.0' is kept as 0")));
  prepared(table + "49.0,i\n" + others, "");
  EXPECT_TRUE(content_of(data::load(folder_ / "out")) == raw);
  write_text(folder_ / "x.csv", table + others);  // one of the first thousand is no float
  EXPECT_EQ(content_of(data::load(folder_ / "x.csv")).users.size(), 52U);
  write_text(folder_ / "x.csv", "user_id,item_id\n1.0,a\n1.00,b\n");
  EXPECT_THAT(message_of<DataError>([&] { data::load(folder_ / "x.csv"); }), HasSubstr("user '1.00' is written"));
}

TEST_F(OneOfTwoDoors, ACatalogueMayWriteTheNumbersOtherwise) {
  write_text(folder_ / "shop/clicks.csv", "user_id,item_id\n1,7.0\n1,8.0\n2,7.0\n");
  for (const char* zeros : {"", ".0"}) {
    write_text(folder_ / "shop/items.csv", std::string("item_id,title\n7") + zeros + ",Seven\n8" + zeros + ",Eight\n");
    EXPECT_THAT(data::load(folder_ / "shop").items.titles, ElementsAre("Seven", "Eight"));
  }
}

TEST_F(OneOfTwoDoors, CompressedTablesAreFoundInAFolder) {
  write_text(folder_ / "shop/clicks.csv.gz", gzipped("user_id,item_id\nu1,a\nu1,b\nu2,a\n"));
  write_text(folder_ / "shop/items.csv", gzipped("item_id,title\na,A\nb,B\n"));
  const data::Dataset dataset = data::load(folder_ / "shop");
  EXPECT_TRUE(content_of(dataset) == kPlain);
  EXPECT_THAT(dataset.items.titles, ElementsAre("A", "B"));
  EXPECT_EQ(data::load(folder_ / "shop/clicks.csv.gz").name, "clicks");
}

}  // namespace
}  // namespace monet::test
