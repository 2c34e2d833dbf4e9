#pragma once

#include "monet/store/item.h"
#include "monet/store/store.h"

#include <cstddef>
#include <filesystem>

namespace monet::cli {

/// Gives a store the items of a catalogue table that it does not have: title, description, categories, brand, price,
/// picture. What it has stays as it is. Returns how many were added. Throws DataError for a table that cannot be read.
std::size_t add_catalogue(store::Store& store, const std::filesystem::path& table);

}  // namespace monet::cli
