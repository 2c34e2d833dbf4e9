// Which key of a file says what: chosen once, over a sample, and said.
#include "monet/prepare/choose_keys.h"

#include "monet/input/json_record.h"
#include "monet/prepare/records/record_survey.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test::choose_keys_test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Survey survey_of(std::string_view text) {
  Survey survey;
  with_records(text, [&](input::RecordReader& records) {
    input::JsonRecordParser parser;
    survey = survey_records(records, parser);
  });
  return survey;
}

KeyChoice choose(std::string_view text, const InteractionColumns& named = {}) {
  return choose_keys({survey_of(text), "x.json", false, named});
}

KeyChoice choose_columns(std::string_view text, const InteractionColumns& named = {},
                         const InteractionColumns& usual = {}, bool has_header = true) {
  KeyChoice choice;
  with_lines(text, [&](input::LineReader& lines) {
    input::TableReader table(lines, '\0', has_header);
    choice = choose_keys({survey_table(table), "x.csv", true, named, usual});
  });
  return choice;
}

std::string names(const KeyChoice& choice) {
  return choice.user.name() + " " + choice.item.name() + " " + choice.rating.name() + " " + choice.time.name();
}

std::string refusal(std::string_view text, const InteractionColumns& named) {
  return message_of<DataError>([&] { choose(text, named); });
}

TEST(Keys, SpecificNamesWinOverGenericOnes) {
  EXPECT_EQ(names(choose_columns("user,user_id,item,item_id\na,1,b,2\n")), "user_id item_id  ");
  EXPECT_EQ(names(choose_columns("username,uid,product,sku\na,1,b,2\n")), "uid sku  ");
  EXPECT_EQ(names(choose_columns("customer,Customer ID,movie,movieId\na,1,b,2\n")), "Customer ID movieId  ");
  EXPECT_EQ(names(choose_columns("user,item\na,b\n")), "user item  ");
  EXPECT_EQ(names(choose(R"({"asin":"v","parent_asin":"p","user_id":"u"})")), "user_id parent_asin  ");
}

TEST(Keys, OneKeyHoldsForTheWholeFile) {
  const KeyChoice steam = choose(R"({"username":"a","user_id":null,"product_id":1})"
                                 "\n"
                                 R"({"username":"b","user_id":"7","product_id":2})");
  EXPECT_EQ(steam.user.name(), "username");
  EXPECT_THAT(steam.notes,
              ElementsAre(AllOf(HasSubstr("'username', in 2 of the first 2"), HasSubstr("'user_id' is in 1"))));
  const KeyChoice visits = choose(R"({"user_id":null,"session_id":"s1","item_id":1})"
                                  "\n"
                                  R"({"user_id":"u","session_id":"s2","item_id":2})");
  EXPECT_EQ(visits.user.name(), "user_id");
  EXPECT_EQ(choose(R"({"session_id":"s1","item_id":1})").user.name(), "session_id");
}

TEST(Keys, AnObjectUnderAKeyGivesItsId) {
  const std::string order = R"({"customer":{"first_name":"Anna","id":5},"product":{"title":"x","product_id":7}})";
  EXPECT_EQ(names(choose(order, {"customer", "product", "", ""})), "customer.id product.product_id  ");
  EXPECT_EQ(names(choose(order)), "customer.id product.product_id  ");
  EXPECT_EQ(names(choose(R"({"user":{"_id":{"$oid":"5f"}},"item":{"$oid":"6a"}})")), "user._id item  ");
  EXPECT_EQ(names(choose(order, {"customer.first_name", "product.title", "", ""})),
            "customer.first_name product.title  ");
  EXPECT_EQ(choose(R"({"customer.id":1,"customer":{"id":2},"item":3})", {"customer.id", "", "", ""}).user.below, "");
  EXPECT_THAT(refusal(R"({"who":{"first":"A","last":"B"},"item":1})", {"who", "", "", ""}),
              AllOf(HasSubstr("under 'who' lie objects"), HasSubstr("`user-column` who.KEY (KEY: first, last)")));
  EXPECT_THAT(refusal(R"({"user":1,"item":2})", {"who", "", "", ""}),
              AllOf(HasSubstr("no key 'who'"), HasSubstr("there are user, item")));
  EXPECT_THAT(refusal(R"({"who":1,"what":2})", {}), AllOf(HasSubstr("no key of the user"), HasSubstr("`user-column`")));
}

