// Parquet and queries: the right values from every type, not only an end without an error.
#include "monet/core/error.h"
#include "monet/core/files/npy.h"
#include "tests/duckdb/support.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace monet::test {
namespace {

using prepare::Format;
using prepare::PrepareOptions;
using prepare::PrepareResult;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Columnar : public WithDuckDb {
 protected:
  PrepareOptions options_for(const std::filesystem::path& source) {
    PrepareOptions options;
    options.source = source;
    options.out = folder_ / "out";
    options.name = "set";
    options.force = true;
    return options;
  }
  PrepareResult prepare(const PrepareOptions& options) {
    result_ = prepare_quietly(options);
    return result_;
  }
  std::string refusal(const PrepareOptions& options) {
    return message_of<DataError>([&] { prepare_quietly(options); });
  }
  /// What was written: "user item rating timestamp" with the source's ids, one line each, as the table has them.
  std::vector<std::string> interactions() {
    const auto users = column(folder_ / "out/u_id_mapping.csv", 0);
    const auto items = column(folder_ / "out/i_id_mapping.csv", 0);
    std::vector<std::string> lines;
    std::istringstream table(read_text(folder_ / "out/set.inter"));
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::size_t user = 0;
      std::size_t item = 0;
      fields >> user >> item;
      std::string rest;
      std::getline(fields, rest);
      rest.erase(rest.rfind('\t'));  // x_label
      std::replace(rest.begin(), rest.end(), '\t', ' ');
      lines.push_back(users.at(user) + " " + items.at(item) + rest);
    }
    return lines;
  }
  std::vector<std::string> interactions_of(const std::string& query) {
    prepare(options_for(make("events.parquet", query)));
    return interactions();
  }
  static std::vector<std::string> column(const std::filesystem::path& path, int at) {
    std::vector<std::string> values;
    std::istringstream table(read_text(path));
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::string value;
      for (int n = 0; n <= at; ++n) std::getline(fields, value, '\t');
      values.push_back(value);
    }
    return values;
  }
  std::string items() { return read_text(folder_ / "out/items.csv"); }

  PrepareResult result_;
};

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

// ---- files

TEST_F(Columnar, AFolderOfPartsIsReadInOrderWithItsPartitions) {
  make("events/user_id=007/part-00001.parquet", "SELECT 'b' AS item_id");
  make("events/user_id=007/part-00000.parquet", "SELECT 'a' AS item_id");
  make("events/user_id=12/part-00000.parquet", "SELECT 'c' AS item_id");
  write_text(folder_ / "events/_SUCCESS", "");
  make("items.parquet", "SELECT 'a' AS item_id, 'A' AS title");
  prepare(options_for(folder_ / "events"));
  EXPECT_THAT(interactions(), ElementsAre("007 a", "007 b", "12 c"));
  EXPECT_EQ(result_.format, "parquet");
  EXPECT_EQ(result_.described_items, 1);  // the catalogue beside the folder
  const auto manifest = nlohmann::json::parse(read_text(folder_ / "out/prepare.json"));
  EXPECT_EQ(manifest["sources"][0]["file"], "user_id=007/part-00000.parquet");
  EXPECT_EQ(manifest["sources"][0]["read_by"], "DuckDB " + database_->version());
  EXPECT_EQ(manifest["sources"].size(), 4U);
}

TEST_F(Columnar, AFolderWithInteractionsAndItemsIsUnderstood) {
  make("shop/interactions.parquet", "SELECT 1 AS user_id, 'a' AS item_id");
  make("shop/items.parquet", "SELECT 'a' AS item_id, 'A' AS title");
  PrepareOptions options = options_for(folder_ / "shop");
  options.name.clear();
  EXPECT_EQ(prepare(options).name, "shop");
  EXPECT_EQ(result_.described_items, 1);
  make("lake/interactions/part-0.parquet", "SELECT 1 AS user_id, 'a' AS item_id");
  make("lake/items.parquet/part-0.parquet", "SELECT 'a' AS item_id, 'A' AS title");
  prepare(options_for(folder_ / "lake"));
  EXPECT_THAT(interactions(), ElementsAre("1 a"));
  EXPECT_EQ(result_.described_items, 1);
  make("two/a.parquet", "SELECT 1 AS user_id, 'a' AS item_id");
  make("two/b.parquet", "SELECT 1 AS user_id, 'a' AS item_id");
  EXPECT_THAT(refusal(options_for(folder_ / "two")),
              HasSubstr("several files may hold the interactions (a.parquet, b.parquet)"));
}

