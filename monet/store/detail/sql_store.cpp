#include "monet/store/detail/sql_store.h"

#include "monet/store/check.h"
#include "monet/store/detail/event_table.h"
#include "monet/store/detail/item_table.h"
#include "monet/store/detail/pool.h"
#include "monet/store/detail/user_table.h"

#include <chrono>
#include <utility>

namespace monet::store::detail {

namespace {

std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

State read_state(Connection& connection, std::string_view lock) {
  const Rows rows = connection.query("SELECT position, revision FROM state" + std::string(lock));
  if (rows.size() != 1)
    fail<DataError>("the table 'state' of the store has {} rows, not one; restore a copy", rows.size());
  return {integer_of(rows[0][0]), integer_of(rows[0][1])};
}

/// Goes back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) { connection_.begin(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!committed_) connection_.rollback();
  }
  void commit() {
    connection_.commit();
    committed_ = true;
  }

 private:
  Connection& connection_;
  bool committed_ = false;
};

class SqlStore final : public Store {
 private:
  template <class Work>
  auto read(const Work& work) {
    return readers_.with(work);
  }

  /// Runs `work` in a transaction, on the locked state, which it may move.
  template <class Work>
  auto write(const Work& work) {
    return writer_.with([&](Connection& connection) {
      Transaction transaction(connection);
      const State before = read_state(connection, connection.lock_rows());
      State state = before;
      auto result = work(connection, state);
      if (!(state == before)) {
        const std::vector<Value> parameters{state.position, state.revision};
        connection.change("UPDATE state SET position = $1, revision = $2", parameters);
      }
      transaction.commit();
      return result;
    });
  }

 public:
  SqlStore(std::string name, Connect write, Connect read, std::size_t readers)
      : name_(std::move(name)), writer_(std::move(write), 1), readers_(std::move(read), readers) {
    writer_.with([](Connection& connection) { return read_state(connection, ""); });
  }

  std::vector<AppendOutcome> append_groups(std::span<const std::vector<Event>> groups) override {
    return write([&](Connection& c, State& state) { return detail::append_groups(c, state, groups); });
  }
  std::vector<StoredEvent> events_since(std::int64_t position, std::size_t limit) override {
    return read([&](Connection& c) { return detail::events_since(c, position, limit); });
  }
  std::vector<StoredEvent> newest_events(const EventFilter& filter, std::size_t limit, std::int64_t before) override {
    return read([&](Connection& c) { return detail::newest_events(c, filter, limit, before); });
  }
  std::int64_t delete_events(const EventFilter& filter) override {
    return write([&](Connection& c, State& state) {
      ++state.revision;
      return detail::delete_events(c, filter);
    });
  }

  void put_items(std::span<const Item> items) override {
    for (const Item& item : items) check(item);
    write([&](Connection& c, State& state) {
      ++state.revision;
      detail::put_items(c, items, unix_seconds());
      return true;
    });
  }
  std::optional<Item> patch_item(const std::string& id, const ItemPatch& patch) override {
    check_id(id, "item id");
    return write([&](Connection& c, State& state) {
      ++state.revision;
      return detail::patch_item(c, id, patch, unix_seconds());
    });
  }
  std::optional<Item> item(const std::string& id) override {
    check_id(id, "item id");
    return read([&](Connection& c) { return detail::item(c, id); });
  }
  std::vector<Item> items(const std::string& after, std::size_t limit) override {
    check_sought(after, "item id after which a page begins");
    return read([&](Connection& c) { return detail::items(c, after, limit); });
  }
  std::vector<Item> search_items(std::string_view text, std::size_t limit) override {
    check_sought(text, "text that is sought");
    return read([&](Connection& c) { return detail::search_items(c, text, limit); });
  }
  bool delete_item(const std::string& id) override {
    check_id(id, "item id");
    return write([&](Connection& c, State& state) {
      ++state.revision;
      return detail::delete_item(c, id);
    });
  }

  void put_users(std::span<const User> users) override {
    for (const User& user : users) check(user);
    write([&](Connection& c, State& state) {
      ++state.revision;
      detail::put_users(c, users);
      return true;
    });
  }
  std::optional<User> patch_user(const std::string& id, const UserPatch& patch) override {
    check_id(id, "user id");
    return write([&](Connection& c, State& state) {
      ++state.revision;
      return detail::patch_user(c, id, patch);
    });
  }
  std::optional<User> user(const std::string& id) override {
    check_id(id, "user id");
    return read([&](Connection& c) { return detail::user(c, id); });
  }
  std::vector<User> users(const std::string& after, std::size_t limit) override {
    check_sought(after, "user id after which a page begins");
    return read([&](Connection& c) { return detail::users(c, after, limit); });
  }
  Erased erase_user(const std::string& id) override {
    check_id(id, "user id");
    Erased erased = write([&](Connection& c, State& state) {
      ++state.revision;
      const std::int64_t events = detail::delete_events(c, {id, {}, {}});
      return Erased{events, delete_user(c, id)};
    });
    erased.overwritten = writer_.with([](Connection& c) { return c.scrub(); });
    return erased;
  }

  Counts counts() override {
    return read([](Connection& c) {
      const Rows rows =
          c.query("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM items), (SELECT count(*) FROM users)");
      return Counts{integer_of(rows[0][0]), integer_of(rows[0][1]), integer_of(rows[0][2])};
    });
  }
  State state() override {
    return read([](Connection& c) { return read_state(c, ""); });
  }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
  Pool writer_;
  Pool readers_;
};

}  // namespace

std::unique_ptr<Store> sql_store(std::string name, Connect write, Connect read, std::size_t readers) {
  return std::make_unique<SqlStore>(std::move(name), std::move(write), std::move(read), readers);
}

}  // namespace monet::store::detail
