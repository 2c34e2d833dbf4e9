#include "monet/duckdb/library.h"
#include "monet/core/error.h"
#include "monet/duckdb/sql.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace monet::duckdb {
namespace {

using test::message_of;
using ::testing::HasSubstr;

TEST(Sql, QuotesAreDoubledAndNothingElseChanges) {
  EXPECT_EQ(sql_text("a'b\"c\\d;-- e"), "'a''b\"c\\d;-- e'");
  EXPECT_EQ(sql_text("''"), std::string(6, '\''));
  EXPECT_EQ(sql_text(""), "''");
  EXPECT_EQ(sql_name("a\"b'c"), "\"a\"\"b'c\"");
  EXPECT_THAT(message_of<InvalidArgument>([] { sql_text(std::string("a\0b", 3)); }), HasSubstr("NUL"));
}

/// A variable of the environment as long as this lives.
class Variable {
 public:
  explicit Variable(const char* value) {
    if (const char* old = std::getenv("MONET_DUCKDB")) old_ = old;
    if (value == nullptr) {
      ::unsetenv("MONET_DUCKDB");
    } else {
      ::setenv("MONET_DUCKDB", value, 1);
    }
  }
  ~Variable() {
    if (old_.empty()) {
      ::unsetenv("MONET_DUCKDB");
    } else {
      ::setenv("MONET_DUCKDB", old_.c_str(), 1);
    }
  }

 private:
  std::string old_;
};

TEST(Library, IsLookedForBesideTheProgramInTheBuildTreeAndWhereTheLoaderLooks) {
  const Variable unset(nullptr);
  const auto places = library_places();
  ASSERT_EQ(places.size(), 4U);
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(places[0], program.parent_path() / "libduckdb.so");
  EXPECT_EQ(places[1], program.parent_path().parent_path() / "lib/monet/libduckdb.so");
  EXPECT_EQ(places[2], std::filesystem::path(MONET_SOURCE_DIR) / "build/npm/duckdb/libduckdb.so");
  EXPECT_EQ(places[3], "libduckdb.so");
}

TEST(Library, TheVariableNamesTheOnlyPlace) {
  const Variable named("/some/where.so");
  EXPECT_THAT(library_places(), ::testing::ElementsAre("/some/where.so"));
  const Variable empty("");
  EXPECT_TRUE(library_places().empty());
}

}  // namespace
}  // namespace monet::duckdb
