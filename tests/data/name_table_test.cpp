#include "monet/data/name_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace monet::test {
namespace {

TEST(NameTable, NumbersNamesInOrderOfAppearance) {
  data::NameTable table;
  std::vector<std::string> names;
  for (int i = 0; i < 5000; ++i) {
    // Short names, long ones, and pairs that agree in their first fifteen bytes.
    names.push_back((i % 2 == 0 ? "n" : "a name that is longer than a slot ") + std::to_string(i));
  }
  names.emplace_back("");
  names.emplace_back(std::string("a\0", 2));
  names.emplace_back("a");
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(table.add(names[i]), static_cast<std::int32_t>(i));
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(table.add(names[i]), static_cast<std::int32_t>(i));
    ASSERT_EQ(table.find(names[i]), static_cast<std::int32_t>(i));
  }
  EXPECT_EQ(table.find("absent"), -1);
  EXPECT_EQ(table.find("a name that is longer than a slot"), -1);
  EXPECT_EQ(table.take_names(), names);
  EXPECT_EQ(table.find("n0"), -1);
}

}  // namespace
}  // namespace monet::test
