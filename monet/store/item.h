#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace monet::store {

/// Vectors by the name of their modality.
using Features = std::map<std::string, std::vector<float>>;

/// What the shop says of an item. Texts are UTF-8; what they may hold says `check` (check.h).
struct Item {
  std::string id;
  std::string title;
  std::string description;
  std::string picture;                  // a path or a URL
  std::vector<std::string> categories;  // from the general to the special, where there is an order
  std::string brand = {};
  std::optional<double> price;
  bool available = true;
  bool hidden = false;
  std::int64_t added = 0;         // Unix time, seconds; 0 when it is put: as it was, for a new item now
  std::int64_t updated = 0;       // of the last write; the store sets it
  std::string attributes = "{}";  // whatever else, as JSON
  Features features;              // as they were posted; the store does not look into them

  bool operator==(const Item&) const = default;
};

/// Changes of an item: what is not said stays.
struct ItemPatch {
  std::optional<std::string> title = {};
  std::optional<std::string> description = {};
  std::optional<std::string> picture = {};
  std::optional<std::vector<std::string>> categories = {};
  std::optional<std::string> brand = {};
  std::optional<std::optional<double>> price = {};
  std::optional<bool> available = {};
  std::optional<bool> hidden = {};
  std::optional<std::int64_t> added = {};
  std::optional<std::string> attributes = {};
  std::optional<Features> features = {};  // all of them anew
};

/// What is kept of a user beside her events.
struct User {
  std::string id;
  std::string attributes = "{}";  // JSON: labels and the like
  std::string comment;            // for operators; never shown to users

  bool operator==(const User&) const = default;
};

/// Changes of a user: what is not said stays.
struct UserPatch {
  std::optional<std::string> attributes;
  std::optional<std::string> comment;
};

}  // namespace monet::store
