#pragma once

#include "monet/store/store.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace monet::store::test {

Event view(const std::string& user, const std::string& item, const std::string& key = {});
/// Every field is something.
Item full_item(const std::string& id);

std::vector<Event> all_events(Store& store);
std::vector<std::string> ids_of(const std::vector<Item>& items);

using monet::test::message_of;
using monet::test::ScopedFolder;

}  // namespace monet::store::test
