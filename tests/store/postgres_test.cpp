// What only PostgreSQL has: a server that goes and comes back, and databases of others. The suite that every database
// passes runs here too.
#include "monet/core/error.h"
#include "monet/store/group_commit.h"
#include "tests/store/conformance.h"
#include "tests/store/postgres_server.h"

#include <array>

namespace monet::store::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One for all tests of this program; nothing where none is installed.
PostgresServer* server() {
  static const std::unique_ptr<PostgresServer> one =
      PostgresServer::is_installed() ? std::make_unique<PostgresServer>() : nullptr;
  return one.get();
}

std::string emptied_database() {
  return server() == nullptr ? std::string() : server()->emptied_database();
}

const Backend kPostgres{"Postgres", emptied_database};

INSTANTIATE_TEST_SUITE_P(On, StoreEvents, ::testing::Values(kPostgres), name_of);
INSTANTIATE_TEST_SUITE_P(On, StoreItems, ::testing::Values(kPostgres), name_of);
INSTANTIATE_TEST_SUITE_P(On, StoreUsers, ::testing::Values(kPostgres), name_of);
INSTANTIATE_TEST_SUITE_P(On, StoreThreads, ::testing::Values(kPostgres), name_of);

class StorePostgres : public ::testing::Test {
 protected:
  void SetUp() override {
    if (server() == nullptr) GTEST_SKIP() << "no server is installed here (apt-get install postgresql)";
    address_ = server()->emptied_database();
  }
  static void execute(const std::string& sql) { server()->execute("postgres", sql); }

  std::string address_;
};

TEST_F(StorePostgres, WhileTheServerIsGoneWritesFailAndLaterOnesSucceed) {
  const auto store = open_store(address_);
  GroupCommit commit(*store);
  commit.append({view("u", "before", "1")});
  store->counts();
  server()->stop();
  const std::string message = message_of<IoError>([&] { commit.append({view("u", "lost", "2")}); });
  EXPECT_THAT(message, AllOf(HasSubstr("cannot be reached"), HasSubstr("postgresql://"), Not(HasSubstr("secret")),
                             Not(HasSubstr("\n"))));
  EXPECT_THROW(commit.append({view("u", "lost", "3")}), IoError);
  EXPECT_THROW(store->item("scarf"), IoError);
  EXPECT_THROW(store->put_users({}), IoError);
  server()->start();
  EXPECT_EQ(commit.append({view("u", "after", "2")}).added, 1) << "the lost one has left its key free";
  EXPECT_EQ(store->counts().events, 2);
}

TEST_F(StorePostgres, AnAcknowledgedWriteSurvivesACrashOfTheServer) {
  const auto store = open_store(address_);
  const Event event = view("u", "i", "key");
  store->append({&event, 1});
  server()->crash();
  server()->start();
  // The kept connections are dead: the store makes new ones by itself.
  EXPECT_EQ(store->counts().events, 1);
  EXPECT_EQ(store->append({&event, 1}).duplicates, 1);
}

TEST_F(StorePostgres, ARestartBetweenTwoWritesIsNotNoticed) {
  const auto store = open_store(address_);
  const std::array events{view("u", "1"), view("u", "2")};
  store->append({&events[0], 1});
  server()->stop();
  server()->start();
  EXPECT_EQ(store->append({&events[1], 1}).added, 1);
  EXPECT_THAT(all_events(*store), ElementsAre(events[0], events[1]));
}

TEST_F(StorePostgres, AStoreOfTheFirstSchemaIsBroughtUpToDate) {
  // As schema 1 left it.
  execute(
      "CREATE SCHEMA monet;"
      "CREATE TABLE monet.schema_version (version BIGINT NOT NULL);"
      "INSERT INTO monet.schema_version VALUES (1);"
      "CREATE TABLE monet.state (id BIGINT PRIMARY KEY CHECK (id = 1), position BIGINT NOT NULL,"
      " revision BIGINT NOT NULL);"
      "INSERT INTO monet.state VALUES (1, 2, 0);"
      "CREATE TABLE monet.events (position BIGINT PRIMARY KEY, user_id TEXT COLLATE \"C\" NOT NULL,"
      " item_id TEXT COLLATE \"C\" NOT NULL, kind TEXT COLLATE \"C\" NOT NULL, weight DOUBLE PRECISION,"
      " time BIGINT NOT NULL, idempotency_key TEXT COLLATE \"C\" UNIQUE);"
      "CREATE INDEX events_of_user ON monet.events (user_id, position);"
      "CREATE INDEX events_of_item ON monet.events (item_id, position);"
      "INSERT INTO monet.events VALUES (1, 'u', 'i', 'view', NULL, 1700000000, 'a'), (2, 'u', 'j', 'view', NULL,"
      " 1700000000, NULL);");
  EXPECT_THAT(message_of<DataError>([&] { open_store(address_, Access::read); }), HasSubstr("older"));
  const auto store = open_store(address_);
  EXPECT_THAT(all_events(*store), ElementsAre(view("u", "i", "a"), view("u", "j")));
  const Item item = full_item("scarf");
  store->put_items({&item, 1});
  const Event next = view("u", "k");
  EXPECT_THAT(store->append({&next, 1}).positions, ElementsAre(3));
}

TEST_F(StorePostgres, WhatIsNotOursOrTooNewIsRefused) {
  EXPECT_THAT(message_of<DataError>([&] { open_store(address_, Access::read); }), HasSubstr("no store of monet"));
  execute("CREATE SCHEMA monet; CREATE TABLE monet.painting (id INTEGER)");
  EXPECT_THAT(message_of<DataError>([&] { open_store(address_); }), HasSubstr("something else"));
  address_ = server()->emptied_database();
  open_store(address_);
  execute("UPDATE monet.schema_version SET version = 99");
  EXPECT_THAT(message_of<DataError>([&] { open_store(address_); }), HasSubstr("newer"));
  const std::string latin = server()->new_database("LATIN1");
  EXPECT_THAT(message_of<DataError>([&] { open_store(latin); }), HasSubstr("UTF8"));
}

TEST_F(StorePostgres, OpeningWhatIsNotThereSaysWhat) {
  EXPECT_THAT(message_of<IoError>([&] { open_store(server()->address_of("absent")); }),
              AllOf(HasSubstr("absent"), HasSubstr("does not exist"), Not(HasSubstr("secret"))));
  EXPECT_THAT(message_of<IoError>([&] { open_store("postgresql://u:secret@localhost:1/shop"); }),
              AllOf(HasSubstr("postgresql://u:***@localhost:1/shop"), HasSubstr("cannot be reached")));
}

TEST_F(StorePostgres, SynchronousCommitIsOnWhateverTheServerSays) {
  execute("ALTER DATABASE postgres SET synchronous_commit = off");
  const auto store = open_store(address_);
  // Seen from within the session that writes: a trigger notes the setting.
  execute(
      "CREATE TABLE monet.seen (setting TEXT);"
      "CREATE FUNCTION monet.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " INSERT INTO monet.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;"
      "CREATE TRIGGER look AFTER INSERT ON monet.events EXECUTE FUNCTION monet.look()");
  const Event event = view("u", "i");
  store->append({&event, 1});
  execute(
      "DO $$ BEGIN IF EXISTS (SELECT 1 FROM monet.seen WHERE setting <> 'on') OR"
      " NOT EXISTS (SELECT 1 FROM monet.seen) THEN RAISE EXCEPTION 'not durable'; END IF; END $$");
  execute("ALTER DATABASE postgres RESET synchronous_commit");
}

}  // namespace
}  // namespace monet::store::test
