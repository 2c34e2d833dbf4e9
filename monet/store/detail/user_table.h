#pragma once

#include "monet/store/detail/connection.h"
#include "monet/store/item.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::store::detail {

/// Each as in `Store`.
void put_users(Connection& connection, std::span<const User> users);
std::optional<User> patch_user(Connection& connection, const std::string& id, const UserPatch& patch);
std::optional<User> user(Connection& connection, const std::string& id);
std::vector<User> users(Connection& connection, const std::string& after, std::size_t limit);
bool delete_user(Connection& connection, const std::string& id);

}  // namespace monet::store::detail
