#include "monet/store/detail/postgres.h"

#include "monet/store/detail/schema.h"

#include <pqxx/pqxx>

#include <array>
#include <charconv>
#include <optional>

namespace monet::store::detail {

namespace {

/// Makes two that set up the same database follow each other: any number that others are unlikely to choose.
constexpr std::int64_t kSetUpLock = 0x4d4f4e54;

/// Oids of the types that our tables and questions have (pg_type.dat of PostgreSQL).
enum Type : pqxx::oid { kBool = 16, kBytes = 17, kInt8 = 20, kInt4 = 23, kFloat8 = 701 };

/// libpq's messages are of several lines, the last of which may be a hint.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

template <class T>
T number_of(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string hexadecimal(const std::string& bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(const std::string& address, std::string name) : name_(std::move(name)) {
    guarded([&] {
      connection_.emplace(address);
      // pqxx sets them again where it connects again.
      connection_->set_variable("search_path", "monet");
      connection_->set_variable("client_min_messages", "warning");
      connection_->set_client_encoding("UTF8");
      // An acknowledged write is on disk, whatever the server's default; a stronger one stays.
      pqxx::nontransaction session(*connection_);
      if (session.exec1("SHOW synchronous_commit")[0].as<std::string>() == "off") {
        connection_->set_variable("synchronous_commit", "on");
      }
      encoding_ = session.exec1("SHOW server_encoding")[0].as<std::string>();
    });
    if (encoding_ != "UTF8") {
      fail<DataError>("{}: the database is in {}; create one in UTF8", name_, encoding_);
    }
  }

  Rows query(const std::string& sql, std::span<const Value> parameters) override {
    const pqxx::result result = execute(sql, parameters);
    Rows rows;
    rows.reserve(result.size());
    for (const pqxx::row& from : result) {
      Row& row = rows.emplace_back();
      row.reserve(from.size());
      for (const pqxx::field& field : from) row.push_back(cell(field));
    }
    return rows;
  }

  std::int64_t change(const std::string& sql, std::span<const Value> parameters) override {
    return static_cast<std::int64_t>(execute(sql, parameters).affected_rows());
  }

  void begin() override {
    guarded([&] { transaction_.emplace(*connection_); });
  }
  void commit() override {
    try {
      transaction_->commit();
    } catch (const pqxx::in_doubt_error&) {
      transaction_.reset();
      fail<IoError>(
          "{}: the connection broke during a commit, which may have been done or not; send the write again "
          "with its idempotency key",
          name_);
    } catch (const pqxx::failure& error) {
      transaction_.reset();
      fail<IoError>("{}: the write was not done: {}", name_, first_line(error.what()));
    }
    transaction_.reset();
  }
  void rollback() noexcept override { transaction_.reset(); }

  /// Deleted rows go when the server vacuums; that is left to it.
  bool scrub() override { return false; }
  std::size_t rows_per_statement() const override { return 200; }
  std::string_view lock_rows() const override { return " FOR UPDATE"; }

  void set_up(Access access) {
    if (access == Access::create && version() < migrations().size()) migrate();
    const std::optional<std::size_t> found = version_there();
    if (!found) fail<DataError>("{}: holds no store of monet; give another database", name_);
    require_known_version(*found, access, name_);
  }

 private:
  bool has_table(const char* name) {
    return !query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'monet' AND table_name = $1",
                  std::array<Value, 1>{std::string(name)})
                .empty();
  }
  std::optional<std::size_t> version_there() {
    if (!has_table("schema_version")) return std::nullopt;
    const Rows rows = Connection::query("SELECT version FROM schema_version");
    if (rows.size() != 1) fail<DataError>("{}: its schema 'monet' is damaged; restore a copy", name_);
    return static_cast<std::size_t>(integer_of(rows[0][0]));
  }
  std::size_t version() { return version_there().value_or(0); }

  void migrate() {
    begin();
    try {
      Connection::query(fmt::format("SELECT pg_advisory_xact_lock({})::text", kSetUpLock));
      const bool is_new = !version_there();
      if (is_new && has_any_table()) {
        fail<DataError>("{}: its schema 'monet' holds something else than a store; give another database", name_);
      }
      if (is_new) {
        Connection::change("CREATE SCHEMA IF NOT EXISTS monet");
        Connection::change("CREATE TABLE schema_version (version BIGINT NOT NULL)");
        Connection::change("INSERT INTO schema_version VALUES (0)");
      }
      for (std::size_t next = version(); next < migrations().size(); ++next) {
        for (const std::string& statement : migrations()[next]) Connection::change(in_postgres_words(statement));
      }
      change("UPDATE schema_version SET version = $1 WHERE version < $1",
             std::array<Value, 1>{static_cast<std::int64_t>(migrations().size())});
      commit();
    } catch (...) {
      rollback();
      throw;
    }
  }
  bool has_any_table() {
    return !Connection::query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'monet' LIMIT 1").empty();
  }

  pqxx::result execute(const std::string& sql, std::span<const Value> parameters) {
    std::vector<std::optional<std::string>> texts;
    texts.reserve(parameters.size());
    for (const Value& value : parameters) texts.push_back(text_of_parameter(value));
    std::vector<const char*> pointers;
    pointers.reserve(texts.size());
    for (const auto& text : texts) pointers.push_back(text ? text->c_str() : nullptr);
    const auto dynamic = pqxx::prepare::make_dynamic_params(pointers.begin(), pointers.end());
    pqxx::result result;
    guarded([&] {
      if (transaction_) {
        result = transaction_->exec_params(sql, dynamic);
      } else {
        pqxx::nontransaction session(*connection_);
        result = session.exec_params(sql, dynamic);
      }
    });
    return result;
  }

  static std::optional<std::string> text_of_parameter(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
    if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* blob = std::get_if<Blob>(&value)) return hexadecimal(blob->bytes);
    return std::nullopt;
  }

