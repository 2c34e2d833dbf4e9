#pragma once

#include "monet/duckdb/database.h"
#include "monet/duckdb/sql.h"
#include "tests/core/files/temporary_folder.h"

#include <atomic>
#include <memory>
#include <string>

namespace monet::test {

/// Tests that need DuckDB, with a folder of their own.
class WithDuckDb : public TemporaryFolder {
 protected:
  void SetUp() override {
    if (duckdb::find_library() == nullptr) GTEST_SKIP() << "no DuckDB here: scripts/install-deps.sh parquet";
    database_ = std::make_unique<duckdb::Database>("a test", never_);
  }
  /// Writes the rows of a query as a Parquet file, making its folder.
  std::filesystem::path make(const std::string& name, const std::string& query, const std::string& how = "") {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    database_->run("COPY (" + query + ") TO " + duckdb::sql_text(path.string()) + " (FORMAT parquet" + how + ")");
    return path;
  }

  const std::atomic<bool> never_{false};
  std::unique_ptr<duckdb::Database> database_;
};

}  // namespace monet::test
