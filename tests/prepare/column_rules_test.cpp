// From files as people have them to the interactions that are read of them.
#include "tests/prepare/prepared_lines.h"

#include <gmock/gmock.h>

namespace monet::test::column_rules_test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using ColumnRules = PreparedLines;

TEST_F(ColumnRules, IdsKeepTheirDigits) {
  EXPECT_THAT(read("x.jsonl",
                   "{\"user_id\": 100000.0, \"item_id\": 12345678901234567890}\n"
                   "{\"user_id\": 1234567890.1650000001, \"item_id\": 12345678901234567891}\n"
                   "{\"user_id\": 1234567890.1650000002, \"item_id\": 123456789012345678901}\n"),
              ElementsAre("100000.0 12345678901234567890", "1234567890.1650000001 12345678901234567891",
                          "1234567890.1650000002 123456789012345678901"));
  EXPECT_THAT(notes_, IsEmpty());
  EXPECT_THAT(read("x.jsonl",
                   "{\"user_id\": 100000.0, \"item_id\": 76561198000000001.0}\n{\"user_id\": 3, \"item_id\": 1e5}\n"),
              ElementsAre("100000 76561198000000001", "3 100000"));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("user ids are whole numbers"), HasSubstr("item ids are whole numbers")));
  EXPECT_THAT(read("x.csv", "user_id,item_id\n1001.0,007\n1002.0,7\n"), ElementsAre("1001 007", "1002 7"));
}

