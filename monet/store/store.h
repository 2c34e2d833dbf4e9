#pragma once

#include "monet/store/event.h"
#include "monet/store/item.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::store {

struct Counts {
  std::int64_t events = 0;
  std::int64_t items = 0;
  std::int64_t users = 0;  // with a profile; others are known by their events alone
};

/// How far a store is. Whoever keeps a copy in memory asks for it, reads the events behind the position it knows, and
/// everything anew when the revision is another: another process may share the store.
struct State {
  std::int64_t position = 0;  // of the last event that was appended
  std::int64_t revision = 0;  // grows with every change of items and users, and with every deletion

  bool operator==(const State&) const = default;
};

struct Erased {
  std::int64_t events = 0;
  bool profile = false;      // she had one
  bool overwritten = false;  // on the disk too; false where the database does it later (docs/store.md)
};

/// Events, items and users in a database. Every write is one transaction: when the call returns, the database has it
/// on disk; when it throws, nothing of it is kept. Every call may come from any thread at any time. Writes follow each
/// other; readers see the last finished write and wait for none.
///
/// Errors of all calls: DataError where what is to be written is not allowed (check.h), in one line that says what is;
/// IoError where the database refuses: a full disk, a file locked by another process, a server that cannot be reached.
/// Later calls work again when the database does. Lists come in pages of at most `limit`.
class Store {
 public:
  virtual ~Store() = default;

  /// Appends all or none. An event whose key is there already with the same content (all fields but the key) is a
  /// duplicate: it counts as written and is not doubled. Throws DataError, which names the key, when the content is
  /// another. Concurrent writers go through GroupCommit (group_commit.h), which shares the waiting for the disk.
  AppendResult append(std::span<const Event> events);
  /// Several such groups in one transaction, each by itself: one that is refused has its DataError in its outcome, and
  /// the others are written. What befalls all (IoError) is thrown, and none is written.
  virtual std::vector<AppendOutcome> append_groups(std::span<const std::vector<Event>> groups) = 0;
  /// Events behind `position`, the oldest first. From 0 on: all there are.
  virtual std::vector<StoredEvent> events_since(std::int64_t position, std::size_t limit) = 0;
  /// Events that fit, the last appended first, before position `before`.
  virtual std::vector<StoredEvent> newest_events(const EventFilter& filter, std::size_t limit,
                                                 std::int64_t before = kNoPosition) = 0;
  /// Deletes those that fit, and says how many. Throws InvalidArgument when the filter names neither user nor item.
  virtual std::int64_t delete_events(const EventFilter& filter) = 0;

  /// Adds items, or replaces those of the same id.
  virtual void put_items(std::span<const Item> items) = 0;
  /// Changes an item and returns it; nothing when there is none.
  virtual std::optional<Item> patch_item(const std::string& id, const ItemPatch& patch) = 0;
  virtual std::optional<Item> item(const std::string& id) = 0;
  /// Items by id in the order of bytes, from behind `after` on; "": from the first.
  virtual std::vector<Item> items(const std::string& after, std::size_t limit) = 0;
  /// Items whose id or title holds `text`, whatever the case (Unicode's); those that begin with it first, then by id.
  virtual std::vector<Item> search_items(std::string_view text, std::size_t limit) = 0;
  /// Whether there was one. Its events stay.
  virtual bool delete_item(const std::string& id) = 0;

  /// The same of users.
  virtual void put_users(std::span<const User> users) = 0;
  virtual std::optional<User> patch_user(const std::string& id, const UserPatch& patch) = 0;
  virtual std::optional<User> user(const std::string& id) = 0;
  virtual std::vector<User> users(const std::string& after, std::size_t limit) = 0;
  /// Deletes a user's profile and all her events, and overwrites them where the database can (docs/store.md).
  virtual Erased erase_user(const std::string& id) = 0;

  /// Counts rows: slow on large tables.
  virtual Counts counts() = 0;
  /// Two numbers, at once.
  virtual State state() = 0;
  /// The address without a password, for messages.
  virtual const std::string& name() const = 0;
};

/// Whether an address is a store's: by its scheme, or by the first bytes of the file.
bool is_store(std::string_view address);

/// What may be done with a store.
enum class Access {
  create,  // made when there is none, brought up to date when it is older
  read     // must be there and up to date; nothing is written
};

/// Opens a store: `shop.db` or `sqlite:shop.db` (a file), `postgresql://user@host/database`. Throws, in one line that
/// says what to do: InvalidArgument for another scheme; DataError for a database that holds something else, or was
/// written by a newer program; IoError where it cannot be opened.
std::unique_ptr<Store> open_store(std::string_view address, Access access = Access::create);

}  // namespace monet::store
