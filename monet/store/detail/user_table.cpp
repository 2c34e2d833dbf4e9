#include "monet/store/detail/user_table.h"

#include "monet/store/check.h"

#include <string>
#include <string_view>
#include <utility>

namespace monet::store::detail {

namespace {

constexpr std::string_view kSelectUsers = "SELECT id, attributes, comment FROM users";

std::vector<User> users_of(Rows rows) {
  std::vector<User> users;
  users.reserve(rows.size());
  for (Row& row : rows) {
    users.push_back({std::move(text_of(row[0])), std::move(text_of(row[1])), std::move(text_of(row[2]))});
  }
  return users;
}

}  // namespace

void put_users(Connection& connection, std::span<const User> users) {
  for (const User& user : users) {
    const std::vector<Value> parameters{user.id, user.attributes, user.comment};
    connection.change(
        "INSERT INTO users VALUES ($1, $2, $3)"
        " ON CONFLICT (id) DO UPDATE SET attributes = excluded.attributes, comment = excluded.comment",
        parameters);
  }
}

std::optional<User> patch_user(Connection& connection, const std::string& id, const UserPatch& patch) {
  std::optional<User> found = user(connection, id);
  if (!found) return found;
  if (patch.attributes) found->attributes = *patch.attributes;
  if (patch.comment) found->comment = *patch.comment;
  check(*found);
  put_users(connection, {&*found, 1});
  return found;
}

std::optional<User> user(Connection& connection, const std::string& id) {
  const std::vector<Value> parameters{id};
  std::vector<User> found = users_of(connection.query(std::string(kSelectUsers) + " WHERE id = $1", parameters));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<User> users(Connection& connection, const std::string& after, std::size_t limit) {
  const std::vector<Value> parameters{after, limit_of(limit)};
  return users_of(connection.query(std::string(kSelectUsers) + " WHERE id > $1 ORDER BY id LIMIT $2", parameters));
}

bool delete_user(Connection& connection, const std::string& id) {
  const std::vector<Value> parameters{id};
  return connection.change("DELETE FROM users WHERE id = $1", parameters) > 0;
}

}  // namespace monet::store::detail
