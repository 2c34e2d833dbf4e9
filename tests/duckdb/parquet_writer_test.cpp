#include "monet/duckdb/parquet_writer.h"
#include "monet/core/error.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/duckdb/rows.h"
#include "tests/duckdb/support.h"

#include <gmock/gmock.h>

namespace monet::duckdb {
namespace {

class Writer : public test::WithDuckDb {
 protected:
  static std::vector<ParquetWriter::Field> fields() {
    return {
        {"name", ParquetWriter::Kind::text}, {"n", ParquetWriter::Kind::int32}, {"x", ParquetWriter::Kind::float32}};
  }
  void write(const std::filesystem::path& path, int rows) {
    ParquetWriter writer(path, fields(), never_);
    for (int n = 0; n < rows; ++n) {
      if (n % 7 == 0) {
        writer.add_nothing();
      } else {
        writer.add(std::string_view("it's \"" + std::to_string(n)));
      }
      writer.add(n);
      writer.add(0.5F * static_cast<float>(n));
      writer.end_row();
    }
    writer.finish();
  }
  std::int64_t number(const std::string& sql) {
    Rows rows(*database_, "SELECT (" + sql + ")::BIGINT", "");
    EXPECT_TRUE(rows.next());
    return rows.values(0).as<std::int64_t>(0);
  }
};

TEST_F(Writer, WhatIsWrittenIsRead) {
  const auto path = folder_ / "o'ut.parquet";
  write(path, 100);
  EXPECT_EQ(entries(), 1U);
  Rows rows(*database_, "SELECT * FROM " + scan_of(path), "");
  ASSERT_EQ(rows.columns().size(), 3U);
  EXPECT_EQ(rows.columns()[2].name, "x");
  ASSERT_TRUE(rows.next());
  ASSERT_EQ(rows.size(), 100U);
  EXPECT_FALSE(rows.values(0).has(7));
  EXPECT_EQ(rows.values(0).text(8), "it's \"8");
  EXPECT_EQ(rows.values(1).as<std::int32_t>(99), 99);
  EXPECT_FLOAT_EQ(rows.values(2).as<float>(99), 49.5F);
}

TEST_F(Writer, NoRowsAreAFileWithColumns) {
  write(folder_ / "none.parquet", 0);
  EXPECT_EQ(columns_of(*database_, scan_of(folder_ / "none.parquet"), "").size(), 3U);
  EXPECT_EQ(number("SELECT count(*) FROM " + scan_of(folder_ / "none.parquet")), 0);
}

TEST_F(Writer, PartsBecomeOneFileInOrder) {
  constexpr int kRows = 2'100'000;
  const auto path = folder_ / "large.parquet";
  write(path, kRows);
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(number("SELECT count(*) FROM " + scan_of(path)), kRows);
  EXPECT_EQ(number("SELECT count(*) FROM (SELECT n, row_number() OVER () - 1 AS row FROM " + scan_of(path) +
                   ") WHERE n <> row"),
            0);
}

TEST_F(Writer, WithoutItsEndTheOldFileStays) {
  const auto path = folder_ / "out.parquet";
  test::write_text(path, "old");
  {
    ParquetWriter writer(path, fields(), never_);
    writer.add(std::string_view("a"));
    writer.add(1);
    writer.add(1.0F);
    writer.end_row();
  }
  EXPECT_EQ(test::read_text(path), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Writer, AFolderThatIsNotThereIsAnError) {
  EXPECT_THROW(ParquetWriter(folder_ / "none/out.parquet", fields(), never_), IoError);
}

}  // namespace
}  // namespace monet::duckdb
