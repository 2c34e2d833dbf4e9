#pragma once

#include "monet/store/store.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace monet::store::test {

/// A folder that goes with the object.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  const std::filesystem::path& path() const { return path_; }
  std::string path_of(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

Event view(const std::string& user, const std::string& item, const std::string& key = {});
/// Every field is something.
Item full_item(const std::string& id);

std::vector<Event> all_events(Store& store);
std::vector<std::string> ids_of(const std::vector<Item>& items);

using monet::test::message_of;

}  // namespace monet::store::test
