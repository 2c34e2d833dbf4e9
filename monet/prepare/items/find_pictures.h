#pragma once

#include "monet/prepare/items/item_store.h"

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::prepare {

/// Where the pictures of a catalogue's items lie.
struct ItemPictures {
  std::vector<std::filesystem::path> files;  // [items]; empty: none
  Index found = 0;
  std::vector<std::string> notes;  // lines for the user: which were not found, and why
  std::string nothing;             // with `found` 0: where was looked, what was expected and what is there
};

/// Looks for the picture of each item: in `folder` by what the catalogue says, then by the item's id
/// (`PictureFolder`); without a `folder` only the files that the catalogue names, from `catalogue` (its folder) on.
/// One file that is found by its name alone never stands for several that the catalogue tells apart. Throws IoError,
/// Interrupted.
ItemPictures find_pictures(const ItemStore& items, const std::filesystem::path& catalogue,
                           const std::filesystem::path& folder, const std::atomic<bool>& stop);

}  // namespace monet::prepare