TEST_F(ColumnRules, FloatIdsOfOneFileMeetTheIntegersOfAnother) {
  write_text(folder_ / "in/items.csv", "item_id,title\n11,One\n12,Two\n");
  read("x.csv", "user_id,item_id\n1,11.0\n1,12.0\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("11,One,,,,,", "12,Two,,,,,"));
  write_text(folder_ / "in/items.csv", "item_id,title\n11.0,One\n12.0,Two\n");
  read("x.csv", "user_id,item_id\n1,11\n1,12\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("11,One,,,,,", "12,Two,,,,,"));
}

TEST_F(ColumnRules, AListWrittenAsTextIsOneInteractionForEachItem) {
  EXPECT_THAT(
      read("x.csv", "user_id,item_id,rating\n1,\"[12345678901234567890, 007]\",4\n2,\"['a, b', 'c']\",\n3,d,2\n"),
      ElementsAre("1 12345678901234567890 4", "1 007 4", "2 a, b", "2 c", "3 d 2"));
  EXPECT_THAT(notes_, Contains(HasSubstr("'item_id' holds lists of items")));
  EXPECT_THAT(read("x.csv", "user_id;item_id\n1;[]\n2;['a' 'b']\n3;{1,2}\n"), ElementsAre("2 a", "2 b", "3 1", "3 2"));
  EXPECT_THAT(notes_, Contains(HasSubstr("1 records have an empty list of items")));
  EXPECT_THAT(read("x.jsonl", "{\"user_id\": 1, \"items\": \"[12, 13]\"}\n{\"user_id\": 2, \"items\": \"[12]\"}\n"),
              ElementsAre("1 12", "1 13", "2 12"));
  EXPECT_THAT(read("x.jsonl", "{\"user_id\": 1, \"item_ids\": \"12, 13\"}\n{\"user_id\": 2, \"item_ids\": \"12\"}\n"),
              ElementsAre("1 12", "1 13", "2 12"));
  EXPECT_THAT(read("x.inter", "user_id:token\titem_id:token_seq\n1\t5 6\n2\t5\n"), ElementsAre("1 5", "1 6", "2 5"));
  EXPECT_THAT(
      refused("x.csv", "user_id,item_id\n1,\"[1, 2]\"\n2,\"[{'id': 5}]\"\n"),
      AllOf(HasSubstr("x.csv:3: a list or an object in the list of items"), HasSubstr("one line for each item")));
  EXPECT_THAT(read("x.csv", "user_id,item_id\n1,[REC] 2\n2,[REC]\n3,Alien\n"),
              ElementsAre("1 [REC] 2", "2 [REC]", "3 Alien"));
}

TEST_F(ColumnRules, OfSeveralFilesTheOnlyOneWithAUserAndAnItemHoldsTheInteractions) {
  write_text(folder_ / "in/BX-Books.csv", "\"ISBN\";\"Book-Title\"\n\"034545104X\";\"Flesh Tones\"\n");
  write_text(folder_ / "in/tree.json", "{\"product_id\": 1, \"parent\": \"user_id: 2\"}\n");
  PrepareOptions made =
      options("BX-Book-Ratings.csv", "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"7\";\"034545104X\";\"5\"\n");
  made.source = folder_ / "in";
  EXPECT_THAT(prepared(made), ElementsAre("7 034545104X 5"));
  EXPECT_THAT(notes_, Contains(AllOf(HasSubstr("BX-Book-Ratings.csv holds the interactions"),
                                     HasSubstr("BX-Books.csv, tree.json are not read"))));
}

TEST_F(ColumnRules, WhatTheDatasetsOfTheFieldCallTheirColumnsIsKnown) {
  write_text(folder_ / "in/articles.csv",
             "article_id,prod_name,product_type_name,detail_desc\n0663713001,Body,Underwear,\"Lace, wires\"\n");
  EXPECT_THAT(read("x.csv", "t_dat,customer_id,article_id,price\n2018-09-20,c1,0663713001,0.05\n"),
              ElementsAre("c1 0663713001 1537401600"));
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("0663713001,Body,\"Lace, wires\",Underwear,,,"));
  std::filesystem::remove(folder_ / "in/articles.csv");
  EXPECT_THAT(read("ga.jsonl",
                   "{\"event_date\": \"20210131\", \"event_timestamp\": \"1612069510766593\", \"user_id\": null, "
                   "\"user_pseudo_id\": \"1026454.4271112504\", \"items\": [{\"item_id\": \"9188202\"}]}\n"),
              ElementsAre("1026454.4271112504 9188202 1612069510.766593"));
}

TEST_F(ColumnRules, ACatalogueThatSaysNothingIsSaid) {
  write_text(folder_ / "in/items.csv", "item_id,libelle\na,Chemise\n");
  read("x.csv", "user_id,item_id\n1,a\n");
  EXPECT_THAT(notes_, Contains(HasSubstr("the catalogue has no title")));
  write_text(folder_ / "in/items.csv", "item_id,title\na,Chemise\n");
  read("x.csv", "user_id,item_id\n1,a\n");
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ColumnRules, TimesThatAreNotTakenAreSaid) {
  EXPECT_THAT(read("x.csv", "user_id,item_id,vu_le\n1,a,2021-01-31\n"), ElementsAre("1 a"));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("'vu_le' may hold some, as '2021-01-31': `time-column vu_le`")));
  EXPECT_THAT(read("x.csv", "user_id,item_id,vu_le\n1,a,2021-01-31\n", {"", "", "", "none"}), ElementsAre("1 a"));
  EXPECT_THAT(notes_, IsEmpty());
  EXPECT_THAT(read("x.csv", "user_id,item_id,order_id\n1,a,1511544070\n"), ElementsAre("1 a"));
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ColumnRules, WithoutAHeaderWhatStandsAtAPlaceIsLookedAt) {
  const auto headerless = [&](std::string_view text, const InteractionColumns& columns = {}) {
    PrepareOptions made = options("x.tsv", text);
    made.format = Format::ratings_user_item;
    made.columns = columns;
    return prepared(made);
  };
  // Taobao: user, item, category, kind, time.
  const std::string_view taobao = "1\t2268318\t2520377\tpv\t1511544070\n1\t2333346\t2520771\tpv\t1511561733\n";
  EXPECT_THAT(headerless(taobao), ElementsAre("1 2268318", "1 2333346"));
  EXPECT_THAT(notes_, Contains(AllOf(HasSubstr("'3' is not read as the rating"), HasSubstr("1000 and more"))));
  EXPECT_THAT(notes_, Contains(HasSubstr("'5' may hold some, as '1511544070'")));
  EXPECT_THAT(headerless(taobao, {"", "", "3", "5"}),
              ElementsAre("1 2268318 2520377 1511544070", "1 2333346 2520771 1511561733"));
  // Last.fm 360K: user, artist's id, artist, plays.
  EXPECT_THAT(headerless("u1\ta1\tArtist\t2137\nu2\ta1\tArtist\t5\n"), ElementsAre("u1 a1", "u2 a1"));
  EXPECT_THAT(notes_, Contains(AllOf(HasSubstr("'4' is not read as the time"), HasSubstr("not of the size of times"))));
  EXPECT_THAT(headerless("u1\ta1\t4\t2137\nu2\ta1\t3\t5\n"), ElementsAre("u1 a1 4 2137", "u2 a1 3 5"));
  // Gowalla: user, time, latitude, longitude, place.
  EXPECT_THAT(headerless("0\t2010-10-19T23:55:27Z\t30.2\t-97.7\t22847\n", {"", "5", "", ""}), ElementsAre("0 22847"));
  EXPECT_THAT(notes_, Contains(HasSubstr("in another column than usual")));
  PrepareOptions lastfm = options("x.tsv", "u1\t2009-05-04T23:08:57Z\ta1\tArtist\n");
  lastfm.format = Format::ratings_user_item;
  EXPECT_THAT(message_of<DataError>([&] { prepare_quietly(lastfm); }),
              HasSubstr("column 2 would be the item, but holds times, as '2009-05-04T23:08:57Z'"));
}

