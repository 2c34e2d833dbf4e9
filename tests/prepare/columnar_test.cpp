// Parquet: the right values from columns of every type, not only an end without an error.
#include "tests/prepare/columnar_fixture.h"

namespace monet::test::columnar {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// ---- ids

TEST_F(Columnar, IdsKeepTheirDigitsWhateverTheirType) {
  EXPECT_THAT(
      interactions_of("SELECT * FROM (VALUES (9223372036854775807::BIGINT, '007'), (-5, ' x y ')) t(user_id, item_id)"),
      ElementsAre("9223372036854775807 007", "-5 x y"));
  EXPECT_THAT(interactions_of(
                  "SELECT * FROM (VALUES (18446744073709551615::UBIGINT, 3::TINYINT), (7, -4)) t(user_id, item_id)"),
              ElementsAre("18446744073709551615 3", "7 -4"));
  EXPECT_THAT(
      interactions_of("SELECT '12345678-1234-5678-9abc-def012345678'::UUID AS user_id, 5::USMALLINT AS item_id"),
      ElementsAre("12345678-1234-5678-9abc-def012345678 5"));
  EXPECT_THAT(interactions_of("SELECT 12345678901234567890::DECIMAL(38,0) AS user_id, 7.00::DECIMAL(9,2) AS item_id"),
              ElementsAre("12345678901234567890 7"));
  EXPECT_THAT(interactions_of("SELECT 7.50::DECIMAL(9,2) AS user_id, 4294967295::UINTEGER AS item_id"),
              ElementsAre("7.50 4294967295"));
}

TEST_F(Columnar, WholeFloatsAreTheIntegersThatTheyWere) {
  EXPECT_THAT(
      interactions_of("SELECT * FROM (VALUES (1001.0::DOUBLE, 4.0::FLOAT), (2.5, 16777215)) t(user_id, item_id)"),
      ElementsAre("1001 4", "2.5 16777215"));
  EXPECT_THAT(result_.notes, Contains(HasSubstr("user ids are floating-point numbers")));
  EXPECT_THAT(result_.notes, Contains(HasSubstr("item ids are floating-point numbers")));
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT 1e17::DOUBLE AS user_id, 1 AS item_id"))),
              AllOf(HasSubstr("e.parquet: row 1: the user id 1e+17"), HasSubstr("integers or texts")));
}

TEST_F(Columnar, TheSameIdAsNumberAndAsTextIsOne) {
  make("t/part-0.parquet", "SELECT 7::BIGINT AS user_id, 'a' AS item_id");
  make("t/part-1.parquet", "SELECT '7' AS user_id, 'b' AS item_id");
  make("t/part-2.parquet", "SELECT 7.0::DOUBLE AS user_id, 'c' AS item_id");
  EXPECT_EQ(prepare(options_for(folder_ / "t")).users, 1);
  EXPECT_THAT(interactions(), ElementsAre("7 a", "7 b", "7 c"));
}

TEST_F(Columnar, ManyIdsGetTheRightIndices) {
  const PrepareResult result = prepare(options_for(
      make("events.parquet",
           "SELECT (i * 7919 % 50021)::BIGINT AS user_id, 'p' || (i % 977) AS item_id FROM range(60000) r(i)")));
  EXPECT_EQ(result.users, 50021);
  EXPECT_EQ(result.items, 977);
  const auto lines = interactions();
  ASSERT_EQ(lines.size(), 60000U);
  for (std::size_t i = 0; i < lines.size(); i += 11) {
    ASSERT_EQ(lines[i], std::to_string(i * 7919 % 50021) + " p" + std::to_string(i % 977));
  }
}

