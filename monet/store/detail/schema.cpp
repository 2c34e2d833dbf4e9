#include "monet/store/detail/schema.h"

#include "monet/core/error.h"

#include <array>
#include <utility>

namespace monet::store::detail {

const std::vector<std::vector<std::string>>& migrations() {
  static const std::vector<std::vector<std::string>> steps{
      {
          ("CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL,"
           " revision INTEGER NOT NULL) STRICT"),
          "INSERT INTO state VALUES (1, 0, 0)",
          ("CREATE TABLE events (position INTEGER PRIMARY KEY, user_id TEXT NOT NULL, item_id TEXT NOT NULL,"
           " kind TEXT NOT NULL, weight REAL, time INTEGER NOT NULL, idempotency_key TEXT UNIQUE) STRICT"),
          "CREATE INDEX events_of_user ON events (user_id, position)",
          "CREATE INDEX events_of_item ON events (item_id, position)",
      },
      {
          ("CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,"
           " picture TEXT NOT NULL, categories TEXT NOT NULL, price REAL, available INTEGER NOT NULL,"
           " hidden INTEGER NOT NULL, added INTEGER NOT NULL, updated INTEGER NOT NULL, attributes TEXT NOT NULL,"
           " features BLOB, sought TEXT NOT NULL) STRICT"),
          "CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, attributes TEXT NOT NULL, comment TEXT NOT NULL) STRICT",
      },
      {"ALTER TABLE items ADD COLUMN brand TEXT NOT NULL DEFAULT ''"},
  };
  return steps;
}

std::string in_postgres_words(std::string_view statement) {
  // Bytewise order of texts, whatever the server's language.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kWords{{
      {" STRICT", ""},
      {" INTEGER", " BIGINT"},
      {" REAL", " DOUBLE PRECISION"},
      {" BLOB", " BYTEA"},
      {" TEXT", " TEXT COLLATE \"C\""},
  }};
  std::string text(statement);
  for (const auto& [from, to] : kWords) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

void require_known_version(std::size_t version, Access access, const std::string& name) {
  const std::size_t known = migrations().size();
  if (version > known) {
    fail<DataError>(
        "{}: the store was written by a newer monet (schema {}, this one knows {}); use that one, or "
        "another store",
        name, version, known);
  }
  if (version < known && access == Access::read) {
    fail<DataError>(
        "{}: the store is of an older monet (schema {}, this one has {}); `monet serve` brings it up to "
        "date",
        name, version, known);
  }
}

}  // namespace monet::store::detail
