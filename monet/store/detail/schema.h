#pragma once

#include "monet/store/store.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::store::detail {

/// The tables of version n + 1 from those of version n, as statements in SQLite's words. A step that was released is
/// never changed: another is added.
const std::vector<std::vector<std::string>>& migrations();

/// A statement of `migrations` in PostgreSQL's words.
std::string in_postgres_words(std::string_view statement);

/// Throws DataError for a version of a newer program, and for an older one under Access::read.
void require_known_version(std::size_t version, Access access, const std::string& name);

}  // namespace monet::store::detail
