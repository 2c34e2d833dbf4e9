#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/data/id_map.h"
#include "monet/data/interaction_table.h"
#include "monet/data/item_metadata.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::test::tables_test {
namespace {

using data::ColumnRole;
using data::Interactions;
using data::Pair;
using data::TableOptions;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Columns, AreFoundByTheNamesOfTheField) {
  using Header = std::vector<std::string>;
  EXPECT_EQ(data::find_column(Header{"itemID", "userID", "reviewerID", "asin"}, ColumnRole::user), 1U);
  EXPECT_EQ(data::find_column(Header{"itemID", "userID", "reviewerID", "asin"}, ColumnRole::item), 0U);
  EXPECT_EQ(data::find_column(Header{"reviewerID", "asin", "overall", "unixReviewTime"}, ColumnRole::user), 0U);
  EXPECT_EQ(data::find_column(Header{"reviewerID", "asin", "overall", "unixReviewTime"}, ColumnRole::item), 1U);
  EXPECT_EQ(data::find_column(Header{"reviewerID", "asin", "overall", "unixReviewTime"}, ColumnRole::time), 3U);
  EXPECT_EQ(data::find_column(Header{"User ID", "Product-Id"}, ColumnRole::item), 1U);
  EXPECT_EQ(data::find_column(Header{"user_id:token", "item_id:token", "timestamp:float"}, ColumnRole::time), 2U);
  EXPECT_EQ(data::find_column(Header{"a", "b"}, ColumnRole::user), std::nullopt);
}

Interactions parse(std::string_view text, const TableOptions& options = {}) {
  return data::parse_interaction_table(text, "t.csv", options);
}

std::string refusal(std::string_view text, const TableOptions& options = {}) {
  return message_of<DataError>([&] { parse(text, options); });
}

TableOptions rows() {
  TableOptions options;
  options.users_are_rows = true;
  options.items_are_rows = true;
  return options;
}

TEST(InteractionTable, LabelsAreTheSplit) {
  const Interactions out = parse("x_label\titemID\tuserID\n0\t5\t1\n2\t6\t1\n1\t7\t0\n0\t5\t0\n", rows());
  EXPECT_THAT(out.parts[0], ElementsAre(Pair(1, 5), Pair(0, 5)));
  EXPECT_THAT(out.parts[1], ElementsAre(Pair(0, 7)));
  EXPECT_THAT(out.parts[2], ElementsAre(Pair(1, 6)));
  EXPECT_EQ(out.item.id, 7);
  EXPECT_EQ(out.item.where, "t.csv:4");
  EXPECT_THAT(out.user_names, IsEmpty());
}

TEST(InteractionTable, NamesAreNumberedInOrderOfAppearance) {
  const Interactions out = parse("user,item\nzoe,x\nadam,y\nzoe,y\n");
  EXPECT_THAT(out.user_names, ElementsAre("zoe", "adam"));
  EXPECT_THAT(out.item_names, ElementsAre("x", "y"));
  EXPECT_THAT(out.parts[0], UnorderedElementsAre(Pair(0, 0), Pair(0, 1), Pair(1, 1)));
}

TEST(InteractionTable, IsSplitOnReading) {
  std::string text = "user,item,time\n";
  for (int k = 0; k < 20; ++k) text += "u,i" + std::to_string(k) + "," + std::to_string(1000 + k) + "\n";
  TableOptions options;
  options.split = data::SplitKind::time;
  const Interactions by_time = parse(text, options);
  EXPECT_THAT(by_time.parts[2], UnorderedElementsAre(Pair(0, 18), Pair(0, 19)));
  EXPECT_THAT(by_time.parts[1], UnorderedElementsAre(Pair(0, 16), Pair(0, 17)));
  const Interactions random = parse(text);
  EXPECT_EQ(random.parts[0].size(), 16U);
  EXPECT_EQ(random.parts[1].size(), 2U);
  EXPECT_NE(random.parts[2], by_time.parts[2]);
  options.split = data::SplitKind::random;
  options.split_seed = 9;
  EXPECT_NE(parse(text, options).parts[2], random.parts[2]);
}

TEST(InteractionTable, ColumnsCanBeNamed) {
  TableOptions options;
  options.user_column = "who";
  options.item_column = "what";
  const Interactions out = parse("user,who,what:token\nx,ann,shoe\n", options);
  EXPECT_THAT(out.user_names, ElementsAre("ann"));
  options.user_column = "whom";
  EXPECT_THAT(refusal("user,who,what\nx,ann,shoe\n", options), AllOf(HasSubstr("'whom'"), HasSubstr("`user-column`")));
}