TEST_F(Columnar, PatternsAndNamesWithQuotesAreRead) {
  make("d/it's 1.parquet", "SELECT 1 AS user_id, 'a' AS item_id");
  make("d/it's 2.parquet", "SELECT 2 AS user_id, 'b' AS item_id");
  make("d/other.parquet", "SELECT 3 AS user_id, 'c' AS item_id");
  prepare(options_for(folder_ / "d/it's*.parquet"));
  EXPECT_THAT(interactions(), ElementsAre("1 a", "2 b"));
}

TEST_F(Columnar, FilesCalledTrainAndTestAreTheSplit) {
  make("d/train-00000-of-00001.parquet", "SELECT 1 AS user_id, i AS item_id FROM range(4) r(i)");
  make("d/validation-00000-of-00001.parquet", "SELECT 1 AS user_id, 5 AS item_id");
  make("d/test-00000-of-00001.parquet", "SELECT 1 AS user_id, 6 AS item_id");
  prepare(options_for(folder_ / "d"));
  EXPECT_EQ(result_.split, "given");
  EXPECT_EQ(result_.train, 4);
  EXPECT_EQ(result_.validation, 1);
  EXPECT_EQ(result_.test, 1);
}

TEST_F(Columnar, ALaterPartMayLackAnOptionalColumnButNoId) {
  make("t/part-0.parquet", "SELECT 1 AS user_id, 'a' AS item_id, 5 AS rating");
  make("t/part-1.parquet", "SELECT 'b' AS item_id, 2 AS user_id");
  prepare(options_for(folder_ / "t"));
  EXPECT_THAT(interactions(), ElementsAre("1 a 5", "2 b "));
  make("t/part-1.parquet", "SELECT 'b' AS item_id, 2 AS uid");
  EXPECT_THAT(refusal(options_for(folder_ / "t")),
              AllOf(HasSubstr("part-1.parquet"), HasSubstr("no column 'user_id'")));
}

TEST_F(Columnar, DamageAndEmptinessAreRefusedInOneLine) {
  const auto path = make("e.parquet", "SELECT i AS user_id, i AS item_id FROM range(100000) r(i)");
  const std::string whole = read_text(path);
  write_text(path, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refusal(options_for(path)), AllOf(HasSubstr("e.parquet"), Not(HasSubstr("\n"))));
  write_text(path, "PAR1");
  EXPECT_THAT(refusal(options_for(path)), AllOf(HasSubstr("e.parquet"), Not(HasSubstr("\n"))));
  std::string bent = whole;
  for (std::size_t at = 1000; at < 2000; ++at) bent[at] = static_cast<char>(~bent[at]);
  write_text(path, bent);
  try {  // refused, or other numbers: never a crash
    prepare_quietly(options_for(path));
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("e.parquet"));
  }
  EXPECT_THAT(refusal(options_for(make("none.parquet", "SELECT 1 AS user_id, 2 AS item_id WHERE false"))),
              HasSubstr("none.parquet: no interactions"));
  EXPECT_EQ(std::filesystem::exists(folder_ / "out"), std::filesystem::exists(folder_ / "out/prepare.json"));
}

// ---- catalogues

TEST_F(Columnar, ACatalogueIsTypedToo) {
  make("shop/interactions.parquet", "SELECT 1 AS user_id, i AS item_id FROM range(1, 4) r(i)");
  make("shop/items.parquet",
       "SELECT * FROM (VALUES "
       "(1::BIGINT, 'One', ['Toys', 'Kites'], 9.90::DECIMAL(8,2), ['a.jpg', 'b.jpg'], ['Soft.', 'Light.']), "
       "(2, NULL, [], NULL, NULL, NULL), (4, 'Four', ['x'], 1, ['c.jpg'], [])) "
       "t(item_id, title, categories, price, images, description)");
  prepare(options_for(folder_ / "shop"));
  EXPECT_EQ(items(),
            "item_id,title,description,categories,brand,price,image\n"
            "1,One,Soft. Light.,Toys|Kites,,9.90,a.jpg\n2,,,,,,\n3,,,,,,\n");
  EXPECT_EQ(result_.described_items, 2);
}

