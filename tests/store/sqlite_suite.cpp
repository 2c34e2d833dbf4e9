#include "tests/store/conformance.h"

namespace monet::store::test {
namespace {

std::string new_file() {
  static const ScopedFolder folder;
  static int count = 0;
  return folder.path_of("store " + std::to_string(++count) + ".db");
}

const Backend kSqlite{"Sqlite", new_file};

INSTANTIATE_TEST_SUITE_P(On, StoreEvents, ::testing::Values(kSqlite), name_of);
INSTANTIATE_TEST_SUITE_P(On, StoreItems, ::testing::Values(kSqlite), name_of);
INSTANTIATE_TEST_SUITE_P(On, StoreUsers, ::testing::Values(kSqlite), name_of);
INSTANTIATE_TEST_SUITE_P(On, StoreThreads, ::testing::Values(kSqlite), name_of);

}  // namespace
}  // namespace monet::store::test