TEST(Keys, ListsOfItemsAreRecognised) {
  EXPECT_EQ(names(choose(R"({"user":1,"items":[1,2,3]})")), "user items  ");
  EXPECT_EQ(names(choose(R"({"user":1,"items":[{"id":1,"qty":2}]})")), "user items.id  ");
  const KeyChoice basket = choose(
      R"({"customer":{"id":1},"line_items":[{"product_id":3,"rating":4},{"product_id":4}],"created_at":"2021-01-01"})");
  EXPECT_EQ(names(basket), "customer.id line_items.product_id line_items.rating created_at");
  EXPECT_THAT(basket.notes, Contains(HasSubstr("one interaction for each of its values")));
  // A product's own rating is not the user's.
  EXPECT_EQ(choose(R"({"user":1,"product":{"id":1,"rating":4.5}})").rating.name(), "");
}

TEST(Keys, NoColumnHasTwoRoles) {
  EXPECT_EQ(names(choose_columns("user,item,timestamp\na,b,5\n", {"", "", "timestamp", ""})), "user item timestamp ");
  EXPECT_EQ(names(choose_columns("user,item,user_id\na,b,5\n", {"", "user_id", "", ""})), "user user_id  ");
  const InteractionColumns headerless{"1", "2", "3", "4"};
  EXPECT_EQ(names(choose_columns("u,i,x,7\n", {"", "", "4", ""}, headerless, false)), "1 2 4 ");
  EXPECT_THAT(message_of<DataError>([] {
                choose_columns("user,item\na,b\n", {"user", "user", "", ""});
              }),
              HasSubstr("two roles"));
  EXPECT_THAT(message_of<DataError>([&] {
                choose_columns("u,i,x,7\n", {"", "1", "", ""}, headerless, false);
              }),
              AllOf(HasSubstr("column 1 would be the user"), HasSubstr("`user-column`")));
}

TEST(Keys, AGuessThatCannotBeReadIsLeftOutAndSaid) {
  const KeyChoice films = choose_columns("user,item,rating,date\na,b,PG-13,long ago\na,c,R,today\n");
  EXPECT_EQ(names(films), "user item  ");
  EXPECT_THAT(films.notes,
              ElementsAre(AllOf(HasSubstr("'date'"), HasSubstr("'long ago'"), HasSubstr("`time-column none`")),
                          AllOf(HasSubstr("'rating'"), HasSubstr("'PG-13'"), HasSubstr("`rating-column NAME`"))));
  for (const char* text : {"5/5", "\u2605\u2605\u2605", "1,000"}) {
    EXPECT_EQ(choose_columns(fmt::format("user\titem\tstars\na\tb\t{}\n", text)).rating.name(), "") << text;
  }
  // One odd cell does not make a column of numbers a text.
  EXPECT_EQ(choose_columns("user,item,rating\na,b,1\na,c,2\na,d,x\n").rating.name(), "rating");
  // The next name may do.
  EXPECT_EQ(choose_columns("user,item,date,created_at\na,b,Monday,2021-01-01\n").time.name(), "created_at");
  EXPECT_EQ(names(choose_columns("user,item,rating\na,b,PG\n", {"", "", "rating", ""})), "user item rating ");
}

TEST(Keys, NoneDeclines) {
  EXPECT_EQ(names(choose_columns("user,item,rating,time\na,b,1,2\n", {"", "", "none", "none"})), "user item  ");
  EXPECT_EQ(names(choose(R"({"user":1,"item":2,"rating":3,"time":4})", {"", "", "none", ""})), "user item  time");
}