TEST_F(Columnar, WhatIsNoIdIsRefusedByNameAndType) {
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT true AS user_id, 1 AS item_id"))),
              AllOf(HasSubstr("'user_id' holds BOOLEAN"), HasSubstr("`user-column`")));
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT 1 AS user_id, DATE '2024-01-01' AS item_id"))),
              AllOf(HasSubstr("'item_id' holds DATE"), HasSubstr("`item-column`")));
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT [1] AS user_id, 1 AS item_id"))),
              HasSubstr("a list where one user id belongs"));
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT 1 AS who, 1 AS what"))),
              AllOf(HasSubstr("no user column is recognised among who, what"), HasSubstr("`user-column`")));
  PrepareOptions named = options_for(make("e.parquet", "SELECT 1 AS who, 1 AS what"));
  named.columns.user = "whom";
  EXPECT_THAT(refusal(named), HasSubstr("there is no column 'whom' for the user; the columns are who, what"));
  named.columns.user = "who";
  named.columns.item = "what";
  prepare(named);
  EXPECT_THAT(interactions(), ElementsAre("1 1"));
}

TEST_F(Columnar, AMissingIdIsABadRow) {
  const std::string rows =
      "SELECT * FROM (VALUES (1, 'a'), (NULL, 'b'), (3, NULL), (4, ''), (5, 'e'), (6, 'f'), (7, 'g'), "
      "(8, 'h')) t(user_id, item_id)";
  PrepareOptions options = options_for(make("e.parquet", rows));
  EXPECT_THAT(refusal(options), HasSubstr("e.parquet: row 2: there is no user id"));
  options.skip_bad_lines = true;
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 a", "5 e", "6 f", "7 g", "8 h"));
  EXPECT_THAT(result_.notes, Contains(AllOf(HasSubstr("3 lines"), HasSubstr("row 2: there is no user id"))));
}

TEST_F(Columnar, RowsAreCountedThroughAllChunksOfAFile) {
  EXPECT_THAT(refusal(options_for(make(
                  "e.parquet",
                  "SELECT CASE WHEN i = 7000 THEN NULL ELSE i END AS user_id, i AS item_id FROM range(9000) r(i)"))),
              HasSubstr("e.parquet: row 7001: there is no user id"));
}

// ---- lists and structs

TEST_F(Columnar, AListOfItemsIsOneInteractionForEach) {
  EXPECT_THAT(interactions_of("SELECT * FROM (VALUES ('u', [10, 20, 30]), ('v', []), ('w', [20])) t(user_id, item_id)"),
              ElementsAre("u 10", "u 20", "u 30", "w 20"));
  EXPECT_THAT(
      interactions_of("SELECT 'u' AS user_id, [{'id': 'a', 'qty': 2}, {'id': 'b', 'qty': 1}] AS item_id, 3 AS rating"),
      ElementsAre("u a 3", "u b 3"));
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT 'u' AS user_id, ['a', NULL] AS item_id"))),
              HasSubstr("row 1: there is no item id"));
}

TEST_F(Columnar, AListOfItemsIsFoundByTheNamesThatRecordsUse) {
  EXPECT_THAT(interactions_of("SELECT 'u' AS user_id, ['a', 'b'] AS items"), ElementsAre("u a", "u b"));
  EXPECT_THAT(interactions_of("SELECT 'u' AS user_id, [{'product_id': 7, 'qty': 2}] AS line_items"),
              ElementsAre("u 7"));
  EXPECT_THAT(interactions_of("SELECT 'u' AS user_id, 'x' AS item, ['a', 'b'] AS items"), ElementsAre("u x"));
  EXPECT_THAT(refusal(options_for(make("n.parquet", "SELECT 'u' AS user_id, 3 AS items"))),
              HasSubstr("no item column is recognised among user_id, items"))
      << "a number of items";
}

TEST_F(Columnar, PathsWithDotsReachIntoStructs) {
  PrepareOptions options = options_for(make("orders.parquet",
                                            "SELECT {'id': 5, 'name': 'x'} AS customer, [{'product': {'sku': 'a-1'}}, "
                                            "{'product': {'sku': 'b-2'}}] AS line_items"));
  options.columns.user = "customer.id";
  options.columns.item = "line_items.product.sku";
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("5 a-1", "5 b-2"));
  EXPECT_THAT(interactions_of("SELECT {'id': 9} AS \"user\", {'_id': 'z'} AS item"), ElementsAre("9 z"));
}

// ---- ratings and times

