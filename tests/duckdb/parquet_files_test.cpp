#include "monet/duckdb/parquet_files.h"
#include "monet/core/error.h"
#include "monet/duckdb/rows.h"
#include "tests/duckdb/support.h"

#include <gmock/gmock.h>

namespace monet::duckdb {
namespace {

using test::message_of;
using test::write_text;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ParquetFiles : public test::WithDuckDb {
 protected:
  std::vector<std::string> files(const std::filesystem::path& place) {
    std::vector<std::string> names;
    for (const auto& file : parquet_table(place).files) names.push_back(file.lexically_relative(folder_).string());
    return names;
  }
  std::string refusal(const std::filesystem::path& place) {
    return message_of<DataError>([&] { parquet_table(place); });
  }
};

TEST_F(ParquetFiles, AreToldByTheirBytes) {
  EXPECT_TRUE(is_parquet(make("a.data", "SELECT 1")));
  write_text(folder_ / "b.parquet", "user,item\n");
  EXPECT_FALSE(is_parquet(folder_ / "b.parquet"));
  EXPECT_FALSE(is_parquet(folder_ / "none"));
  EXPECT_FALSE(is_parquet(folder_));
}

TEST_F(ParquetFiles, AFolderAsSparkWritesItIsOneTable) {
  make("events/part-00001-c0.snappy.parquet", "SELECT 2 AS i");
  make("events/part-00000-c0.snappy.parquet", "SELECT 1 AS i");
  write_text(folder_ / "events/_SUCCESS", "");
  write_text(folder_ / "events/.part-00000.crc", "x");
  EXPECT_TRUE(is_table_folder(folder_ / "events"));
  EXPECT_FALSE(is_table_folder(folder_));
  EXPECT_THAT(files(folder_ / "events"),
              ElementsAre("events/part-00000-c0.snappy.parquet", "events/part-00001-c0.snappy.parquet"));
}

TEST_F(ParquetFiles, PartsOfOtherProgramsAndPartitionsAreTables) {
  make("dask/part.0.parquet", "SELECT 1");
  make("duck/data_0.parquet", "SELECT 1");
  make("big/000000000000.parquet", "SELECT 1");
  make("faces/train-00000-of-00002.parquet", "SELECT 1");
  make("hive/day=1/7f3a-0.parquet", "SELECT 1 AS i");
  make("called.parquet/any.parquet", "SELECT 1");
  make("plain/events.parquet", "SELECT 1");
  for (const char* name : {"dask", "duck", "big", "faces", "hive", "called.parquet"}) {
    EXPECT_TRUE(is_table_folder(folder_ / name)) << name;
  }
  EXPECT_FALSE(is_table_folder(folder_ / "plain"));
}

TEST_F(ParquetFiles, PatternsNameFiles) {
  make("a/x1.parquet", "SELECT 1");
  make("a/x2.parquet", "SELECT 1");
  make("a/y.parquet", "SELECT 1");
  EXPECT_TRUE(is_parquet_pattern(folder_ / "a/x*.parquet"));
  EXPECT_TRUE(is_parquet_pattern(folder_ / "a/x?*"));
  EXPECT_FALSE(is_parquet_pattern(folder_ / "b/*.csv"));
  EXPECT_THAT(files(folder_ / "a/x*.parquet"), ElementsAre("a/x1.parquet", "a/x2.parquet"));
  EXPECT_THAT(refusal(folder_ / "a/z*.parquet"), HasSubstr("no Parquet file here"));
}

TEST_F(ParquetFiles, WhatIsNoneIsNamed) {
  make("t/part-0.parquet", "SELECT 1");
  write_text(folder_ / "t/part-1.parquet", "");
  EXPECT_THAT(refusal(folder_ / "t"), AllOf(HasSubstr("part-1.parquet"), HasSubstr("empty file")));
  write_text(folder_ / "t/part-1.parquet", "user,item");
  EXPECT_THAT(refusal(folder_ / "t"), AllOf(HasSubstr("part-1.parquet"), HasSubstr("not Parquet")));
  std::filesystem::create_directories(folder_ / "t/_delta_log");
  EXPECT_THAT(refusal(folder_ / "t"), HasSubstr("a Delta table"));
  make("ice/data/a.parquet", "SELECT 1");
  write_text(folder_ / "ice/metadata/v1.metadata.json", "{}");
  EXPECT_TRUE(is_table_folder(folder_ / "ice"));
  EXPECT_THAT(refusal(folder_ / "ice"), HasSubstr("an Iceberg table"));
}

TEST_F(ParquetFiles, NamesWithQuotesAreRead) {
  const auto path = make("it's \"here\"; DROP.parquet", "SELECT 5 AS i");
  Rows rows(*database_, "SELECT i FROM " + scan_of(path), "");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.values(0).as<std::int32_t>(0), 5);
}

TEST_F(ParquetFiles, PartitionsAreTextColumnsWithAllTheirDigits) {
  const auto path = make("t/user=007/day=2024-01-05/a.parquet", "SELECT 5 AS item");
  Rows rows(*database_, "SELECT \"user\", \"day\", item FROM " + scan_of(path), "");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.values(0).text(0), "007");
  EXPECT_EQ(rows.values(1).text(0), "2024-01-05");
}

}  // namespace
}  // namespace monet::duckdb