TEST(InteractionTable, WhatIsRefused) {
  EXPECT_THAT(refusal("A3F,B00,5.0,13\n"), AllOf(HasSubstr("t.csv:1"), HasSubstr("user"), HasSubstr("header line")));
  EXPECT_THAT(refusal("user item\n1 2\n"), AllOf(HasSubstr("t.csv:1"), HasSubstr("separate the columns")));
  EXPECT_THAT(refusal("user,item\n,2\n"), AllOf(HasSubstr("t.csv:2"), HasSubstr("no user id")));
  for (const std::string missing : {"NULL", "None", "\\N", "nan", "<NA>"}) {
    EXPECT_THAT(refusal("user,item\n1,2\n" + missing + ",2\n"),
                AllOf(HasSubstr("t.csv:3"), HasSubstr("no user id but '" + missing + "'")));
  }
  EXPECT_EQ(parse("user,item\nNA,2\n").user_names, std::vector<std::string>{"NA"});
  EXPECT_THAT(refusal("userID\titemID\tx_label\n0\t1\t3\n", rows()), AllOf(HasSubstr("t.csv:2"), HasSubstr("x_label")));
  EXPECT_THAT(refusal("userID\titemID\n0\t-2\n", rows()), AllOf(HasSubstr("t.csv:2"), HasSubstr("-2")));
  EXPECT_THAT(refusal("userID\titemID\n0\tB00\n", rows()), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal("userID\titemID\n0\t3000000000\n", rows()), HasSubstr("3000000001 rows"));
  EXPECT_THAT(refusal("userID\titemID\n40000000\t1\n", rows()), HasSubstr("absurd"));
  TableOptions one_column;
  one_column.user_column = "item";
  EXPECT_THAT(refusal("user,item\n1,2\n", one_column), HasSubstr("would be the user and the item"));
  TableOptions by_time;
  by_time.split = data::SplitKind::time;
  EXPECT_THAT(refusal("user,item\n1,2\n", by_time), HasSubstr("`time-column`"));
  EXPECT_THAT(refusal("user,item,time\n1,2,soon\n", by_time), AllOf(HasSubstr("t.csv:2"), HasSubstr("soon")));
}

TEST(InteractionTable, AMapGivesItemsTheirRows) {
  const data::IdMap map = data::parse_id_map("asin\titemID\nB2\t2\nB0\t0\n", "i_id_mapping.csv");
  TableOptions options;
  options.item_map = &map;
  const Interactions out = parse("user,item\nann,B2\nann,B0\n", options);
  EXPECT_THAT(out.parts[0], UnorderedElementsAre(Pair(0, 2), Pair(0, 0)));
  EXPECT_THAT(out.item_names, IsEmpty());
  EXPECT_THAT(refusal("user,item\nann,B9\n", options), AllOf(HasSubstr("'B9'"), HasSubstr("i_id_mapping.csv")));
}

TEST(IdMap, ReadsTheFormsInUse) {
  EXPECT_THAT(data::parse_id_map("asin\titemID\r\n0_Toy Story\t0\r\nb\t1\r\n", "m").names,
              ElementsAre("0_Toy Story", "b"));
  EXPECT_THAT(data::parse_id_map("b\t1\na, the first\t0\n", "m").names, ElementsAre("a, the first", "b"));
  EXPECT_THAT(data::parse_id_map("org_id remap_id\nA1 0\nB2 2\n", "m").names, ElementsAre("A1", "", "B2"));
  EXPECT_THAT(data::parse_id_map("itemID\tasin\n0\tA1\n1\tB2\n", "m").names, ElementsAre("A1", "B2"));
  EXPECT_THAT(data::parse_id_map("asin\titemID\n\"the \"\"great\"\" one\"\t0\n", "m").names,
              ElementsAre("the \"great\" one"));
}

TEST(IdMap, RefusesWhatIsAmbiguous) {
  const auto said = [](std::string_view text) {
    return message_of<DataError>([&] { data::parse_id_map(text, "m.csv"); });
  };
  EXPECT_THAT(said("a\t0\nb\t0\n"), AllOf(HasSubstr("m.csv:2"), HasSubstr("named twice")));
  EXPECT_THAT(said("a\t0\na\t1\n"), AllOf(HasSubstr("m.csv:2"), HasSubstr("there twice")));
  EXPECT_THAT(said("h\tn\na\tx\n"), AllOf(HasSubstr("m.csv:2"), HasSubstr("not a whole number")));
  EXPECT_THAT(said("a\t0\nb\t-1\n"), HasSubstr("negative"));
  EXPECT_THAT(said("a\t0\nlonely\n"), HasSubstr("m.csv:2"));
  EXPECT_THAT(said("a\t0\n\t1\n"), HasSubstr("no name"));
  EXPECT_THAT(said("a\t0\nb\t99999999999\n"), HasSubstr("plausible"));
  EXPECT_THAT(said("a\t0\nb\t40000000\n"), HasSubstr("absurd"));
}

