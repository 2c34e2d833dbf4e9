#pragma once

#include "monet/duckdb/library.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace monet::duckdb {

/// An empty database in memory with one connection: one thread, at most 2 GB, no files of its own on the disk, nothing
/// fetched from a network (extensions are neither installed nor loaded). It reads the files that a query names.
class Database {
 public:
  /// `what` is what needs it, for the message when DuckDB is not here. Once `stop` is set, what runs ends with
  /// Interrupted. Throws DataError.
  Database(std::string_view what, const std::atomic<bool>& stop);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Runs a statement. Throws DataError with DuckDB's message in one line, after `place` and a colon where it is not
  /// empty; Interrupted.
  void run(const std::string& sql, std::string_view place = {});
  /// Throws what `run` throws for DuckDB's message `problem`.
  [[noreturn]] void refuse(const char* problem, std::string_view place) const;

  const c::Functions& call() const { return library_.call; }
  const std::string& version() const { return library_.version; }
  c::Connection connection() const { return connection_; }

 private:
  void watch();

  const Library& library_;
  const std::atomic<bool>& stop_;
  c::Database database_ = nullptr;
  c::Connection connection_ = nullptr;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool ended_ = false;
  std::thread watcher_;  // interrupts DuckDB: only that ends a statement which yields nothing for a while
};

/// A message of DuckDB in one line: without the piece of SQL and the marks under it, and what lies around.
std::string one_line(std::string_view message);

}  // namespace monet::duckdb
