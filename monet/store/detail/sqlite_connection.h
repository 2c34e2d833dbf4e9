#pragma once

#include "monet/store/detail/connection.h"
#include "monet/store/store.h"

#include <cstdint>
#include <filesystem>

namespace monet::store::detail {

/// In the header of every SQLite file that is a store: "MONT".
inline constexpr std::int64_t kApplicationId = 0x4d4f4e54;

/// Whether a file is one, by its header.
bool is_sqlite_store(const std::filesystem::path& file);

/// How to connect to a store in a file, which is made, or brought up to date, or found right at once.
Connect sqlite_file(const std::filesystem::path& file, Access access);

}  // namespace monet::store::detail
