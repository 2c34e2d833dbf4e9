#pragma once

#include <string>

namespace monet::prepare {

/// What a catalogue says of an item; texts are UTF-8 without control characters, empty where it says nothing.
struct Item {
  std::string id;  // the source's id
  std::string title;
  std::string description;
  std::string categories;  // joined by '|', from the general to the special where the source orders them
  std::string brand;
  std::string price;  // as written in the source, a currency sign included
  std::string image;  // a URL, or a path that is relative to the catalogue's folder
};

}  // namespace monet::prepare
