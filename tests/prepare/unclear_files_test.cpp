// Files that could be read in a wrong way without a word: read in the right one, or refused with a remedy.
#include "tests/prepare/prepared_lines.h"

#include <gmock/gmock.h>

namespace monet::test::unclear_files_test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using UnclearRecords = PreparedLines;
using UnclearTimes = PreparedLines;
using UnclearLists = PreparedLines;
using UnclearTables = PreparedLines;
using UnclearCatalogues = PreparedLines;
using UnclearFolders = PreparedLines;

TEST_F(UnclearRecords, OneObjectWithAKeyForEachRecordIsRefused) {
  const auto is_refusal = AllOf(HasSubstr("each under a key of its own"), HasSubstr("orient='records'"));
  EXPECT_THAT(refused("index.json", R"({"0":{"user_id":"u1","item_id":"a"},"1":{"user_id":"u2","item_id":"b"}})"),
              AllOf(is_refusal, HasSubstr("'0' and '1'")));
  EXPECT_THAT(refused("push.json", R"({"ratings":{"-Ma":{"user_id":"u1","item_id":"a"},
                                                  "-Mb":{"user_id":"u2","item_id":"b"}}})"),
              AllOf(is_refusal, HasSubstr("'ratings.-Ma' and 'ratings.-Mb'")));
}

TEST_F(UnclearRecords, AFileInWhichNoRecordCanBeReadIsRefused) {
  EXPECT_THAT(refused("x.jsonl", "{bad\n"), HasSubstr("x.jsonl:1"));
  PrepareOptions skipping = options("x.jsonl", "{bad\n{worse\n");
  skipping.skip_bad_lines = true;
  EXPECT_THAT(refused(skipping), HasSubstr("x.jsonl"));
}

TEST_F(UnclearRecords, ObjectsOfOneRecordAreNoRecords) {
  EXPECT_THAT(read("x.json", R"([{"event":{"user_id":"u1","item_id":"a"},"context":{"item_id":"b"}}])"),
              ElementsAre("u1 a"));
}

TEST_F(UnclearRecords, OfAKeyThatComesTwiceTheLastCounts) {
  EXPECT_THAT(read("x.json", R"({"user_id":"u1","user_id":"u2","item_id":"a"}
{"user_id":"u3","item_id":"b","item_id":"c"})"),
              ElementsAre("u2 a", "u3 c"));
  EXPECT_THAT(notes_, Not(Contains(HasSubstr("each of its values"))));
}

TEST_F(UnclearTimes, NumbersOfASmallerUnitAreOfAnotherSize) {
  const auto is_refusal = AllOf(HasSubstr("x.csv:3: the time"), HasSubstr("of another size"));
  EXPECT_THAT(refused("x.csv", "user,item,timestamp\nu,a,1600000000000\nu,b,1600000001\nu,c,1500000000000\n"),
              is_refusal);
  EXPECT_THAT(refused("x.csv", "user,item,timestamp\nu,a,1600000000000000\nu,b,1600000001000\nu,c,1500000000000000\n"),
              is_refusal);
  EXPECT_THAT(read("x.csv", "user,item,timestamp\nu,a,1600000000000\nu,b,0\nu,c,-200000000000\n"),
              ElementsAre("u a 1600000000", "u b 0", "u c -200000000"));
}

TEST_F(UnclearTimes, DatesWrittenAsFloatsAreDates) {
  EXPECT_THAT(read("x.csv", "user,item,date\nu,a,20210115.0\nu,b,20210116.0\n"),
              ElementsAre("u a 1610668800", "u b 1610755200"));
}