TEST(Keys, WithoutAHeaderTheThirdColumnMayBeTheTime) {
  const InteractionColumns usual{"1", "2", "3", "none"};
  const KeyChoice times = choose_columns("u\ti\t1609459200\nu\tj\t1609459300\n", {}, usual, false);
  EXPECT_EQ(names(times), "1 2  3");
  EXPECT_THAT(times.notes, Contains(HasSubstr("taken for the time")));
  EXPECT_EQ(names(choose_columns("u\ti\t2021-01-01\nu\tj\t2021-01-02\n", {}, usual, false)), "1 2  3");
  EXPECT_EQ(names(choose_columns("u\ti\t4.5\nu\tj\t3\n", {}, usual, false)), "1 2 3 ");
  EXPECT_EQ(names(choose_columns("u\ti\t1609459200\n", {"", "", "3", ""}, usual, false)), "1 2 3 ");
}

TEST(Keys, HowTextsAreWrittenIsTold) {
  const KeyChoice choice = choose_columns("user;item;rating;time\n1.0;a;4,5;1609459200000\n2.0;b;3;1609459201000\n");
  EXPECT_TRUE(choice.style.decimal_comma);
  EXPECT_TRUE(choice.style.whole_users);
  EXPECT_FALSE(choice.style.whole_items);
  EXPECT_EQ(choice.style.time.per_second, 1e3);
  EXPECT_THAT(choice.notes,
              ElementsAre(HasSubstr("decimal comma"), HasSubstr("milliseconds"), HasSubstr("'1.0' is kept as 1")));
  // A version is no whole number; an id that may be text stays as it is.
  EXPECT_FALSE(choose_columns("user,item\n1.0,a\n1.5,b\n").style.whole_users);
  EXPECT_FALSE(choose_columns("user,item\n1.0,a\n2,b\n").style.whole_users);
  EXPECT_TRUE(choose("{\"user\":1.0,\"item\":1}\n{\"user\":2,\"item\":1}\n").style.whole_users);
  EXPECT_FALSE(choose("{\"user\":1.0,\"item\":1}\n{\"user\":2.5,\"item\":1}\n").style.whole_users);
  EXPECT_THAT(choose_columns("user,item\na,1.23457E+12\n").notes, Contains(HasSubstr("rounded by a spreadsheet")));
}

TEST(Keys, TheCataloguesIdsAreThoseOfTheInteractions) {
  const auto key = [](std::string_view text, std::vector<std::string> known, std::vector<std::string>& notes) {
    const auto knows = [&](std::string_view id) { return std::find(known.begin(), known.end(), id) != known.end(); };
    return choose_item_key(survey_of(text), "c.json", "", knows, false, notes).name();
  };
  const std::string books = R"({"book_id":"11","asin":"","id":1,"sku":"s1"})"
                            "\n"
                            R"({"book_id":"12","asin":"B1","id":2,"sku":"s2"})";
  std::vector<std::string> notes;
  EXPECT_EQ(key(books, {"11", "12"}, notes), "book_id");
  EXPECT_THAT(notes, ElementsAre(AllOf(HasSubstr("'book_id': 2 of its values"), HasSubstr("of 'asin' 0"))));
  EXPECT_EQ(key(books, {"s1", "s2"}, notes), "sku");
  EXPECT_EQ(key(books, {"1", "2"}, notes), "id");
  EXPECT_EQ(key(books, {"B1"}, notes), "asin");
  EXPECT_EQ(key(books, {"none of them"}, notes), "book_id");
  notes.clear();
  EXPECT_EQ(key(R"({"id":5.0,"title":"x"})", {"5"}, notes), "id");
  EXPECT_THAT(notes, IsEmpty());
  EXPECT_EQ(key(R"({"title":"x"})", {}, notes), "");
}

}  // namespace
}  // namespace monet::test::choose_keys_test
