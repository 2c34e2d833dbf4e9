// Interactions from tables and records, and the log that takes them.
#include "monet/input/json_record.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/records/record_interactions.h"
#include "monet/prepare/tables/table_interactions.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using namespace prepare;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

InteractionLog read_table(std::string_view text, bool skip = false, Index* skipped = nullptr) {
  InteractionLog log({});
  with_lines(text, [&](LineReader& lines) {
    BadLines bad(skip);
    TableReader table(lines, '\0', true);
    read_table_interactions(table, {}, bad, log);
    if (skipped != nullptr) *skipped = bad.count();
  });
  return log;
}

TEST(Tables, QuotedFieldsMayHoldSeparatorsQuotesAndLineEnds) {
  InteractionLog log = read_table(
      "user,item,text,rating\n\"a\",\"x,1\",\"one\ntwo \"\"too\"\"\r\n\nthree\",4.5\n"
      "\"b \"\"q\"\"\",y,\"\",\n\nc,z,\"a\nb\",\"3\"\r\n");
  ASSERT_EQ(log.size(), 3);
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("a", "b \"q\"", "c"));
  EXPECT_THAT(log.item_names.take_names(), ElementsAre("x,1", "y", "z"));
  EXPECT_FLOAT_EQ(log.ratings[0], 4.5F);
  EXPECT_FLOAT_EQ(log.ratings[2], 3.0F);
  EXPECT_EQ(log.without_rating(), 1);
}

TEST(Tables, AQuoteAmongTabsIsACharacter) {
  InteractionLog log = read_table("user\titem\n\"Weird\" Al\tx\n\"quoted\"\t\"y\n");
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("\"Weird\" Al", "quoted"));
  EXPECT_THAT(log.item_names.take_names(), ElementsAre("x", "\"y"));
}

TEST(Tables, EveryRefusalNamesFileLineAndRemedy) {
  const auto refusal = [](std::string_view text) { return message_of<DataError>([&] { read_table(text); }); };
  EXPECT_THAT(refusal("user,item\na,x\nb\n"), AllOf(HasSubstr("memory:3"), HasSubstr("1 field"), HasSubstr("quote")));
  EXPECT_THAT(refusal("user,item,rating\na,x,5\n\nb,y,nan\n"), AllOf(HasSubstr("memory:4"), HasSubstr("'nan'")));
  EXPECT_THAT(refusal("user,item,rating\na,x,1e999\n"), HasSubstr("finite"));
  EXPECT_THAT(refusal("user,item,rating\na,,5\n"), AllOf(HasSubstr("memory:2"), HasSubstr("no item id")));
  EXPECT_THAT(refusal("user,item,time\na,x,yesterday\n"), AllOf(HasSubstr("'yesterday'"), HasSubstr("ISO date")));
  EXPECT_THAT(refusal("user,item,x_label\na,x,3\n"), HasSubstr("x_label is '3'"));
  EXPECT_THAT(refusal("user,item\na,\"x\n\n"), AllOf(HasSubstr("memory:2"), HasSubstr("not closed")));
  EXPECT_THAT(refusal("user,item\n\"a\"b,x\n"), HasSubstr("closing quote"));
  EXPECT_THAT(refusal("user,item\n\"a\nb\",x\n"), HasSubstr("control character"));
  EXPECT_THAT(refusal("who,what\na,x\n"), AllOf(HasSubstr("no user column"), HasSubstr("`user-column`")));
  EXPECT_THAT(refusal("user\na\n"), HasSubstr("one column"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
}

TEST(Tables, BadLinesCanBeSkippedAndAreCounted) {
  Index skipped = 0;
  const InteractionLog log = read_table("user,item,rating\na,x,5\nb,y\nc,z,nan\nd,w,4\n", true, &skipped);
  EXPECT_EQ(log.size(), 2);
  EXPECT_EQ(skipped, 2);
}

TEST(Log, TimesRatingsAndTheThreshold) {
  InteractionLog log({3.0, true});
  log.add({"u", "i", "3", "1602133857705"});
  log.add({"u", "j", "2.5", "1602133857"});
  log.add({"u", "k", "", "1602133857"});
  log.add({" v ", "j", "5", "1602133858"});
  log.add({"v", "i", "4", "2020-10-08T05:10:57Z"});
  log.settle();
  EXPECT_EQ(log.below_min_rating(), 2);
  EXPECT_THAT(log.times, ElementsAre(1602133857.705, 1602133858.0, 1602133857.0));
  EXPECT_EQ(log.times_in_ms(), 1);
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("u", "v"));
}

InteractionLog read_records(std::string_view text, const InteractionColumns& columns = {}) {
  InteractionLog log({});
  with_records(text, [&](RecordReader& records) {
    BadLines bad(false);
    JsonRecordParser parser;
    read_record_interactions(records, parser, columns, bad, log);
  });
  return log;
}

TEST(Records, KeysAreFoundOrGiven) {
  InteractionLog log =
      read_records(R"({"user_id":"u","asin":"variant","parent_asin":"parent","rating":5.0,"timestamp":1})"
                   "\n\n"
                   R"({"timestamp":2,"rating":null,"user_id":7,"parent_asin":"parent"})");
  EXPECT_THAT(log.user_names.take_names(), ElementsAre("u", "7"));
  EXPECT_THAT(log.item_names.take_names(), ElementsAre("parent"));
  EXPECT_EQ(log.without_rating(), 1);
  InteractionLog given = read_records(R"({"who":"u","what":{"id":"x"},"user":"no"})", {"who", "what", "", ""});
  EXPECT_THAT(given.user_names.take_names(), ElementsAre("u"));
  EXPECT_THAT(given.item_names.take_names(), ElementsAre("x"));
  EXPECT_THAT(message_of<DataError>([] { read_records("{\"user\":\"u\",\"item\":\"i\"}\n{\"user\":\"u\"}\n"); }),
              AllOf(HasSubstr("memory:2"), HasSubstr("no item id")));
  EXPECT_EQ(read_records("{\"user\":\"u\",\"item\":\"i\",\"rating\":NaN}").without_rating(), 1);
}

}  // namespace
}  // namespace monet::test
