#include "monet/store/detail/sqlite_connection.h"

#include "monet/core/files/io_error.h"
#include "monet/store/detail/schema.h"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <limits>
#include <map>
#include <thread>

namespace monet::store::detail {

namespace {

constexpr int kBusySeconds = 5;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

int length_of(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) fail<DataError>("a text beyond 2 GB");
  return static_cast<int>(text.size());
}

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const std::filesystem::path& file, Access access) : name_(file.string()) {
    // NOMUTEX: a connection is used by one thread at a time. Closing the last connection tidies up, for which even
    // readers open for writing; `query_only` keeps them from it otherwise.
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE;
    if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
    std::string address = name_;
    if (access == Access::read && is_at_rest(file)) {
      flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      address = unchanging(file);
    }
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(address.c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    if (opened == nullptr) fail<IoError>("{}: no memory to open it", name_);
    check(code);
    check(sqlite3_busy_timeout(opened, kBusySeconds * 1000));
    // The file may come from anywhere: nothing in its schema may do more than hold data.
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr));
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr));
  }

  Rows query(const std::string& sql, std::span<const Value> parameters) override {
    sqlite3_stmt* statement = bound(sql, parameters);
    const Resetter reset{statement};
    Rows rows;
    while (step(statement)) {
      Row& row = rows.emplace_back();
      const int columns = sqlite3_column_count(statement);
      row.reserve(static_cast<std::size_t>(columns));
      for (int c = 0; c < columns; ++c) row.push_back(cell(statement, c));
    }
    return rows;
  }

  std::int64_t change(const std::string& sql, std::span<const Value> parameters) override {
    sqlite3_stmt* statement = bound(sql, parameters);
    const Resetter reset{statement};
    while (step(statement)) {
    }
    return sqlite3_changes64(database_.get());
  }

  void begin() override { change("BEGIN IMMEDIATE", {}); }
  void commit() override { change("COMMIT", {}); }
  void rollback() noexcept override {
    // After some errors SQLite has done it already.
    if (sqlite3_get_autocommit(database_.get()) == 0) {
      sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }

  /// secure_delete has overwritten the rows; copies of their pages remain in the log until it is emptied, which takes
  /// that nobody reads it at the moment.
  bool scrub() override {
    const Rows rows = query("PRAGMA wal_checkpoint(TRUNCATE)", {});
    return !rows.empty() && integer_of(rows.front().front()) == 0;
  }
  std::size_t rows_per_statement() const override { return 1; }
  std::string_view lock_rows() const override { return ""; }  // BEGIN IMMEDIATE has locked all

  void set_up(Access access) {
    change("BEGIN", {});  // one moment: another process may just be making it
    const std::int64_t application = number("PRAGMA application_id");
    const auto version = static_cast<std::size_t>(number("PRAGMA user_version"));
    const bool is_new = application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_schema") == 0;
    change("COMMIT", {});
    if (!is_new && application != kApplicationId) {
      fail<DataError>("{}: a SQLite database, but not a store of monet; name another file", name_);
    }
    if (is_new && access == Access::read) fail<DataError>("{}: an empty database, not a store of monet", name_);
    require_known_version(version, access, name_);
    if (access == Access::read) {
      change("PRAGMA query_only = ON", {});
      return;
    }
    if (sqlite3_db_readonly(database_.get(), "main") == 1) fail_read_only();
    // Before there is a log: the file itself must tell what it is (`is_store`).
    if (is_new) change(fmt::format("PRAGMA application_id = {}", kApplicationId), {});
    keep_log();
    change("PRAGMA synchronous = FULL", {});
    query("PRAGMA secure_delete = ON", {});
    query("PRAGMA journal_size_limit = 67108864", {});
    if (version < migrations().size()) migrate();
  }

 private:
  struct Resetter {
    sqlite3_stmt* statement;
    ~Resetter() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  };

  /// A store that nobody writes, where no log can be made beside it: a file in a folder that may only be read.
  static bool is_at_rest(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    return ::access(folder.c_str(), W_OK) != 0 && !std::filesystem::exists(file.string() + "-wal");
  }

  /// The file as a URI that says that it does not change.
  static std::string unchanging(const std::filesystem::path& file) {
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
      if (c == '%' || c == '?' || c == '#') {
        uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      } else {
        uri += c;
      }
    }
    return uri + "?immutable=1";
  }

  /// This statement alone does not wait for others: it reads first, and of two that have read neither can then write.
  void keep_log() {
    constexpr auto kPause = std::chrono::milliseconds(5);
    sqlite3_stmt* statement = bound("PRAGMA journal_mode = WAL", {});
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(kBusySeconds);
    for (;;) {
      const Resetter reset{statement};
      const int code = sqlite3_step(statement);
      if ((code & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() >= latest) return check(code);
      std::this_thread::sleep_for(kPause);
    }
  }

  /// Another process may do the same: who comes second finds nothing to do.
  void migrate() {
    begin();
    try {
      for (auto next = static_cast<std::size_t>(number("PRAGMA user_version")); next < migrations().size(); ++next) {
        for (const std::string& statement : migrations()[next]) change(statement, {});
        change(fmt::format("PRAGMA user_version = {}", next + 1), {});
      }
      commit();
    } catch (...) {
      rollback();
      throw;
    }
  }

  std::int64_t number(const std::string& sql) { return integer_of(query(sql, {}).at(0).at(0)); }

  void check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) explain(code);
  }

  [[noreturn]] void fail_read_only() const {
    fail<IoError>("{}: may only be read; make file and folder writable by this user, or give another store", name_);
  }

  [[noreturn]] void explain(int code) const {
    sqlite3* database = database_.get();
    const std::string said = sqlite3_errmsg(database);
    const int system = sqlite3_system_errno(database);
    switch (code & 0xff) {
      case SQLITE_FULL: fail<IoError>("{}: cannot write: the disk is full; free some space", name_);
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        fail<IoError>("{}: locked by another process for {} seconds; end that one, or give another store", name_,
                      kBusySeconds);
      case SQLITE_READONLY:
      case SQLITE_PERM: fail_read_only();
      case SQLITE_NOTADB:
        fail<DataError>("{}: neither a store of monet nor any SQLite database; name another file", name_);
      case SQLITE_CORRUPT: fail<DataError>("{}: the database is damaged ({}); restore a copy of it", name_, said);
      case SQLITE_CANTOPEN:
        if (std::filesystem::exists(name_)) fail_read_only();  // what cannot be opened is the log beside it
        fail<IoError>("{}: cannot be opened ({}); name a file in a folder that is there and may be written", name_,
                      system != 0 ? std::system_category().message(system) : said);
      case SQLITE_IOERR:
        if (system != 0) files::fail_io(name_, "read or write", system);
        fail<IoError>("{}: cannot read or write: {}", name_, said);
      case SQLITE_NOMEM: fail<IoError>("{}: out of memory", name_);
      default: fail<InternalError>("[store] {}: SQLite says {} ({})", name_, said, code);
    }
  }

  sqlite3_stmt* bound(const std::string& sql, std::span<const Value> parameters) {
    Statement& statement = statements_[sql];
    if (!statement) {
      std::string numbered = sql;
      for (char& c : numbered) c = c == '$' ? '?' : c;  // $1 would be a name
      sqlite3_stmt* made = nullptr;
      check(sqlite3_prepare_v2(database_.get(), numbered.c_str(), length_of(numbered), &made, nullptr));
      statement.reset(made);
    }
    for (std::size_t p = 0; p < parameters.size(); ++p) bind(statement.get(), static_cast<int>(p) + 1, parameters[p]);
    return statement.get();
  }

  /// The value outlives the statement's run: nothing is copied.
  void bind(sqlite3_stmt* statement, int place, const Value& value) const {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      check(sqlite3_bind_int64(statement, place, *integer));
    } else if (const auto* real = std::get_if<double>(&value)) {
      check(sqlite3_bind_double(statement, place, *real));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      check(sqlite3_bind_text(statement, place, text->data(), length_of(*text), SQLITE_STATIC));
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      check(sqlite3_bind_blob(statement, place, blob->bytes.data(), length_of(blob->bytes), SQLITE_STATIC));
    } else {
      check(sqlite3_bind_null(statement, place));
    }
  }

  bool step(sqlite3_stmt* statement) const {
    const int code = sqlite3_step(statement);
    check(code);
    return code == SQLITE_ROW;
  }

  static Value cell(sqlite3_stmt* statement, int column) {
    const auto bytes = [&](const void* begin) {
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return begin == nullptr ? std::string() : std::string(static_cast<const char*>(begin), size);
    };
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, column)};
      case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
      case SQLITE_TEXT: return bytes(sqlite3_column_text(statement, column));
      case SQLITE_BLOB: return Blob{bytes(sqlite3_column_blob(statement, column))};
      default: return std::monostate();
    }
  }

  std::string name_;
  std::unique_ptr<sqlite3, Close> database_;
  std::map<std::string, Statement> statements_;  // by text; closed before the database
};

}  // namespace

bool is_sqlite_store(const std::filesystem::path& file) {
  // https://www.sqlite.org/fileformat.html: the magic first, the application id at 68, big-endian.
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr std::size_t kPlace = 68;
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 72> header{};
  if (!stream.read(header.data(), header.size())) return false;
  std::int64_t application = 0;
  for (std::size_t at = kPlace; at < header.size(); ++at) {
    application = 256 * application + static_cast<unsigned char>(header[at]);
  }
  return std::string_view(header.data(), kMagic.size()) == kMagic && application == kApplicationId;
}

Connect sqlite_file(const std::filesystem::path& file, Access access) {
  return [file, access]() -> std::unique_ptr<Connection> {
    if (access == Access::read && !std::filesystem::exists(file)) {
      fail<IoError>("{}: there is no such store", file.string());
    }
    if (std::filesystem::is_directory(file)) {
      fail<DataError>("{}: a folder, and a store is a file; name a file in it", file.string());
    }
    auto connection = std::make_unique<SqliteConnection>(file, access);
    connection->set_up(access);
    return connection;
  };
}

}  // namespace monet::store::detail