TEST_F(Columnar, StructsGiveTheirNamesAndPathsAndPicturesThemselvesAreNamed) {
  make("shop/interactions.parquet", "SELECT 1 AS user_id, 1 AS item_id");
  make("shop/items.parquet",
       "SELECT 1.0::DOUBLE AS id, [{'id': 18, 'name': 'Drama'}, {'id': 35, 'name': 'Comedy'}] AS genres, "
       "{'bytes': 'xx'::BLOB, 'path': 'p/1.jpg'} AS image, {'name': 'Maker'} AS brand");
  prepare(options_for(folder_ / "shop"));
  EXPECT_EQ(items(), "item_id,title,description,categories,brand,price,image\n1,,,Drama|Comedy,Maker,,p/1.jpg\n");
  make("shop/items.parquet",
       "SELECT 1 AS id, [['Toys', 'Kites'], ['Toys', 'New']] AS category, {'bytes': 'xx'::BLOB} AS image");
  PrepareOptions options = options_for(folder_ / "shop");
  prepare(options);
  EXPECT_EQ(items(), "item_id,title,description,categories,brand,price,image\n1,,,Toys|Kites|New,,,\n");
  EXPECT_THAT(result_.notes, Contains(AllOf(HasSubstr("'image' holds STRUCT of bytes"), HasSubstr("paths or URLs"))));
  options.item_columns.image = "image";
  EXPECT_THAT(refusal(options), HasSubstr("only their paths or URLs are read"));
}

TEST_F(Columnar, ACatalogueOfOneFormatServesInteractionsOfAnother) {
  write_text(folder_ / "in.csv", "user,item\n1,a\n2,b\n");
  PrepareOptions options = options_for(folder_ / "in.csv");
  options.catalogue = make("things.parquet", "SELECT 'b' AS item_id, 'Bee' AS title");
  prepare(options);
  EXPECT_THAT(items(), HasSubstr("\nb,Bee,"));
  options = options_for(make("e.parquet", "SELECT 1 AS user_id, 'a' AS item_id"));
  write_text(folder_ / "things.csv", "item_id,title\na,Ay\n");
  options.catalogue = folder_ / "things.csv";
  prepare(options);
  EXPECT_THAT(items(), HasSubstr("\na,Ay,"));
}

// ---- features

TEST_F(Columnar, FeaturesAreAColumnOfLists) {
  write_text(folder_ / "in.csv", "user,item\n1,10\n1,20\n1,30\n");
  PrepareOptions options = options_for(folder_ / "in.csv");
  options.missing = prepare::MissingFeatures::zero;
  for (const char* type : {"FLOAT[]", "DOUBLE[]", "INTEGER[]", "FLOAT[2]"}) {
    options.features = {
        {"emb",
         make("emb.parquet", fmt::format("SELECT * FROM (VALUES (30::BIGINT, [1, 2]::{0}), (10, [3, 4]), (20, NULL), "
                                         "(99, [5, 6])) t(item_id, emb)",
                                         type)),
         {}}};
    prepare(options);
    const Matrix<float> rows = files::read_npy(folder_ / "out/emb_feat.npy");
    ASSERT_EQ(rows.rows(), 3);
    ASSERT_EQ(rows.cols(), 2);
    EXPECT_EQ(rows(0, 0), 3.0F) << type;
    EXPECT_EQ(rows(0, 1), 4.0F);
    EXPECT_EQ(rows(1, 0), 0.0F);
    EXPECT_EQ(rows(2, 0), 1.0F);
    EXPECT_EQ(rows(2, 1), 2.0F);
  }
}