TEST_F(ColumnRules, RatingsOfMinusOneAreSaid) {
  EXPECT_THAT(read("x.csv", "user_id,item_id,rating\n1,a,-1\n1,b,8\n"), ElementsAre("1 a -1", "1 b 8"));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("1 ratings are -1, which often stands for 'not rated'")));
  read("x.csv", "user_id,item_id,rating\n1,a,-1\n1,b,-8.5\n");
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ColumnRules, AColumnThatIsThereTwiceIsReadOnceAndSaid) {
  EXPECT_THAT(read("x.csv", "user_id,item_id,rating,rating\n1,a,1,5\n"), ElementsAre("1 a 1"));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("there are 2 columns 'rating'; the first is read")));
}

TEST_F(ColumnRules, ABoundOfRatingsWithoutRatingsIsRefusedWithTheReason) {
  PrepareOptions made = options("x.csv", "user_id,item_id,rating\n1,a,80%\n1,b,90%\n");
  made.min_rating = 85;
  EXPECT_THAT(message_of<DataError>([&] { prepare_quietly(made); }),
              AllOf(HasSubstr("`min-rating` needs ratings, and none are read"), HasSubstr("its first value is '80%'")));
  made = options("x.csv", "user_id,item_id,rating\n1,a,80\n1,b,\n");
  made.min_rating = 85;
  EXPECT_THAT(message_of<DataError>([&] { prepare_quietly(made); }),
              HasSubstr("none of 2 interactions is rated 85 or more"));
}

TEST_F(ColumnRules, ARecordWithoutAUserSaysHowToGoOn) {
  EXPECT_THAT(refused("x.csv", "user_id,item_id\n,a\n1,b\n"),
              AllOf(HasSubstr("x.csv:2: there is no user id"), HasSubstr("`bad-lines skip`")));
}

