#pragma once

#include "monet/store/detail/connection.h"
#include "monet/store/store.h"

#include <string>
#include <string_view>

namespace monet::store::detail {

/// How to connect to a store in PostgreSQL, in the schema `monet` of the database at `address` (libpq's URI). The
/// tables are made, or brought up to date, or found right with each new connection. `name`: for messages. Without
/// libpqxx (no_postgres.cpp) it throws InvalidArgument.
Connect postgres_database(const std::string& address, const std::string& name, Access access);

}  // namespace monet::store::detail
