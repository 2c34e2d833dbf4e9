#pragma once

#include "monet/store/detail/connection.h"
#include "monet/store/store.h"

#include <memory>
#include <string>

namespace monet::store::detail {

/// A store in SQL's tables. `write` is called first: it makes what is missing. One connection writes, at most `readers`
/// read. Throws as `open_store`.
std::unique_ptr<Store> sql_store(std::string name, Connect write, Connect read, std::size_t readers);

}  // namespace monet::store::detail
