#include "monet/prepare/items/find_pictures.h"
#include "monet/prepare/items/item_store.h"
#include "monet/prepare/items/picture_folder.h"
#include "monet/prepare/items/picture_names.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::prepare {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> paths_of(std::string_view cell) {
  std::vector<std::string> paths;
  for (const PictureName& name : picture_names(cell)) paths.push_back((name.remote ? "remote " : "") + name.path);
  return paths;
}

TEST(PictureNames, AreMeantInSeveralWaysTheMostLiteralFirst) {
  EXPECT_THAT(paths_of("a.jpg"), ElementsAre("a.jpg"));
  EXPECT_THAT(paths_of(R"(photos\summer\shirt.png)"), ElementsAre("photos/summer/shirt.png"));
  EXPECT_THAT(paths_of("p/100%25%20wool.png?v=2"),
              ElementsAre("p/100%25%20wool.png?v=2", "p/100%25%20wool.png", "p/100% wool.png", "p/100% wool.png?v=2"));
  EXPECT_THAT(paths_of("https://cdn.shop.example/s/files/my%20shirt.png?v=1571438#x"),
              ElementsAre("remote s/files/my%20shirt.png", "remote s/files/my shirt.png"));
  EXPECT_THAT(paths_of("//cdn.shop.example/s/a.jpg"), ElementsAre("remote s/a.jpg"));
  EXPECT_THAT(paths_of("file:///home/me/a%20b.jpg"), ElementsAre("/home/me/a%20b.jpg", "/home/me/a b.jpg"));
  EXPECT_THAT(paths_of("file:///C:/Photos/a.jpg"), ElementsAre("/Photos/a.jpg"));
  EXPECT_THAT(paths_of(R"(C:\Photos\a.jpg)"), ElementsAre("/Photos/a.jpg"));
  EXPECT_THAT(paths_of("a:1.jpg"), ElementsAre("a:1.jpg")) << "no drive of Windows";
  EXPECT_THAT(paths_of("50%.jpg"), ElementsAre("50%.jpg"));
  EXPECT_THAT(paths_of("  "), IsEmpty());
}

TEST(PictureNames, OfACellWithSeveralEachIsNamed) {
  EXPECT_THAT(paths_of("a.jpg|b.jpg"), ElementsAre("a.jpg|b.jpg", "a.jpg", "b.jpg"));
  EXPECT_THAT(paths_of("a.jpg; b.png"), ElementsAre("a.jpg; b.png", "a.jpg", "b.png"));
  EXPECT_THAT(paths_of("https://x.example/a.jpg?w=1,https://x.example/b?id=7"), Contains("remote b"));
  EXPECT_THAT(paths_of("https://x.example/a.jpg https://x.example/b.jpg"), Contains("remote b.jpg"));
  EXPECT_THAT(paths_of(R"(["a.jpg", "c/b.jpg"])"), ElementsAre("a.jpg", "c/b.jpg"));
  EXPECT_THAT(paths_of("['a.jpg', 'b.jpg']"), ElementsAre("a.jpg", "b.jpg"));
}

TEST(PictureNames, ACommaOrBlankInANameIsPartOfIt) {
  EXPECT_THAT(paths_of("shirt, red.jpg"), ElementsAre("shirt, red.jpg"));
  EXPECT_THAT(paths_of("my shirt.png"), ElementsAre("my shirt.png"));
}

class Pictures : public test::TemporaryFolder {
 protected:
  void there(std::initializer_list<const char*> files) {
    for (const char* file : files) test::write_text(folder_ / "p" / file, "x");
  }
  std::string by_name(std::string_view name) {
    return relative(PictureFolder(folder_ / "p", stop_).by_name(name).path);
  }
  std::string by_id(std::string_view id) { return relative(PictureFolder(folder_ / "p", stop_).by_id(id).path); }
  std::string relative(const std::filesystem::path& path) const {
    return path.empty() ? std::string() : std::filesystem::relative(path, folder_ / "p").string();
  }
  /// Items with ids and image cells.
  ItemPictures find(const std::vector<std::pair<std::string, std::string>>& items, bool in_folder = true) {
    std::vector<std::string> ids;
    for (const auto& [id, cell] : items) ids.push_back(id);
    ItemStore store(ids, folder_ / ".items");
    for (std::size_t row = 0; row < items.size(); ++row) {
      Item item;
      item.image = items[row].second;
      store.add(static_cast<Index>(row), item);
    }
    return find_pictures(store, folder_, in_folder ? folder_ / "p" : std::filesystem::path(), stop_);
  }
  std::vector<std::string> files_of(const ItemPictures& pictures) const {
    std::vector<std::string> files;
    for (const auto& file : pictures.files) files.push_back(relative(file));
    return files;
  }
  std::atomic<bool> stop_ = false;
};