TEST_F(ColumnRules, QuotesBehindBackslashesAreCharacters) {
  // The tables of names double the quotes.
  EXPECT_THAT(
      read("x.csv",
           "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"1\";\"A\\\"B;\\\"C\";\"5\"\n\"2\";\"q\\\"\";\"4\"\n"
           "\"3\";\"C:\\\";\"3\"\n\"4\";\"d\"\"e\";\"2\"\n\"5\";\"\\\\\\\"f\\\"\";\"1\"\n"),
      ElementsAre("1 \"A\"\"B;\"\"C\" 5", "2 \"q\"\"\" 4", "3 C:\\ 3", "4 \"d\"\"e\" 2", "5 \"\\\"\"f\"\"\" 1"));
  EXPECT_THAT(refused("x.csv", "user_id,item_id\n\"1\"x,\"a\\\"b\"\n"), HasSubstr("text after a closing quote"));
}

TEST_F(ColumnRules, OtherLayoutsAreNamed) {
  EXPECT_THAT(refused("x.txt", "1:\n1488844,3,2005-09-06\n"), HasSubstr("Netflix prize"));
  EXPECT_THAT(refused("x.txt", "1 100 4\n1 101 5\n"), HasSubstr("separate them by tabs"));
}

TEST_F(ColumnRules, WhatOnlyLooksLikeAListIsOneIdAndSaid) {
  EXPECT_THAT(read("x.csv", "user_id,sku\n1,\"s1,s2\"\n2,s1\n"), ElementsAre("1 s1,s2", "2 s1"));
  EXPECT_THAT(notes_, Contains(HasSubstr("'s1,s2' is read as one item id")));
  EXPECT_THAT(read("x.csv", "user_id,item\n1,blue shirt\n2,blue mug\n"), ElementsAre("1 blue shirt", "2 blue mug"));
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ColumnRules, AListInAListIsNotTakenApart) {
  EXPECT_THAT(refused("x.jsonl", "{\"user\": 1, \"items\": [[12, 5], [13, 2]]}\n"),
              AllOf(HasSubstr("x.jsonl:1: a list in the list of items under 'items'"), HasSubstr("\"item_id\"")));
}

TEST_F(ColumnRules, ListsBesideAListOfItemsNeedAsManyValues) {
  EXPECT_THAT(
      read("x.jsonl", "{\"user\": 1, \"items\": [5, 6], \"ratings\": [2, 3], \"timestamps\": [1600000000, 7]}\n"),
      ElementsAre("1 5 2 1600000000", "1 6 3 7"));
  EXPECT_THAT(refused("x.jsonl", "{\"user\": 1, \"items\": [5, 6], \"rating\": [3]}\n"),
              HasSubstr("1 values under 'rating' for 2 items"));
}

TEST_F(ColumnRules, AListIsOneInteractionForEachItem) {
  EXPECT_THAT(read("x.jsonl",
                   "{\"user\": 1, \"items\": [5, 6], \"rating\": 4}\n{\"user\": 2, \"items\": []}\n"
                   "{\"user\": 3, \"items\": [\"a\"]}\n"),
              ElementsAre("1 5 4", "1 6 4", "3 a"));
  EXPECT_THAT(notes_, Contains(HasSubstr("1 records have an empty list of items")));
  EXPECT_THAT(read("x.jsonl",
                   "{\"user\": 1, \"items\": [{\"id\": 5, \"rating\": 2}, {\"id\": 6}, {\"id\": 7, \"rating\": 3}]}\n"),
              ElementsAre("1 5 2", "1 6", "1 7 3"));
  EXPECT_THAT(read("x.jsonl", "{\"user\": 1, \"items\": [5, 6], \"stars\": [2, 3]}\n", {"", "", "stars", ""}),
              ElementsAre("1 5 2", "1 6 3"));
  EXPECT_THAT(refused("x.jsonl", "{\"user\": 1, \"items\": [5, 6, 7], \"stars\": [2, 3]}\n", {"", "", "stars", ""}),
              AllOf(HasSubstr("x.jsonl:1"), HasSubstr("2 values under 'stars' for 3 items")));
  EXPECT_THAT(refused("x.jsonl", "{\"user\": 1, \"items\": [{\"id\": 5}, {\"name\": \"x\"}]}\n"),
              AllOf(HasSubstr("x.jsonl:1"), HasSubstr("of the 2 entries of 'items' only 1")));
  EXPECT_THAT(refused("x.jsonl", "{\"user\": [1, 2], \"item\": 5}\n", {"user", "", "", ""}),
              AllOf(HasSubstr("x.jsonl:1"), HasSubstr("several users in one record, '1' and '2'")));
}