  static Value cell(const pqxx::field& field) {
    if (field.is_null()) return std::monostate();
    const std::string_view text(field.c_str(), field.size());
    switch (field.type()) {
      case kInt8:
      case kInt4: return number_of<std::int64_t>(text);
      case kFloat8: return number_of<double>(text);
      case kBytes: return Blob{pqxx::binarystring(field).str()};
      default: return std::string(text);
    }
  }

  /// Makes our errors of those of pqxx.
  template <class Do>
  void guarded(Do&& work) {
    try {
      work();
    } catch (const pqxx::disk_full&) {
      fail<IoError>("{}: cannot write: the server's disk is full; free some space", name_);
    } catch (const pqxx::insufficient_privilege& error) {
      fail<IoError>("{}: {}; grant this user the right, or give another one", name_, first_line(error.what()));
    } catch (const pqxx::failure& error) {
      const bool lost =
          !connection_ || !connection_->is_open() || dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr;
      if (lost) fail<ConnectionLost>("{}: cannot be reached: {}", name_, first_line(error.what()));
      fail<IoError>("{}: {}", name_, first_line(error.what()));
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      fail<InternalError>("[store] {}: {}", name_, first_line(error.what()));
    }
  }

  std::string name_;
  std::string encoding_;
  std::optional<pqxx::connection> connection_;
  std::optional<pqxx::work> transaction_;  // goes before the connection
};

/// Nobody waits for minutes for a server that does not answer.
std::string with_timeout(const std::string& address) {
  if (address.find("connect_timeout=") != std::string::npos) return address;
  return address + (address.find('?') == std::string::npos ? "?" : "&") + "connect_timeout=5";
}

}  // namespace

Connect postgres_database(const std::string& address, const std::string& name, Access access) {
  return [address = with_timeout(address), name, access]() -> std::unique_ptr<Connection> {
    auto connection = std::make_unique<PostgresConnection>(address, name);
    connection->set_up(access);
    return connection;
  };
}

}  // namespace monet::store::detail
