#include "monet/core/error.h"
#include "monet/duckdb/rows.h"
#include "tests/duckdb/support.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace monet::duckdb {
namespace {

using test::message_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DuckDb : public test::WithDuckDb {
 protected:
  std::string refusal(const std::string& query) {
    return message_of<DataError>([&] { make_view(*database_, "q", query, "place"); });
  }
  std::string setting(const std::string& name) {
    Rows rows(*database_, "SELECT current_setting('" + name + "')::VARCHAR", "");
    EXPECT_TRUE(rows.next());
    return std::string(rows.values(0).text(0));
  }
};

TEST_F(DuckDb, RowsComeInChunksWithNullsAndTextsOfEveryLength) {
  Rows rows(
      *database_,
      "SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('x', (i % 20)::INTEGER) END AS t FROM range(5000) r(i)", "");
  ASSERT_EQ(rows.columns().size(), 2U);
  EXPECT_EQ(rows.columns()[0].name, "i");
  EXPECT_EQ(rows.columns()[0].type.id, c::TypeId::int64);
  EXPECT_EQ(rows.columns()[1].type.id, c::TypeId::text);
  std::int64_t seen = 0;
  int chunks = 0;
  while (rows.next()) {
    ++chunks;
    const Values numbers = rows.values(0);
    const Values texts = rows.values(1);
    for (std::size_t row = 0; row < rows.size(); ++row, ++seen) {
      ASSERT_EQ(numbers.as<std::int64_t>(row), seen);
      ASSERT_EQ(texts.has(row), seen % 3 != 0);
      if (texts.has(row)) {
        ASSERT_EQ(texts.text(row), std::string(static_cast<std::size_t>(seen % 20), 'x'));
      }
    }
  }
  EXPECT_EQ(seen, 5000);
  EXPECT_GE(chunks, 3);
}

TEST_F(DuckDb, TypesAreDescribedWithTheirParts) {
  const auto columns = columns_of(*database_,
                                  "(SELECT [1.5::FLOAT] AS a, {'id': 7, 'name': 'x'} AS b, [{'k': 1}] AS c, "
                                  "array_value(1, 2) AS d, uuid() AS e, NULL AS f)",
                                  "");
  std::vector<std::string> types;
  for (const Column& column : columns) types.push_back(describe(column.type));
  EXPECT_THAT(types, ::testing::ElementsAre("LIST of FLOAT", "STRUCT of id, name", "LIST of STRUCT of k",
                                            "ARRAY of INTEGER", "UUID", ::testing::AnyOf("NULL", "INTEGER")));
}

TEST_F(DuckDb, AQueryIsOneStatementThatReads) {
  for (const char* query : {"SELECT 1 AS a", "FROM range(3)", "WITH t AS (SELECT 1) SELECT * FROM t; -- done",
                            "VALUES (1), (2)", "SELECT 'a;b' -- ; c"}) {
    EXPECT_NO_THROW(make_view(*database_, "q", query, "place")) << query;
  }
  EXPECT_EQ(refusal("SELECT 1; SELECT 2"), "place: 2 statements; expected one SELECT");
  for (const char* query : {"CREATE TABLE x (i INTEGER)", "COPY (SELECT 1) TO 'x.csv'", "ATTACH 'x.db'",
                            "INSTALL httpfs", "SET threads=4", "DROP VIEW q", "PRAGMA version; "}) {
    EXPECT_THAT(refusal(query), HasSubstr("place: ")) << query;
  }
  EXPECT_FALSE(std::filesystem::exists("x.csv"));
  EXPECT_THAT(refusal(""), HasSubstr("no statement"));
  EXPECT_THAT(refusal("SELECT ?"), HasSubstr("parameters"));
  EXPECT_THAT(refusal("SELEC 1"), AllOf(HasSubstr("Parser Error"), Not(HasSubstr("\n")), Not(HasSubstr("LINE 1"))));
  EXPECT_THAT(refusal("FROM 'https://example.org/a.parquet'"), AllOf(HasSubstr("httpfs"), HasSubstr("local files")));
}

TEST_F(DuckDb, ItStaysSmallQuietAndAtHome) {
  EXPECT_EQ(setting("threads"), "1");
  EXPECT_EQ(setting("memory_limit"), "1.8 GiB");
  EXPECT_EQ(setting("temp_directory"), "");
  EXPECT_EQ(setting("autoinstall_known_extensions"), "false");
  EXPECT_EQ(setting("autoload_known_extensions"), "false");
}

TEST_F(DuckDb, AQueryThatNeedsMoreMemoryIsRefusedInOneLine) {
  const std::string message = message_of<DataError>([&] {
    Rows rows(*database_, "SELECT list(repeat('x', 1000) || i) FROM range(20000000) r(i)", "place");
    while (rows.next()) {
    }
  });
  EXPECT_EQ(message,
            "place: DuckDB needs more than the 2GB that it may take; read fewer columns, or sort and join less");
}

TEST_F(DuckDb, AStopEndsAQueryThatYieldsNothing) {
  std::atomic<bool> stop{false};
  Database database("a test", stop);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop = true;
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(
      {
        Rows rows(database, "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 8",
                  "");
        while (rows.next()) {
        }
      },
      Interrupted);
  stopper.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(OneLine, DropsWhatPointsIntoTheStatement) {
  EXPECT_EQ(one_line("Parser Error: syntax error at \"x\"\n\nLINE 1: SELECT x\n               ^"),
            "Parser Error: syntax error at \"x\"");
  EXPECT_EQ(one_line("Catalog Error: no table!\nDid you mean \"a\"?\r\n"),
            "Catalog Error: no table! Did you mean \"a\"?");
}

}  // namespace
}  // namespace monet::duckdb