TEST_F(ColumnRules, BasketsOfOrdersAreRead) {
  const std::string orders =
      "{\"orders\": [{\"id\": 900, \"customer\": {\"first_name\": \"Anna\", \"id\": 1},\n"
      "  \"created_at\": \"2021-01-01T12:00:00+02:00\",\n"
      "  \"line_items\": [{\"id\": 70, \"product_id\": 11}, {\"id\": 71, \"product_id\": 12}]},\n"
      " {\"id\": 901, \"customer\": {\"first_name\": \"Anna\", \"id\": 2}, \"created_at\": \"2021-01-02T10:00:00Z\",\n"
      "  \"line_items\": [{\"id\": 72, \"product_id\": 11}]}]}";
  const auto expected = ElementsAre("1 11 1609495200", "1 12 1609495200", "2 11 1609581600");
  EXPECT_THAT(read("orders.json", orders), expected);
  EXPECT_THAT(read("orders.json", orders, {"customer.id", "line_items.product_id", "", ""}), expected);
  EXPECT_THAT(read("orders.json", orders, {"customer", "line_items", "", ""}),
              ElementsAre("1 70 1609495200", "1 71 1609495200", "2 72 1609581600"));
}

TEST_F(ColumnRules, MongosTypesAreTransparent) {
  EXPECT_THAT(read("x.json",
                   "{\"user_id\": {\"$oid\": \"5f\"}, \"item_id\": {\"$numberLong\": \"77\"}, \"date\": {\"$date\": "
                   "\"2021-01-01T00:00:00Z\"}}\n"
                   "{\"user_id\": {\"$oid\": \"60\"}, \"item_id\": {\"$numberLong\": \"78\"}, \"date\": {\"$date\": "
                   "\"2021-01-02T00:00:00.500Z\"}}\n"),
              ElementsAre("5f 77 1609459200", "60 78 1609545600.5"));
  EXPECT_THAT(read("x.json",
                   "{\"user_id\": 1, \"item_id\": 2, \"rating\": {\"$numberDouble\": \"4.5\"}, "
                   "\"date\": {\"$date\": {\"$numberLong\": \"1609459200000\"}}}\n"),
              ElementsAre("1 2 4.5 1609459200"));
}

TEST_F(ColumnRules, ARecordWithoutTheKeyNeverGetsAnotherIdentity) {
  const std::string text =
      "{\"user_id\": \"u1\", \"session_id\": \"s1\", \"item_id\": 1}\n{\"user_id\": null, \"session_id\": \"s2\", "
      "\"item_id\": 2}\n"
      "{\"user_id\": \"u2\", \"session_id\": \"s3\", \"item_id\": 3}\n";
  EXPECT_THAT(refused("x.jsonl", text), AllOf(HasSubstr("x.jsonl:2"), HasSubstr("no user id")));
  PrepareOptions skipping = options("x.jsonl", text);
  skipping.skip_bad_lines = true;
  EXPECT_THAT(prepared(skipping), ElementsAre("u1 1", "u2 3"));
  EXPECT_THAT(notes_, Contains(HasSubstr("1 lines of the interactions")));
}

