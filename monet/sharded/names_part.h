#pragma once

#include "monet/data/dataset.h"
#include "monet/sharded/partition.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace monet::sharded {

/// The names of own rows, which `map` gives (its file: data/id_map.h); a row's number where it names none, and where
/// there is no map. `what`: "user" or "item". Each process reads a range of the file's lines and sends names, at most
/// `round_bytes` to one at a time, to who has the row, and to one process that sees whether a name is there twice.
/// Nothing where lines cannot be read in ranges. Notes are added, and DataError thrown, as data::load does, in every
/// process alike.
std::optional<std::vector<std::string>> read_names(dist::Communicator& world,
                                                   const std::optional<std::filesystem::path>& map, const char* what,
                                                   const Ranges& rows, data::Notes& notes,
                                                   std::size_t round_bytes = std::size_t{32} << 20);

}  // namespace monet::sharded