TEST_F(Columnar, RatingsAreNumbersOfAnyType) {
  for (const char* type : {"TINYINT", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL(5,2)", "VARCHAR"}) {
    EXPECT_THAT(interactions_of(fmt::format(
                    "SELECT 1 AS user_id, i AS item_id, CAST(i + 3 AS {}) AS rating FROM range(2) r(i)", type)),
                ElementsAre("1 0 3", "1 1 4"))
        << type;
  }
  EXPECT_THAT(
      interactions_of(
          "SELECT * FROM (VALUES (1, 1, 'nan'::DOUBLE), (1, 2, 4.5), (1, 3, NULL)) t(user_id, item_id, rating)"),
      ElementsAre("1 1 ", "1 2 4.5", "1 3 "));
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT 1 AS user_id, 2 AS item_id, 'inf'::DOUBLE AS rating"))),
              HasSubstr("row 1: the rating inf is no finite number"));
}

TEST_F(Columnar, TheBoundOfRatingsHoldsAtTheirOwnPrecision) {
  for (const char* type : {"FLOAT", "DOUBLE", "DECIMAL(3,1)", "VARCHAR"}) {
    PrepareOptions options = options_for(make(
        "e.parquet", fmt::format("SELECT 1 AS user_id, i AS item_id, CAST(8.1 + 0.1 * i AS DECIMAL(3,1))::{} AS rating "
                                 "FROM range(3) r(i)",
                                 type)));
    options.min_rating = 8.2;
    prepare(options);
    EXPECT_THAT(interactions(), ElementsAre("1 1 8.2", "1 2 8.3")) << type;
    EXPECT_THAT(result_.notes, Contains(HasSubstr("1 interactions rated below 8.2")));
  }
  EXPECT_EQ(column(folder_ / "out/i_id_mapping.csv", 0), (std::vector<std::string>{"1", "2"}));
}

TEST_F(Columnar, ATextColumnIsNoRatingUnlessItIsNamed) {
  PrepareOptions options =
      options_for(make("e.parquet", "SELECT 1 AS user_id, i AS item_id, 'PG-13' AS rating FROM range(3) r(i)"));
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 0", "1 1", "1 2"));
  EXPECT_THAT(result_.notes,
              Contains(AllOf(HasSubstr("'rating' holds texts such as 'PG-13'"), HasSubstr("`rating-column`"))));
  options.columns.rating = "rating";
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("'PG-13'"), HasSubstr("which is no rating")));
  options.columns.rating = "none";
  prepare(options);
  EXPECT_THAT(result_.notes, Not(Contains(HasSubstr("rating"))));
}

TEST_F(Columnar, TimesOfEveryTypeBecomeSeconds) {
  // 1609756200 is 2021-01-04 10:30:00 UTC.
  for (const char* time :
       {"TIMESTAMP '2021-01-04 10:30:00'", "TIMESTAMP_S '2021-01-04 10:30:00'", "TIMESTAMP_MS '2021-01-04 10:30:00'",
        "TIMESTAMP_NS '2021-01-04 10:30:00'", "TIMESTAMPTZ '2021-01-04 12:30:00+02'", "1609756200::BIGINT",
        "1609756200::INTEGER", "1609756200000::BIGINT", "1609756200000000::BIGINT", "1609756200000000000::BIGINT",
        "1609756200.0::DOUBLE", "1609756200000.0::DOUBLE", "'2021-01-04T10:30:00Z'", "'1609756200'",
        "'2021-01-04 12:30:00+02:00'"}) {
    EXPECT_THAT(interactions_of(fmt::format("SELECT 1 AS user_id, 2 AS item_id, {} AS ts", time)),
                ElementsAre("1 2 1609756200"))
        << time;
  }
  EXPECT_THAT(interactions_of("SELECT 1 AS user_id, 2 AS item_id, DATE '2021-01-04' AS \"date\""),
              ElementsAre("1 2 1609718400"));
  EXPECT_THAT(interactions_of("SELECT 1 AS user_id, 2 AS item_id, TIMESTAMP '2021-01-04 10:30:00.25' AS ts"),
              ElementsAre("1 2 1609756200.25"));
  EXPECT_THAT(interactions_of(
                  "SELECT 1 AS user_id, i AS item_id, CASE WHEN i = 1 THEN NULL ELSE TIMESTAMP '1969-12-31 23:59:59' "
                  "END AS ts FROM range(2) r(i)"),
              ElementsAre("1 0 -1", "1 1 "));
}