TEST(ItemMetadata, MatchesByExternalIdByRowAndByPosition) {
  const std::vector<std::string> ids = {"B0", "B1", "B2"};
  std::vector<std::string> notes;
  const auto by_id = data::parse_item_metadata("asin,title,categories\nB2,\"boot, red\",shoes\nB0,hat,\n", "items.csv",
                                               ids, true, notes);
  EXPECT_THAT(by_id.titles, ElementsAre("hat", "", "boot, red"));
  EXPECT_THAT(by_id.categories, ElementsAre("", "", "shoes"));
  const auto by_row = data::parse_item_metadata("itemID\tname\n1\that\n2\tboot\n", "items.csv", ids, true, notes);
  EXPECT_THAT(by_row.titles, ElementsAre("", "hat", "boot"));
  const auto by_position = data::parse_item_metadata("title,year\nx,1\ny,2\nz,3\n", "items.csv", ids, true, notes);
  EXPECT_THAT(by_position.titles, ElementsAre("x", "y", "z"));
  EXPECT_THAT(notes, IsEmpty());
  const auto of_others = data::parse_item_metadata("item_id,title\nb0,x\nb1,y\nb2,z\n", "items.csv", ids, true, notes);
  EXPECT_THAT(of_others.titles, IsEmpty()) << "ids that do not match are never replaced by positions";
  EXPECT_THAT(notes, ElementsAre(AllOf(HasSubstr("0 of 3"), HasSubstr("'b0'"), HasSubstr("letter case"))));
}

TEST(ItemMetadata, IdsThatCountTheRowsSayTheirOrderWhereItemsAreRows) {
  const std::vector<std::string> ids = {"B0", "B1", "B2"};
  const auto titles = [&](const char* text, bool items_are_rows, std::vector<std::string>& notes) {
    return data::parse_item_metadata(text, "items.csv", ids, items_are_rows, notes).titles;
  };
  std::vector<std::string> notes;
  EXPECT_THAT(titles("movie id,title\n1,x\n2,y\n3,z\n", true, notes), ElementsAre("x", "y", "z"));
  EXPECT_THAT(titles("item_id,title\n0,x\n1,y\n2,z\n", true, notes), ElementsAre("x", "y", "z"));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("count the rows"), HasSubstr("count the rows")));
  for (const char* other : {"movie id,title\n2,x\n3,y\n4,z\n", "movie id,title\n1,x\n3,y\n2,z\n",
                            "movie id,title\n1,x\n2,y\n", "movie id,title\n1,x\n2,y\n3,z\n4,w\n"}) {
    EXPECT_THAT(titles(other, true, notes), IsEmpty()) << other;
  }
  EXPECT_THAT(titles("movie id,title\n1,x\n2,y\n3,z\n", false, notes), IsEmpty()) << "items in order of appearance";
  EXPECT_THAT(titles("title,year\nx,1\ny,2\nz,3\n", false, notes), IsEmpty());
}

TEST(ItemMetadata, SaysWhenItIsNotUsed) {
  std::vector<std::string> notes;
  EXPECT_THAT(data::parse_item_metadata("movie id,title\n7,x\n", "items.csv", {"B0", "B1"}, true, notes).titles,
              IsEmpty());
  EXPECT_THAT(data::parse_item_metadata("asin,price\nB0,1\n", "items.csv", {"B0", "B1"}, true, notes).titles,
              IsEmpty());
  EXPECT_THAT(notes, ElementsAre(HasSubstr("0 of 1 rows"), HasSubstr("no title")));
}

TEST(ItemTables, OfSeveralRowsOfAnItemTheFirstStaysAndWordsForMissingTextsAreNone) {
  std::vector<std::string> notes;
  const data::ItemMetadata read =
      data::parse_item_metadata("item_id,title\na,Old\nb,NULL\na,New\n", "items.csv", {"a", "b"}, false, notes);
  EXPECT_THAT(read.titles, ElementsAre("Old", ""));
  EXPECT_THAT(notes, ElementsAre("items.csv: 1 rows repeat an item; the first stays"));
}

TEST(ItemTables, NumbersFromOneOnAreNotShifted) {
  std::vector<std::string> notes;
  const std::vector<std::string> ids{"0", "1", "2"};
  const auto titles = [&](std::string_view text) {
    return data::parse_item_metadata(text, "items.csv", ids, true, notes).titles;
  };
  EXPECT_THAT(titles("movie id,title\n1,A\n2,B\n3,C\n"), ElementsAre("A", "B", "C"));
  EXPECT_THAT(titles("movie id,title\n0,A\n1,B\n2,C\n"), ElementsAre("A", "B", "C"));
  EXPECT_THAT(titles("movie id,title\n1,B\n2,C\n"), ElementsAre("", "B", "C"));
}

}  // namespace
}  // namespace monet::test::tables_test
