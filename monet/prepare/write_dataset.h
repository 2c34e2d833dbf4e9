#pragma once

#include "monet/prepare/interaction_set.h"
#include "monet/prepare/items/item_store.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::prepare {

/// MMRec's table of interactions: tab-separated userID, itemID, rating and timestamp where the source has them,
/// weight where not all are 1, x_label. `parts`: the part of each. Throws IoError.
void write_interactions(const std::filesystem::path& path, const InteractionSet& set,
                        const std::vector<std::uint8_t>& parts);

/// MMRec's table of names: a header, then name⇥row.
void write_names(const std::filesystem::path& path, const char* header, const std::vector<std::string>& names);

/// The catalogue as CSV, one line for each item in the order of the rows: item_id, title, description, categories,
/// brand, price, image.
void write_items(const std::filesystem::path& path, const ItemStore& items);

}  // namespace monet::prepare
