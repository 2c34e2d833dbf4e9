#pragma once

#include "monet/input/observer.h"
#include "monet/prepare/items/item.h"
#include "monet/prepare/options.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

namespace monet::prepare {

/// What preparing would make of raw data, told from the beginnings of its files.
struct Preview {
  struct File {
    std::string role;  // "interactions", "catalogue", "features image"
    std::string path;
    std::string holds;  // "12.3 MB", "812 x 4096"
  };
  struct Interaction {
    std::string user;
    std::string item;
    std::string rating;  // empty: none
    std::string time;    // ISO 8601 in UTC where it is a Unix time; empty: none
    std::string part;    // training, validation, test; empty where the source does not say
    float weight = 1.0F;
  };

  std::string format;
  std::string name;
  std::string split;
  std::vector<File> files;
  std::vector<std::pair<std::string, std::string>> columns;  // role → name, of the interactions

  std::vector<Interaction> first;  // as they would be read
  Index looked_at = 0;             // interactions that were read
  bool whole = false;              // they are all that there are
  Index users = 0;                 // different ones among those
  Index items = 0;

  std::vector<Item> first_entries;  // of the catalogue
  Index entries_looked_at = 0;
  bool whole_catalogue = false;
  Index entries_of_items = 0;  // of items among those above

  std::vector<std::string> left_out;  // lines for the user: what of that would not be in the dataset, and why
  std::vector<std::string> notes;     // what else would be said
};

/// Reads the first 100,000 interactions and 20,000 entries of the catalogue, or the first 8 MiB of their files, and
/// writes nothing: a second, whatever the size (but for a query that has to see everything first). Lines that cannot be
/// read are counted, whatever the options say of them. Throws as `prepare_dataset` where nothing is recognised.
Preview preview_dataset(const PrepareOptions& options, input::Observer& observer, const std::atomic<bool>& stop);

}  // namespace monet::prepare
