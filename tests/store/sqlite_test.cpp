// What only a file can be: another's, damaged, locked, read-only, on a full disk.
#include "monet/core/error.h"
#include "monet/store/detail/sqlite_connection.h"
#include "monet/store/group_commit.h"
#include "tests/store/support.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

namespace monet::store::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StoreFile : public ::testing::Test {
 protected:
  /// Runs statements by SQLite itself.
  void execute(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  static std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::stringstream bytes;
    bytes << stream.rdbuf();
    return bytes.str();
  }

  ScopedFolder folder_;
  std::string file_ = folder_.path_of("shop.db");
};

TEST_F(StoreFile, IsFoundByAllItsAddresses) {
  const Event event = view("u", "i");
  open_store(file_)->append({&event, 1});
  EXPECT_EQ(open_store("sqlite:" + file_)->counts().events, 1);
  EXPECT_EQ(open_store("sqlite://" + file_)->counts().events, 1);
  EXPECT_EQ(open_store(file_, Access::read)->counts().events, 1);
}

TEST_F(StoreFile, AnAddressOfSomethingElseIsRefused) {
  EXPECT_THAT(message_of<InvalidArgument>([] { open_store("mysql://root:pw@host/shop"); }),
              AllOf(HasSubstr("mysql"), HasSubstr("postgresql://"), Not(HasSubstr("pw"))));
  EXPECT_THROW(open_store(""), InvalidArgument);
  EXPECT_THROW(open_store("sqlite:"), InvalidArgument);
  EXPECT_THAT(message_of<DataError>([&] { open_store(folder_.path().string()); }), HasSubstr("folder"));
  EXPECT_THAT(message_of<IoError>([&] { open_store(folder_.path_of("absent/shop.db")); }),
              HasSubstr("cannot be opened"));
  EXPECT_THAT(message_of<IoError>([&] { open_store(file_, Access::read); }), HasSubstr("no such store"));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(StoreFile, OfAnotherProgramIsRefusedUntouched) {
  std::ofstream(file_) << "user,item\nu,i\n" << std::string(5000, 'x');
  const std::string before = bytes_of(file_);
  EXPECT_THAT(message_of<DataError>([&] { open_store(file_); }), HasSubstr("neither a store of monet"));
  EXPECT_EQ(bytes_of(file_), before);
  fs::remove(file_);
  execute("CREATE TABLE painting (id INTEGER)");
  const std::string database = bytes_of(file_);
  EXPECT_THAT(message_of<DataError>([&] { open_store(file_); }), HasSubstr("not a store of monet"));
  EXPECT_EQ(bytes_of(file_), database);
}

TEST_F(StoreFile, OfANewerProgramIsRefused) {
  open_store(file_);
  execute("PRAGMA user_version = 99");
  EXPECT_THAT(message_of<DataError>([&] { open_store(file_); }), AllOf(HasSubstr("newer"), HasSubstr("99")));
}

TEST_F(StoreFile, OfTheFirstSchemaIsBroughtUpToDate) {
  // As schema 1 left it.
  execute(
      "PRAGMA journal_mode = WAL; PRAGMA application_id = 1297043028; PRAGMA user_version = 1;"
      "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, revision INTEGER NOT NULL)"
      " STRICT;"
      "INSERT INTO state VALUES (1, 2, 0);"
      "CREATE TABLE events (position INTEGER PRIMARY KEY, user_id TEXT NOT NULL, item_id TEXT NOT NULL,"
      " kind TEXT NOT NULL, weight REAL, time INTEGER NOT NULL, idempotency_key TEXT UNIQUE) STRICT;"
      "CREATE INDEX events_of_user ON events (user_id, position);"
      "CREATE INDEX events_of_item ON events (item_id, position);"
      "INSERT INTO events VALUES (1, 'u', 'i', 'view', NULL, 1700000000, 'a'), (2, 'u', 'j', 'view', NULL, 1700000000,"
      " NULL);");
  EXPECT_THAT(message_of<DataError>([&] { open_store(file_, Access::read); }), HasSubstr("older"));
  const auto store = open_store(file_);
  EXPECT_THAT(all_events(*store), ElementsAre(view("u", "i", "a"), view("u", "j")));
  const Item item = full_item("scarf");
  store->put_items({&item, 1});
  const Event next = view("u", "k");
  EXPECT_THAT(store->append({&next, 1}).positions, ElementsAre(3));
}

TEST_F(StoreFile, OfTheSecondSchemaKeepsItsItems) {
  // As schema 2 left it.
  execute(
      "PRAGMA journal_mode = WAL; PRAGMA application_id = 1297043028; PRAGMA user_version = 2;"
      "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, revision INTEGER NOT NULL)"
      " STRICT;"
      "INSERT INTO state VALUES (1, 0, 1);"
      "CREATE TABLE events (position INTEGER PRIMARY KEY, user_id TEXT NOT NULL, item_id TEXT NOT NULL,"
      " kind TEXT NOT NULL, weight REAL, time INTEGER NOT NULL, idempotency_key TEXT UNIQUE) STRICT;"
      "CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,"
      " picture TEXT NOT NULL, categories TEXT NOT NULL, price REAL, available INTEGER NOT NULL,"
      " hidden INTEGER NOT NULL, added INTEGER NOT NULL, updated INTEGER NOT NULL, attributes TEXT NOT NULL,"
      " features BLOB, sought TEXT NOT NULL) STRICT;"
      "CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, attributes TEXT NOT NULL, comment TEXT NOT NULL) STRICT;"
      "INSERT INTO items VALUES ('hat', 'A hat', '', '', '[\"hats\"]', 5.5, 1, 0, 7, 8, '{}', NULL, 'x');");
  EXPECT_THAT(message_of<DataError>([&] { open_store(file_, Access::read); }), HasSubstr("older"));
  const auto store = open_store(file_);
  Item hat = *store->item("hat");
  EXPECT_EQ(hat.title, "A hat");
  EXPECT_EQ(hat.price, 5.5);
  EXPECT_EQ(hat.brand, "");
  EXPECT_EQ(store->patch_item("hat", {.brand = "Feder"})->brand, "Feder");
}

TEST_F(StoreFile, DamagedIsReportedAsSuch) {
  {
    const auto store = open_store(file_);
    std::vector<Event> events;
    for (int n = 0; n < 2000; ++n) events.push_back(view("user " + std::to_string(n), "item"));
    store->append(events);
  }
  std::fstream stream(file_, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(8192);
  stream << std::string(60000, '\xff');
  stream.close();
  EXPECT_THAT(message_of<DataError>([&] { all_events(*open_store(file_)); }), HasSubstr("damaged"));
}

TEST_F(StoreFile, SyncsEveryCommitAndOverwritesWhatItDeletes) {
  const auto store = open_store(file_);
  std::vector<Event> events;
  for (int n = 0; n < 500; ++n) {
    events.push_back(view(n % 2 == 0 ? "Waldemar" : "Rosalinde", "item " + std::to_string(n), "k" + std::to_string(n)));
  }
  store->append(events);
  const std::array users{User{"Waldemar", "{}", "calls at night"}};
  store->put_users(users);
  const auto all_bytes = [&] { return bytes_of(file_) + bytes_of(file_ + "-wal"); };
  ASSERT_THAT(all_bytes(), HasSubstr("Waldemar"));
  EXPECT_TRUE(store->erase_user("Waldemar").overwritten);
  EXPECT_EQ(all_bytes().find("Waldemar"), std::string::npos);
  EXPECT_EQ(all_bytes().find("calls at night"), std::string::npos);
  EXPECT_THAT(all_bytes(), HasSubstr("Rosalinde"));
}

TEST_F(StoreFile, LeavesNothingBesideItWhenItIsClosed) {
  const Event event = view("u", "i");
  open_store(file_)->append({&event, 1});
  EXPECT_EQ(open_store(file_, Access::read)->counts().events, 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(StoreFile, ReadingWritesNothing) {
  open_store(file_);
  const auto store = open_store(file_, Access::read);
  const Event event = view("u", "i");
  EXPECT_THROW(store->append({&event, 1}), IoError);
}

TEST_F(StoreFile, LockedByAnotherSaysSoAndWorksLater) {
  const auto store = open_store(file_);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Event event = view("u", "i");
  EXPECT_THAT(message_of<IoError>([&] { store->append({&event, 1}); }), HasSubstr("locked by another process"));
  EXPECT_EQ(store->counts().events, 0) << "readers do not wait";
  sqlite3_close(other);
  EXPECT_EQ(store->append({&event, 1}).added, 1);
}

TEST_F(StoreFile, BegunByAnotherAMomentAgoItIsWaitedFor) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &other), SQLITE_OK);
  const std::string begun = fmt::format("PRAGMA application_id = {}; BEGIN IMMEDIATE", detail::kApplicationId);
  ASSERT_EQ(sqlite3_exec(other, begun.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  std::thread ends([other] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    sqlite3_close(other);
  });
  EXPECT_NO_THROW(open_store(file_));
  ends.join();
}

TEST_F(StoreFile, WithoutTheRightToWriteItIsReadAllTheSame) {
  if (geteuid() == 0) {
    // Root may write anything; a file system that is read-only stands in.
    const std::string disk = folder_.path_of("disk");
    fs::create_directory(disk);
    if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
      GTEST_SKIP() << "cannot mount a tmpfs (" << std::strerror(errno) << ")";
    }
    file_ = disk + "/shop #1 100%.db";
  }
  const Event event = view("u", "i");
  open_store(file_)->append({&event, 1});
  const std::string folder = fs::path(file_).parent_path();
  if (geteuid() == 0) {
    ASSERT_EQ(mount("tmpfs", folder.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, ""), 0) << std::strerror(errno);
  } else {
    ASSERT_EQ(chmod(file_.c_str(), 0400) + chmod(folder.c_str(), 0500), 0);
  }
  EXPECT_THAT(message_of<IoError>([&] { open_store(file_); }), HasSubstr("may only be read"));
  EXPECT_EQ(open_store(file_, Access::read)->counts().events, 1);
  if (geteuid() == 0) {
    EXPECT_EQ(umount2(folder.c_str(), MNT_DETACH), 0);
  } else {
    chmod(folder.c_str(), 0700);
  }
}

/// Fills the store until a write fails, frees room, and looks that all is as it was acknowledged.
void fill_and_go_on(const std::string& file, const std::string& expected, const std::function<void()>& make_room) {
  const auto store = open_store(file);
  GroupCommit commit(*store);
  std::int64_t acknowledged = 0;
  std::string message;
  std::vector<Event> events(20, view("user " + std::string(200, 'x'), "item"));
  while (message.empty()) {
    try {
      acknowledged += commit.append(events).added;
    } catch (const IoError& error) {
      message = error.what();
    }
    ASSERT_LT(acknowledged, 1'000'000) << "it never is full";
  }
  EXPECT_THAT(message, AllOf(HasSubstr(expected), HasSubstr("shop.db"), Not(HasSubstr("\n"))));
  EXPECT_GT(acknowledged, 0);
  EXPECT_EQ(store->counts().events, acknowledged);
  EXPECT_THROW(commit.append(events), IoError) << "it still is";
  make_room();
  for (int n = 0; n < 20; ++n) acknowledged += commit.append(events).added;
  EXPECT_EQ(open_store(file)->counts().events, acknowledged);
}

TEST_F(StoreFile, OnAFullDiskWritesFailAndSucceedWithRoomAgain) {
  const std::string disk = folder_.path_of("disk");
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "cannot mount a tmpfs (" << std::strerror(errno) << "); the test below stands in";
  }
  std::ofstream(disk + "/filler") << std::string(3'400'000, 'x');
  fill_and_go_on(disk + "/shop.db", "the disk is full", [&] { fs::remove(disk + "/filler"); });
  EXPECT_EQ(umount2(disk.c_str(), MNT_DETACH), 0);
}

TEST_F(StoreFile, ALimitOnItsSizeIsMetInTheSameWay) {
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const rlimit small{400'000, old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  fill_and_go_on(file_, "cannot", [&] { setrlimit(RLIMIT_FSIZE, &old_limit); });
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
}

}  // namespace
}  // namespace monet::store::test
