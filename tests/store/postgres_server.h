#pragma once

#include "tests/store/support.h"

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace monet::store::test {

/// A PostgreSQL server of its own, on a socket in a temporary folder. As root it runs as the user `postgres` or
/// `nobody`: PostgreSQL refuses root.
class PostgresServer {
 public:
  /// Whether its programs are here.
  static bool is_installed();
  /// Initialises and starts one. Throws std::runtime_error with what it said.
  PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  void start();
  /// Ends it: open connections are cut.
  void stop();
  /// The same without any tidying up, as a crash does.
  void crash();

  std::string address_of(const std::string& database) const;
  /// An empty database that is used again and again: much faster than a new one. Nobody must be connected to it.
  std::string emptied_database();
  /// Makes an empty database and returns its address. `encoding`: of its texts.
  std::string new_database(const std::string& encoding = "UTF8");
  /// Runs a statement.
  void execute(const std::string& database, const std::string& sql) const;

 private:
  std::string log() const;
  void end(int signal);

  ScopedFolder folder_;
  pid_t process_ = -1;
  int databases_ = 0;
};

}  // namespace monet::store::test
