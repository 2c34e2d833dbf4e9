#pragma once

#include "monet/store/detail/connection.h"
#include "monet/store/item.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::store::detail {

/// Each as in `Store`; `now`: Unix time, seconds.
void put_items(Connection& connection, std::span<const Item> items, std::int64_t now);
std::optional<Item> patch_item(Connection& connection, const std::string& id, const ItemPatch& patch, std::int64_t now);
std::optional<Item> item(Connection& connection, const std::string& id);
std::vector<Item> items(Connection& connection, const std::string& after, std::size_t limit);
std::vector<Item> search_items(Connection& connection, std::string_view text, std::size_t limit);
bool delete_item(Connection& connection, const std::string& id);

}  // namespace monet::store::detail