TEST_F(Pictures, AreFoundByNameInAnyCaseFolderAndFormat) {
  there({"shirt.png", "Boot.JPG", "hat.webp", "deep/down/sock.jpeg", "caf\u00e9.jpg", "a%20b.png"});
  EXPECT_EQ(by_name("photos/shirt.png"), "shirt.png");
  EXPECT_EQ(by_name("boot.jpg"), "Boot.JPG");
  EXPECT_EQ(by_name("hat.jpg"), "hat.webp");
  EXPECT_EQ(by_name("sock.jpeg"), "deep/down/sock.jpeg");
  EXPECT_EQ(by_name("cafe\u0301.jpg"), "caf\u00e9.jpg") << "as macOS writes it";
  EXPECT_EQ(by_name("a%20b.png"), "a%20b.png");
  EXPECT_EQ(by_name("shoe.png"), "");
  EXPECT_EQ(by_name(""), "");
}

TEST_F(Pictures, TheExactNameWinsAndTheNamedFolder) {
  there({"a.jpg", "A.jpg", "a.png", "red/b.jpg", "blue/b.jpg", "c.jpg", "thumbs/c.jpg", "x/d.jpg", "y/d.jpg"});
  EXPECT_EQ(by_name("A.jpg"), "A.jpg");
  EXPECT_EQ(by_name("a.png"), "a.png");
  EXPECT_EQ(by_name("shop/Blue/b.jpg"), "blue/b.jpg");
  EXPECT_EQ(by_name("c.jpg"), "c.jpg") << "the least deep";
  EXPECT_EQ(by_name("thumbs/c.jpg"), "thumbs/c.jpg");
  const auto unclear = PictureFolder(folder_ / "p", stop_).by_name("d.jpg");
  EXPECT_TRUE(unclear.is_empty());
  EXPECT_EQ(unclear.rivals, std::pair(std::string("x/d.jpg"), std::string("y/d.jpg")));
}

TEST_F(Pictures, AreFoundByIdInAnyFolder) {
  there({"1.JPG", "010/0108775015.jpg", "020/0208775016.png", "k/main.jpg", "7/10.jpg", "7/2.jpg", "7/notes.txt",
         "a_b.jpg", "2.png", "2.jpg", "3.gif", "x/010877.jpg", "010/010877.jpg"});
  EXPECT_EQ(by_id("1"), "1.JPG");
  EXPECT_EQ(by_id("0108775015"), "010/0108775015.jpg");
  EXPECT_EQ(by_id("0208775016"), "020/0208775016.png");
  EXPECT_EQ(by_id("7"), "7/2.jpg") << "the first of the item's folder";
  EXPECT_EQ(by_id("a/b"), "a_b.jpg");
  EXPECT_EQ(by_id("2"), "2.jpg");
  EXPECT_EQ(by_id("3"), "3.gif") << "found, and named when it is read";
  EXPECT_EQ(by_id("010877"), "010/010877.jpg") << "the folder is the beginning of the id";
  EXPECT_EQ(by_id("K"), "") << "ids differ in case";
  EXPECT_EQ(by_id("108775015"), "");
  EXPECT_THAT(PictureFolder(folder_ / "p", stop_).near_miss("108775015"),
              AllOf(HasSubstr("0108775015.jpg"), HasSubstr("leading zeros")));
  EXPECT_THAT(PictureFolder(folder_ / "p", stop_).near_miss("A_B"), AllOf(HasSubstr("a_b.jpg"), HasSubstr("case")));
}

TEST_F(Pictures, NothingOutsideTheFolderIsFound) {
  test::write_text(folder_ / "secret.jpg", "x");
  there({"a.jpg", ".hidden.jpg"});
  EXPECT_EQ(by_name("../secret.jpg"), "");
  EXPECT_EQ(by_id("../secret"), "");
  EXPECT_EQ(by_name((folder_ / "secret.jpg").string()), "");
  EXPECT_EQ(by_name(".hidden.jpg"), "");
}

TEST_F(Pictures, LinksAreFollowedOnceAndEndlessOnesEnd) {
  there({"a/b.jpg"});
  std::filesystem::create_directory_symlink(folder_ / "p", folder_ / "p/a/again");
  std::filesystem::create_symlink(folder_ / "nowhere.jpg", folder_ / "p/lost.jpg");
  EXPECT_EQ(by_name("b.jpg"), "a/b.jpg");
  EXPECT_EQ(by_name("lost.jpg"), "");
}

TEST_F(Pictures, AFolderThatIsNotThereIsAnError) {
  EXPECT_THAT(test::message_of<IoError>([&] { PictureFolder(folder_ / "none", stop_); }), HasSubstr("none"));
}

TEST_F(Pictures, OfItemsAreWhatTheCatalogueSaysElseWhatIsCalledByTheId) {
  there({"shirt.png", "i2.jpg", "b.jpg"});
  const ItemPictures pictures = find({{"i1", "https://x.example/shirt.png?v=3"},
                                      {"i2", "gone.jpg"},
                                      {"i3", "https://x.example/a.jpg,https://x.example/b.jpg"},
                                      {"i4", ""}});
  EXPECT_THAT(files_of(pictures), ElementsAre("shirt.png", "i2.jpg", "b.jpg", ""));
  EXPECT_EQ(pictures.found, 3);
  EXPECT_THAT(pictures.notes, ElementsAre(AllOf(HasSubstr("1 of 4 items have none"), HasSubstr("i4.jpg"))));
}