TEST_F(UnclearTimes, DaysGiveWayToWhatTellsMore) {
  const std::string_view table = "user,item,date,time_ms\nu,a,20220422,1650598245000\nu,b,20220422,1650598244000\n";
  EXPECT_THAT(read("x.csv", table), ElementsAre("u a 1650598245", "u b 1650598244"));
  EXPECT_THAT(notes_, Contains(HasSubstr("'date' tells no more than days")));
  EXPECT_THAT(read("x.csv", table, {{}, {}, {}, "date"}), ElementsAre("u a 1650585600", "u b 1650585600"));
  EXPECT_THAT(read("x.csv", "user,item,date,created_at\nu,a,2021-01-05 10:00,2021-01-06 11:00\n"),
              ElementsAre("u a 1609840800"))
      << "the first by its name, where it tells more than days";
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(UnclearTimes, AnEmptyColumnGivesWayToAFilledOne) {
  EXPECT_THAT(read("x.csv", "user,item,timestamp,date\nu,a,,2021-01-05\nu,b,,2021-01-06\n"),
              ElementsAre("u a 1609804800", "u b 1609891200"));
}

TEST_F(UnclearTimes, DatesInNoKnownOrderAreRefused) {
  EXPECT_THAT(refused("x.csv", "user,item,timestamp\nu,a,01/02/2021\nu,b,03/02/2021\n"),
              AllOf(HasSubstr("'01/02/2021' may have the day or the month first"), HasSubstr("`time-column none`")));
  EXPECT_THAT(read("x.csv", "user,item,timestamp\nu,a,01/02/2021\n", {{}, {}, {}, "none"}), ElementsAre("u a"));
}

TEST_F(UnclearTimes, AColumnOfMissingValuesHoldsNone) {
  read("x.csv", "session_id,user_id,item,seen\ns,NA,a,2016-05-09\n", {"session_id", {}, {}, {}});
  EXPECT_THAT(notes_, Contains(HasSubstr("'seen' may hold some")));
}

TEST_F(UnclearLists, NumbersBetweenBlanksAsNumPyWritesThem) {
  EXPECT_THAT(read("x.csv", "user,item\nu,[1 2  3]\nv,[4]\n"), ElementsAre("u 1", "u 2", "u 3", "v 4"));
  EXPECT_THAT(read("x.csv", "user,item\nu,\"[1\n 2]\"\nv,[1]\n"), ElementsAre("u 1", "u 2", "v 1"));
  EXPECT_THAT(refused("x.csv", "user,item\nu,[1 2 ... 9]\nv,[4]\n"), HasSubstr("cut short by NumPy"));
  EXPECT_THAT(read("x.csv", "user,item\nu,[The Matrix]\nv,[Heat]\n"), ElementsAre("u The Matrix", "v Heat"));
}

TEST_F(UnclearLists, RatingsAndTimesBesideGoWithTheItems) {
  const InteractionColumns columns{{}, "item_ids", {}, {}};
  EXPECT_THAT(read("x.csv", "user,item_ids,rating\nu,\"a,b\",\"5,4\"\nv,c,3\nw,\"b,c\",2\n", columns),
              ElementsAre("u a 5", "u b 4", "v c 3", "w b 2", "w c 2"));
  EXPECT_THAT(read("x.csv", "user,item_ids,ratings,timestamps\nu,\"[1,2]\",\"[5,4]\",\"[100,200]\"\n", columns),
              ElementsAre("u 1 5 100", "u 2 4 200"));
  EXPECT_THAT(refused("x.csv", "user,item_ids,rating\nu,\"a,b\",\"5,4,3\"\n", columns),
              HasSubstr("3 ratings for 2 items"));
}

TEST_F(UnclearLists, WholeNumbersWrittenAsFloatsAreKeptWholeInLists) {
  EXPECT_THAT(read("x.csv", "user,item\nu,\"[1.0, 2.0]\"\nv,[2.0]\n"), ElementsAre("u 1", "u 2", "v 2"));
}

TEST_F(UnclearTables, TheSumBelowATableIsABadLine) {
  const std::string_view table = "user,item,rating\nu,a,4\nv,b,5\nTotal,2,9\n";
  EXPECT_THAT(refused("x.csv", table), AllOf(HasSubstr("x.csv:4: the last row, 'Total, 2, 9'"), HasSubstr("skip")));
  PrepareOptions skipping = options("x.csv", table);
  skipping.skip_bad_lines = true;
  EXPECT_THAT(prepared(skipping), ElementsAre("u a 4", "v b 5"));
}

TEST_F(UnclearTables, SomebodyMayBeCalledTotal) {
  EXPECT_THAT(read("x.csv", "user,item,rating\nu,a,4\nTotal,b,5\nv,a,3\nTotal,a,2\n"),
              ElementsAre("u a 4", "Total b 5", "v a 3", "Total a 2"));
}

TEST_F(UnclearTables, WhatIsSaidToSeparateColumnsDoes) {
  PrepareOptions caret = options("x.csv", "user^item\nu^a\nv^b\n");
  caret.separator = '^';
  EXPECT_THAT(prepared(caret), ElementsAre("u a", "v b"));
}

TEST_F(UnclearTables, WordsForMissingTextsOfACatalogueAreNoTexts) {
  write_text(folder_ / "in" / "items.csv", "item_id,title,brand,category\na,NULL,None,nan\nb,Null and Void,\\N,Toys\n");
  read("x.csv", "user,item\nu,a\nv,b\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("a,,,,,,", "b,Null and Void,,Toys,,,"));
}

TEST_F(UnclearCatalogues, OfIdsThatMeetAlikeThoseCalledTheSameAre) {
  write_text(folder_ / "in" / "items.csv", "product_id,sku,title\n1,3,A\n2,1,B\n3,2,C\n");
  read("x.csv", "user,sku\nu,1\nu,2\nv,3\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("1,B,,,,,", "2,C,,,,,", "3,A,,,,,"));
  write_text(folder_ / "in" / "items.csv", "item_id,article_code,title\n1,3,A\n2,1,B\n3,2,C\n");
  read("x.csv", "user,article_code\nu,1\nu,2\nv,3\n", {{}, "article_code", {}, {}});
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("1,B,,,,,", "2,C,,,,,", "3,A,,,,,"));
}

TEST_F(UnclearCatalogues, NumbersFromOneOnAreNotShifted) {
  write_text(folder_ / "in" / "s.inter", "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n1\t2\t0\n");
  write_text(folder_ / "in" / "items.csv", "movie id,title\n1,A\n2,B\n3,C\n");
  prepared(options_of("s.inter"));
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("0,A,,,,,", "1,B,,,,,", "2,C,,,,,"));
  write_text(folder_ / "in" / "items.csv", "movie id,title\n0,A\n1,B\n2,C\n");
  prepared(options_of("s.inter"));
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("0,A,,,,,", "1,B,,,,,", "2,C,,,,,"));
}