TEST_F(ColumnRules, ListsOfRecordsAndRecordsOverLines) {
  const auto expected = ElementsAre("u1 a 4", "u2 b");
  for (const char* text :
       {"[{\"user_id\": \"u1\", \"item_id\": \"a\", \"rating\": 4.0}, {\"user_id\": \"u2\", \"item_id\": \"b\", "
        "\"rating\": NaN}]",
        "[\n{\"user_id\": \"u1\", \"item_id\": \"a\", \"rating\": 4},\n{\"user_id\": \"u2\", \"item_id\": \"b\"}\n]\n",
        "{\n \"user_id\": \"u1\",\n \"item_id\": \"a\",\n \"rating\": 4\n}\n{\n \"user_id\": \"u2\",\n \"item_id\": "
        "\"b\"\n}\n",
        "{\"reviews\": [{\"user_id\": \"u1\", \"item_id\": \"a\", \"rating\": 4}, {\"user_id\": \"u2\", \"item_id\": "
        "\"b\"}]}",
        "[{'user_id': 'u1', 'item_id': 'a', 'rating': 4}, {'user_id': 'u2', 'item_id': 'b', 'rating': nan}]"}) {
    EXPECT_THAT(read("x.json", text), expected) << text;
  }
  EXPECT_THAT(refused("x.json", "{\"user\": 1, \"item\": 2}\n{'user': 1, 'item': 3}\n"),
              AllOf(HasSubstr("x.json:2"), HasSubstr("single quotes")));
}

TEST_F(ColumnRules, WhatPythonWritesIsMissingAndCounted) {
  EXPECT_THAT(read("x.jsonl",
                   "{\"user\": \"u\", \"item\": \"a\", \"rating\": NaN, \"time\": Infinity}\n"
                   "{\"user\": \"\\ud83d\", \"item\": \"b\", \"rating\": 4.0, \"time\": 5}\n"),
              ElementsAre("u a", "\ufffd b 4 5"));
  EXPECT_THAT(notes_, Contains(HasSubstr("2 values are NaN or Infinity")));
  EXPECT_THAT(notes_, Contains(HasSubstr("1 halves of characters")));
  EXPECT_THAT(refused("x.jsonl", "{\"user\": 1, \"item\": 2}\n{\"user\": NaN, \"item\": 2}\n"),
              AllOf(HasSubstr("x.jsonl:2"), HasSubstr("no user id")));
  EXPECT_THAT(refused("x.jsonl", "{\"user\": true, \"item\": 2}\n"), HasSubstr("no id"));
  EXPECT_THAT(read("x.jsonl", "{\"user\": 1, \"item\": 2, \"item\": 3}\n"), ElementsAre("1 3"));
}

TEST_F(ColumnRules, WordsForWhatIsMissing) {
  EXPECT_THAT(read("x.csv", "user,item,rating,time\na,x,NULL,\\N\na,y,4,1609459200\nNA,y,None,NA\n"),
              ElementsAre("a x", "a y 4 1609459200", "NA y"));
  EXPECT_THAT(notes_, Contains(HasSubstr("2 interactions have no rating")));
  for (const char* word : {"NULL", "nan", "None", "\\N"}) {
    EXPECT_THAT(refused("x.csv", fmt::format("user,item\na,x\n{},y\n", word)),
                AllOf(HasSubstr("x.csv:3"), HasSubstr("no user id but")));
  }
}

TEST_F(ColumnRules, RatingsAreComparedBeforeTheyAreNarrowed) {
  PrepareOptions made = options("x.csv", "user,item,rating\na,x,8.2\na,y,8.19\na,z,0.1\n");
  made.min_rating = 8.2;
  EXPECT_THAT(prepared(made), ElementsAre("a x 8.2"));
  made.min_rating = 0.1;
  EXPECT_EQ(prepared(made).size(), 3U);
  EXPECT_THAT(read("x.csv", "user;item;rating\na;x;4,5\na;y;3\n"), ElementsAre("a x 4.5", "a y 3"));
  EXPECT_THAT(refused("x.csv", "user,item,rating\na,x,1e39\n"), AllOf(HasSubstr("x.csv:2"), HasSubstr("float32")));
  EXPECT_THAT(refused("x.csv", "user,item,score\na,x,1\na,y,2\na,z,high\n"),
              AllOf(HasSubstr("x.csv:4"), HasSubstr("'high'"), HasSubstr("`rating-column none`")));
  EXPECT_THAT(refused("x.csv", "user,item,score\na,x,good\na,y,bad\n", {"", "", "score", ""}),
              AllOf(HasSubstr("x.csv:2"), HasSubstr("'good'")));
}

