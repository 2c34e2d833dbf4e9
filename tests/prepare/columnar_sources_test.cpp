// Parquet in folders and catalogues, features as columns, queries.
#include "monet/core/error.h"
#include "monet/core/files/npy.h"
#include "tests/prepare/columnar_fixture.h"

#include <nlohmann/json.hpp>

namespace monet::test::columnar {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

}  // namespace
}  // namespace monet::test::columnar