TEST_F(Columnar, FeaturesThatDoNotFitAreRefusedWithTheirRow) {
  write_text(folder_ / "in.csv", "user,item\n1,10\n1,20\n");
  PrepareOptions options = options_for(folder_ / "in.csv");
  const auto refused = [&](const std::string& query) {
    options.features = {{"emb", make("emb.parquet", query), {}}};
    return refusal(options);
  };
  EXPECT_THAT(refused("SELECT * FROM (VALUES (10, [1.0, 2.0]), (20, [1.0])) t(item_id, vector)"),
              AllOf(HasSubstr("emb.parquet: row 2"), HasSubstr("1 features where the rows before have 2")));
  EXPECT_THAT(refused("SELECT 10 AS item_id, [1.0, NULL] AS vector"), HasSubstr("row 1: feature 1 is missing"));
  EXPECT_THAT(refused("SELECT 10 AS item_id, 1.0 AS emb"), HasSubstr("no column holds lists of numbers"));
  EXPECT_THAT(refused("SELECT 10 AS item_id, [1.0] AS a, [2.0] AS b"), HasSubstr("columns a, b hold lists of numbers"));
  EXPECT_THAT(refused("SELECT 10 AS key, [1.0] AS a"), HasSubstr("no column of item ids is recognised beside 'a'"));
}

// ---- queries

TEST_F(Columnar, AQueryGivesInteractionsAndCatalogue) {
  write_text(folder_ / "e.csv", "who,what,points\n1,a,5\n2,b,1\n2,a,4\n");
  write_text(folder_ / "i.jsonl", "{\"sku\": \"a\", \"label\": \"Ay\"}\n{\"sku\": \"b\", \"label\": \"Bee\"}\n");
  PrepareOptions options = options_for({});
  const std::string csv = duckdb::sql_text((folder_ / "e.csv").string());
  options.query =
      "SELECT who AS user_id, what AS item_id, points AS rating FROM " + csv + " WHERE points > 1 ORDER BY what, who";
  options.catalogue_query =
      "SELECT sku AS item_id, upper(label) AS title FROM " + duckdb::sql_text((folder_ / "i.jsonl").string());
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 a 5", "2 a 4"));
  EXPECT_EQ(items(), "item_id,title,description,categories,brand,price,image\na,AY,,,,,\n");
  EXPECT_EQ(result_.format, "query");
  const auto manifest = nlohmann::json::parse(read_text(folder_ / "out/prepare.json"));
  EXPECT_EQ(manifest["sources"][0]["query"], options.query);
  EXPECT_EQ(manifest["sources"][1]["query"], options.catalogue_query);
}

TEST_F(Columnar, AQueryReadsADatabaseThatIsTheSource) {
  const std::string file = (folder_ / "it's.duckdb").string();
  database_->run("ATTACH " + duckdb::sql_text(file) + " AS made");
  database_->run("CREATE TABLE made.events AS SELECT 1 AS user_id, 'a' AS item_id");
  database_->run("DETACH made");
  PrepareOptions options = options_for(file);
  options.query = "FROM events";
  prepare(options);
  EXPECT_THAT(interactions(), ElementsAre("1 a"));
  options.source = make("x.parquet", "SELECT 1 AS user_id, 2 AS item_id");
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("x.parquet: with `query` the source is a DuckDB database"),
                                      HasSubstr("FROM '" + options.source.string())));
  options.source = folder_ / "none.duckdb";
  EXPECT_THROW(prepare_quietly(options), IoError);
}

TEST_F(Columnar, AQueryThatDoesNotFitIsRefusedByItsOption) {
  PrepareOptions options = options_for({});
  options.query = "SELECT 1 AS user_id, 2 AS item_id WHERE false";
  EXPECT_EQ(refusal(options), "`query`: no interactions");
  options.query = "SELECT 1 AS a";
  EXPECT_THAT(refusal(options), HasSubstr("`query`: no user column is recognised among a"));
  options.query = "SELECT 1 AS user_id, error('stop here') AS item_id";
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("`query`: "), HasSubstr("stop here")));
  options.query = "SELECT 1 AS user_id, 2 AS item_id";
  options.catalogue_query = "DROP TABLE x";
  EXPECT_THAT(refusal(options), HasSubstr("`catalogue-query`: "));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(Columnar, TheSameFilesGiveTheSameBytes) {
  make("t/part-0.parquet", "SELECT i % 97 AS user_id, i % 31 AS item_id, i AS ts FROM range(5000) r(i)");
  prepare(options_for(folder_ / "t"));
  const std::string first = read_text(folder_ / "out/set.inter") + read_text(folder_ / "out/prepare.json");
  prepare(options_for(folder_ / "t"));
  EXPECT_EQ(read_text(folder_ / "out/set.inter") + read_text(folder_ / "out/prepare.json"), first);
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
}  // namespace monet::test