TEST_F(Columnar, TheUnitOfTimesIsSaid) {
  interactions_of("SELECT 1 AS user_id, 2 AS item_id, 1609756200000 AS ts");
  EXPECT_THAT(result_.notes, Contains(HasSubstr("milliseconds")));
  EXPECT_THAT(refusal(options_for(make("e.parquet",
                                       "SELECT 1 AS user_id, i AS item_id, CASE WHEN i = 1500 THEN 1609756200000 "
                                       "ELSE 1609756200 END AS ts FROM range(2000) r(i)"))),
              AllOf(HasSubstr("row 1501"), HasSubstr("two units")));
}

TEST_F(Columnar, LabelsAreTheSplit) {
  prepare(options_for(make("e.parquet", "SELECT 1 AS user_id, i AS item_id, i % 3 AS x_label FROM range(6) r(i)")));
  EXPECT_EQ(result_.split, "given");
  EXPECT_EQ(result_.train, 2);
  EXPECT_EQ(result_.test, 2);
  EXPECT_THAT(refusal(options_for(make("e.parquet", "SELECT 1 AS user_id, 2 AS item_id, 5 AS x_label"))),
              HasSubstr("x_label is 5; expected 0"));
}

// ---- kinds of interactions

TEST_F(Columnar, KindsOfInteractionsAreChosenAndWeighed) {
  PrepareOptions options =
      options_for(make("events.parquet",
                       "SELECT * FROM (VALUES (1, 10, 'view'), (1, 11, 'Buy'), (1, 10, 'buy'), (2, "
                       "11, NULL), (2, 12, 'cart')) t(user_id, item_id, event_type)"));
  options.events = prepare::parse_events("buy:1,cart:0.5");
  const PrepareResult result = prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 11 1", "1 10 1", "2 12 0.5"));
  EXPECT_THAT(result.notes, Contains("2 interactions of other kinds left out: view 1, (none) 1"));
  options.events = {};
  EXPECT_THAT(prepare(options).notes, Contains(HasSubstr("column event_type has 4 kinds of interactions: view 1")));
  EXPECT_THAT(interactions(), ElementsAre("1 10", "1 11", "2 11", "2 12"));
  options.events = prepare::parse_events("sale");
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("'sale'"), HasSubstr("view 1")));
}

TEST_F(Columnar, KindsMayBeNumbersOrLieInStructs) {
  PrepareOptions options = options_for(make("events.parquet",
                                            "SELECT * FROM (VALUES (1, 10, 2::DOUBLE, {'nr': 7, 'type': 'x'}), (1, 11, "
                                            "3, {'nr': 8, 'type': 'y'})) t(user_id, item_id, behavior, event)"));
  options.events = prepare::parse_events("3:1,2:0.5");
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 10 0.5", "1 11 1"));
  options.events = prepare::parse_events("x:1,y:3");
  options.columns.event = "event";
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 10 1", "1 11 3"));
  options.columns.event = "event.type";
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 10 1", "1 11 3"));
}

TEST_F(Columnar, WithoutAColumnOfKindsEventsAreRefused) {
  PrepareOptions options =
      options_for(make("events.parquet", "SELECT 1 AS user_id, 2 AS item_id, ['buy'] AS event, 'buy' AS deed"));
  options.events = prepare::parse_events("buy");
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("user_id, item_id, event, deed"), HasSubstr("`event-column`")));
  options.columns.event = "event";
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("'event' holds LIST"), HasSubstr("one kind")));
  options.columns.event = "deed";
  EXPECT_EQ(prepare(options).train, 1);
}

}  // namespace
}  // namespace monet::test::columnar