TEST_F(Pictures, OneFileDoesNotStandForSeveral) {
  there({"main.jpg", "c/main.jpg", "logo.png"});
  const ItemPictures pictures =
      find({{"i1", "a/main.jpg"}, {"i2", "b/main.jpg"}, {"i3", "c/main.jpg"}, {"i4", "logo.png"}, {"i5", "logo.png"}});
  EXPECT_THAT(files_of(pictures), ElementsAre("", "", "c/main.jpg", "logo.png", "logo.png"));
  EXPECT_THAT(pictures.notes, Contains(AllOf(HasSubstr("2 items"), HasSubstr("'main.jpg'"))));
}

TEST_F(Pictures, APictureOfAnothersFolderIsNotTaken) {
  there({"1/main.png"});
  const ItemPictures found = find({{"a", "1/main.png"}, {"b", "2/main.png"}});
  EXPECT_THAT(files_of(found), ElementsAre("1/main.png", ""));
  EXPECT_THAT(found.notes, Contains(HasSubstr("cannot stand for several")));
}

TEST_F(Pictures, WhereTheCellIsContestedTheIdCounts) {
  there({"main.png", "a.png", "b.png"});
  EXPECT_THAT(files_of(find({{"a", "https://x/1/main.png"}, {"b", "https://x/2/main.png"}})),
              ElementsAre("a.png", "b.png"));
}

TEST_F(Pictures, AnIdMayBeTheNameOfAFileAndHaveItsAccentsApart) {
  there({"a.png", "cafe\u0301.png"});
  EXPECT_THAT(files_of(find({{"a.png", ""}, {"caf\u00e9", ""}})), ElementsAre("a.png", "cafe\u0301.png"));
}

TEST_F(Pictures, WhereNoneIsFoundTheMessageSaysWhereAndWhat) {
  there({"large/x1.jpg", "small/x1.jpg"});
  const ItemPictures none = find({{"i1", "shop/i1_front.jpg"}});
  EXPECT_EQ(none.found, 0);
  EXPECT_THAT(none.nothing, AllOf(HasSubstr("2 pictures lie there, such as large/x1.jpg"),
                                  HasSubstr("'shop/i1_front.jpg' as the catalogue says"), HasSubstr("i1.webp")));
  const ItemPictures unclear = find({{"x1", ""}});
  EXPECT_EQ(unclear.found, 0);
  EXPECT_THAT(unclear.notes, Contains(AllOf(HasSubstr("large/x1.jpg"), HasSubstr("small/x1.jpg"))));
}

TEST_F(Pictures, WithoutAFolderOnlyNamedFilesCount) {
  there({"a b.jpg", "i2.jpg"});
  const ItemPictures pictures =
      find({{"i1", R"(p\a%20b.jpg)"}, {"i2", "https://x.example/p/i2.jpg"}, {"i3", "p/c.jpg"}}, false);
  EXPECT_THAT(files_of(pictures), ElementsAre("a b.jpg", "", ""));
  EXPECT_THAT(pictures.notes, ElementsAre(AllOf(HasSubstr("1 that the catalogue names"), HasSubstr("'p/c.jpg'"))));
  EXPECT_THAT(find({{"i2", "https://x.example/p/i2.jpg"}}, false).notes, ElementsAre(HasSubstr("image-dir")));
  EXPECT_THAT(find({{"i2", ""}}, false).notes, IsEmpty());
}

TEST_F(Pictures, ANameWithoutExtensionHasAny) {
  there({"photos/12345.JPG", "v1.2.png", "nan.txt"});
  EXPECT_EQ(by_name("https/x/12345"), "photos/12345.JPG");
  EXPECT_EQ(by_name("v1.2"), "v1.2.png");
  EXPECT_EQ(by_name("nan"), "");
  EXPECT_EQ(by_name("v1"), "");
}

TEST_F(Pictures, ASlashInAnIdMayBeAFolder) {
  there({"p/cat/a1.jpg", "xcat/a1.jpg", "dog_b.jpg", "c%2Fd.png"});
  EXPECT_EQ(by_id("cat/a1"), "p/cat/a1.jpg");
  EXPECT_EQ(by_id("dog/b"), "dog_b.jpg");
  EXPECT_EQ(by_id("c/d"), "c%2Fd.png");
  EXPECT_EQ(by_id("at/a1"), "");
}

TEST(PictureNames, ManyInACellTakeNoLonger) {
  std::string cell = "[\"p/0.jpg\"";
  for (int n = 1; n < 100'000; ++n) cell += fmt::format(",\"p/{}.jpg\"", n % 50'000);
  const std::vector<PictureName> names = picture_names(cell + "]");
  ASSERT_EQ(names.size(), 50'000U);
  EXPECT_EQ(names.front().path, "p/0.jpg");
  EXPECT_EQ(names.back().path, "p/49999.jpg");
}

}  // namespace
}  // namespace monet::prepare