TEST_F(ColumnRules, TimesAreKeptAsSeconds) {
  EXPECT_THAT(read("x.csv", "user,item,Created at\na,x,2021-01-01 06:00:00 -0400\na,y,2021-01-01 10:00:00.5 UTC\n"),
              ElementsAre("a x 1609495200", "a y 1609495200.5"));
  EXPECT_THAT(read("x.csv", "user,item,time\na,x,1609459200250\na,y,1609459201000\n"),
              ElementsAre("a x 1609459200.25", "a y 1609459201"));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("times are milliseconds")));
  EXPECT_THAT(read("x.csv", "user,item,time\na,x,1609459200000000000\n"), ElementsAre("a x 1609459200"));
  EXPECT_THAT(read("x.csv", "user,item,time\na,x,11/15/2019 8:55:22 PM\na,y,11/05/2019\n"),
              ElementsAre("a x 1573851322", "a y 1572912000"));
  EXPECT_THAT(read("x.csv", "user,item,time\na,x,3\na,y,1\n"), ElementsAre("a x 3", "a y 1"));
  EXPECT_THAT(refused("x.csv", "user,item,time\na,x,1609459200\na,y,1609459200000\na,z,1609459201\n"),
              AllOf(HasSubstr("x.csv:3"), HasSubstr("another size"), HasSubstr("`time-column none`")));
  EXPECT_THAT(refused("x.csv", "user,item,when\na,x,01/02/2021\n", {"", "", "", "when"}),
              AllOf(HasSubstr("x.csv:2"), HasSubstr("the day or the month first")));
  EXPECT_THAT(read("reviews.json", "{\"reviewerID\": \"A\", \"asin\": \"B\", \"reviewTime\": \"09 13, 2014\"}\n"),
              ElementsAre("A B 1410566400"));
}

TEST_F(ColumnRules, OptionalColumnsOfTheCatalogueCanBeDeclined) {
  write_text(folder_ / "in/items.csv", "item_id,title,price,store\nx,One,1,Shop\n");
  PrepareOptions made = options("x.csv", "user,item\na,x\n");
  made.item_columns.price = "none";
  made.item_columns.title = "store";
  prepared(made);
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("x,Shop,,,,,"));  // the brand has no column any more
  write_text(folder_ / "in/items.csv", "");
  std::filesystem::remove(folder_ / "in/items.csv");
  write_text(
      folder_ / "in/items.jsonl",
      "{\"product\": {\"id\": \"x\", \"name\": \"One\"}, \"price\": 5, \"store\": \"Shop\", \"description\": \"d\"}\n");
  made.item_columns = {};
  made.item_columns.id = "product";
  made.item_columns.title = "product.name";
  made.item_columns.brand = "none";
  made.item_columns.description = {"none"};
  prepared(made);
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("x,One,,,,5,"));
}

TEST_F(ColumnRules, TheKeyOfATablesIdsIsTheOneThatMatches) {
  write_text(folder_ / "in/items.csv", "id,sku,asin,title\n1,s1,B1,One\n2,s2,B2,Two\n");
  read("x.csv", "user,item\na,s2\na,s1\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("s2,Two,,,,,", "s1,One,,,,,"));
  EXPECT_THAT(notes_, Contains(AllOf(HasSubstr("the item ids are 'sku'"), HasSubstr("of 'id' 0"))));
  read("x.csv", "user,item\na,2\na,1\n");
  EXPECT_THAT(lines_of("items.csv"), ElementsAre("2,Two,,,,,", "1,One,,,,,"));
}

}  // namespace
}  // namespace monet::test::column_rules_test