TEST_F(UnclearCatalogues, AnEmptyColumnGivesWayToAFilledOne) {
  write_text(folder_ / "in" / "items.csv", "item_id,title,name,category,main_category\na,,Lamp,,Home\n");
  read("x.csv", "user,item\nu,a\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("a,Lamp,,Home,,,"));
}

TEST_F(UnclearCatalogues, OfObjectsTheNamesCount) {
  write_text(folder_ / "in" / "items.json", R"([{"item_id":"a","title":{"lang":"en","value":"Shirt"},
"description":{"type":"/type/text","value":"A long law"},"genres":[{"id":28,"name":"Action"},{"id":12,"name":"War"}],
"brand":{"id":5,"name":"Acme"},"price":{"currency":"EUR","amount":9.5},"image":{"id":1,"src":"a.png"}},
{"item_id":"b","category":{"id":7,"name":"Tops","slug":"tops"},"genres":{"Action":2,"War":0}}])");
  read("x.csv", "user,item\nu,a\nv,b\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("a,Shirt,A long law,Action|War,Acme,9.5,a.png", "b,,,Tops,,,"));
}

TEST_F(UnclearCatalogues, AnIdThatComesSeveralTimesInARecordIsRefused) {
  write_text(folder_ / "in" / "items.json",
             R"({"data":{"edges":[{"node":{"item_id":"a"}},{"node":{"item_id":"b"}}]}})");
  PrepareOptions made = options("x.csv", "user,item\nu,a\nv,b\n");
  made.item_columns.id = "data.edges.node.item_id";
  EXPECT_THAT(refused(made), HasSubstr("lies 2 times in one record"));
}

TEST_F(UnclearCatalogues, WhatDiffersInIdsIsNamed) {
  write_text(folder_ / "in" / "items.csv", "item_id,title\nitem_1,A\nitem_2,B\n");
  EXPECT_THAT(refused("x.csv", "user,item\nu,1\nv,2\n"), HasSubstr("differ in what stands before the number"));
}

TEST_F(UnclearFolders, APairInTwoPartsOfTheSplitIsSaid) {
  write_text(folder_ / "in" / "d" / "train.csv", "user,item\nu,a\nu,b\n");
  write_text(folder_ / "in" / "d" / "test.csv", "user,item\nu,a\nu,c\n");
  prepared(options_of("d"));
  EXPECT_THAT(notes_, Contains(HasSubstr("1 pairs of a user and an item are in two parts of the split")));
}

TEST_F(UnclearFolders, TablesBesideASplitAreNamed) {
  for (const char* part : {"train.csv", "test.csv", "RAW_all.csv"}) {
    write_text(folder_ / "in" / "d" / part, std::string("user,item\nu,") + part + "\n");
  }
  prepared(options_of("d"));
  EXPECT_THAT(notes_, Contains(HasSubstr("RAW_all.csv is not read")));
}

TEST_F(UnclearFolders, ACatalogueCalledLikeTheFolderIsNotTheInteractions) {
  write_text(folder_ / "in" / "anime" / "anime.csv", "anime_id,name\na,Trigun\n");
  write_text(folder_ / "in" / "anime" / "rating.csv", "user_id,anime_id,rating\nu,a,7\n");
  EXPECT_THAT(prepared(options_of("anime")), ElementsAre("u a 7"));
}

TEST_F(UnclearFolders, AnExportIsReadWhateverItsEnding) {
  write_text(folder_ / "in" / "d" / "export.csv", "user,item\nu,a\n");
  EXPECT_THAT(prepared(options_of("d")), ElementsAre("u a"));
  std::filesystem::rename(folder_ / "in/d/export.csv", folder_ / "in/d/export.tab");
  EXPECT_THAT(prepared(options_of("d")), ElementsAre("u a"));
}

TEST_F(UnclearFolders, WhatLiesThereIsNamed) {
  write_text(folder_ / "in" / "d" / "a.sql", "x");
  write_text(folder_ / "in" / "d" / "b.sql", "x");
  std::filesystem::create_directories(folder_ / "in/d/parts");
  EXPECT_THAT(refused(options_of("d")), HasSubstr("there are a.sql, b.sql, parts/"));
}

TEST_F(UnclearFolders, ACatalogueInAWorkbookIsSaid) {
  write_text(folder_ / "in" / "items.xlsx", "PK");
  read("x.csv", "user,item\nu,a\n");
  EXPECT_THAT(notes_, Contains(HasSubstr("items.xlsx lies beside and is no table that can be read")));
}

}  // namespace
}  // namespace monet::test::unclear_files_test
