// The page in the program is the page in the sources, whole.
#include "monet/web/assets.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace monet::web {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::filesystem::path kPage = std::filesystem::path(MONET_SOURCE_DIR) / "monet/web/page";

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string name_of(const Asset& asset) {
  return asset.path == "/" ? "index.html" : std::string(asset.path.substr(std::string_view("/page/").size()));
}

TEST(Assets, AreTheFilesOfThePage) {
  std::set<std::string> embedded;
  for (const Asset& asset : assets()) {
    embedded.insert(name_of(asset));
    EXPECT_EQ(asset.bytes, file_text(kPage / name_of(asset))) << asset.path;
  }
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(kPage)) there.insert(entry.path().filename().string());
  EXPECT_THAT(embedded, ElementsAreArray(there)) << "a file is missing in monet/web/CMakeLists.txt";
  EXPECT_THAT(embedded, SizeIs(assets().size())) << "a path is there twice";
}

TEST(Assets, BeginWithThePage) {
  const Asset& page = assets().front();
  EXPECT_EQ(page.path, "/");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(std::string(page.bytes), HasSubstr("<title>monet</title>"));
}

TEST(Assets, HaveATagForTheirContent) {
  std::set<std::string> tags;
  for (const Asset& asset : assets()) {
    tags.insert(asset.etag);
    EXPECT_THAT(asset.etag, ::testing::MatchesRegex("\"[0-9a-f]{16}\"")) << asset.path;
  }
  EXPECT_THAT(tags, SizeIs(assets().size()));
}

TEST(Assets, ThePageNamesEveryModuleAndStyle) {
  const std::string page(assets().front().bytes);
  for (const Asset& asset : assets().subspan(1)) EXPECT_THAT(page, HasSubstr("\"" + std::string(asset.path) + "\""));
}

// The policy would refuse them.
TEST(Assets, HaveNothingInline) {
  const std::string page(assets().front().bytes);
  EXPECT_THAT(page, Not(HasSubstr("<style")));
  EXPECT_THAT(page, Not(HasSubstr("style=")));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(::testing::ContainsRegex(" on[a-z]+=")));
}

TEST(Assets, NameNoOtherServer) {
  for (const Asset& asset : assets()) {
    std::string text(asset.bytes);
    for (const std::string name : {"http://www.w3.org/2000/svg"}) {
      for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name)) text.erase(at, name.size());
    }
    EXPECT_THAT(text, Not(HasSubstr("://"))) << asset.path;
  }
}

}  // namespace
}  // namespace monet::web
