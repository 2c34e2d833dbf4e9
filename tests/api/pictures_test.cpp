// Pictures of a folder, and nothing else of the disk.
#include "monet/api/pictures.h"

#include "monet/api/problem.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace monet::api {
namespace {

namespace fs = std::filesystem;

class PicturesTest : public ::testing::Test {
 protected:
  PicturesTest() {
    fs::create_directories(folder_ / "pictures");
    test::write_bytes(folder_ / "pictures/a.jpg", "\xff\xd8\xff rest");
    test::write_bytes(folder_ / "pictures/page.jpg", "<html>");
    test::write_bytes(folder_ / "secret.png", "\x89PNG\r\n\x1a\n");
  }
  int status_of(const std::string& picture, const fs::path& folder) {
    try {
      return picture_response(folder, picture).status;
    } catch (const Problem& problem) {
      return problem.status();
    }
  }
  test::ScopedFolder folder_;
};

TEST_F(PicturesTest, APictureIsToldByItsBytes) {
  const http::Response response = picture_response(folder_ / "", "pictures/a.jpg");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "image/jpeg");
  EXPECT_EQ(response.content(), "\xff\xd8\xff rest");
  EXPECT_EQ(status_of("pictures/page.jpg", folder_ / ""), 404) << "a page is no picture, whatever it is called";
  EXPECT_EQ(picture_response(folder_ / "", "https://shop.example/a.jpg").status, 302);
}

TEST_F(PicturesTest, NothingOutsideOfTheFolderIsThere) {
  const fs::path inside = folder_ / "pictures";
  fs::create_symlink(folder_ / "secret.png", inside / "link.png");
  for (const char* path : {"../secret.png", "link.png", "", ".", "../pictures", "nothing.jpg", "/etc/passwd",
                           "pictures/../../secret.png"}) {
    EXPECT_EQ(status_of(path, inside), 404) << path;
  }
  EXPECT_EQ(status_of((folder_ / "secret.png").string(), inside), 404);
  EXPECT_EQ(status_of("a.jpg", ""), 404) << "no folder was given";
  EXPECT_EQ(status_of("a.jpg", inside), 200);
}

}  // namespace
}  // namespace monet::api
