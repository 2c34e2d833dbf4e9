#include "monet/core/files/replaceable.h"
#include "monet/core/error.h"
#include "monet/core/files/output_folder.h"
#include "monet/core/files/written_files.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace monet::test::replaceable_test {
namespace {

namespace fs = std::filesystem;
using files::FolderKind;
using files::OutputFolder;
using files::OutputTarget;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Folders with a `sign` are ours, and in them what a shop holds.
const FolderKind& shops() {
  static const FolderKind kind{"sign", [](const fs::path& folder) -> files::Owns {
                                 if (!fs::exists(folder / "sign")) return {};
                                 return files::owns_matching({"sign", "items.csv", "runs/*/run.json"});
                               }};
  return kind;
}

class Replaceable : public TemporaryFolder {
 protected:
  OutputTarget target(const fs::path& path, bool force) const { return {path, force, &shops(), {}, false, {}}; }
  std::string refusal(const OutputTarget& asked) const {
    return message_of<InvalidArgument>([&] { files::require_replaceable(asked); });
  }
  std::string refusal(const std::string& name, bool force = true) const {
    return refusal(target(folder_ / name, force));
  }
  void expect_free(const std::string& name, bool force = true) const {
    EXPECT_NO_THROW(files::require_replaceable(target(folder_ / name, force))) << name;
  }
  void make_shop(const std::string& name) const {
    for (const char* file : {"sign", "items.csv", "runs/a/run.json", "runs/b/run.json"}) {
      write_text(folder_ / name / file, file);
    }
  }
};

TEST_F(Replaceable, AnAbsentOrEmptyFolderIsFree) {
  expect_free("absent", false);
  expect_free("a/b/absent", false);
  fs::create_directory(folder_ / "empty");
  expect_free("empty", false);
  expect_free("empty/", false);
}

TEST_F(Replaceable, OurOwnFolderNeedsForce) {
  make_shop("shop");
  EXPECT_THAT(refusal("shop", false), HasSubstr("shop exists; give `force` to replace it"));
  expect_free("shop");
  expect_free("shop/");
  fs::remove_all(folder_ / "shop/runs");  // what is ours may be missing
  expect_free("shop");
}

TEST_F(Replaceable, AStrangersFileIsNamedWhereverItLies) {
  for (const char* file : {"notes.txt", "image_feat.npy", ".hidden", "runs/notes.txt", "runs/a/notes.txt",
                           "runs/a/deep/run.json", "runs/run.json", "pictures/mine.png"}) {
    make_shop("shop");
    write_text(folder_ / "shop" / file, "precious");
    const fs::path first = fs::path(file).begin()->string() == "pictures" ? fs::path("pictures/") : fs::path(file);
    const std::string named = first == fs::path("runs/a/deep/run.json") ? "runs/a/deep/" : first.string();
    for (const bool force : {false, true}) {
      EXPECT_THAT(refusal("shop", force),
                  AllOf(HasSubstr("shop: holds " + named + ", "), HasSubstr("did not write"), HasSubstr("`out`")));
    }
    EXPECT_EQ(read_text(folder_ / "shop" / file), "precious");
    fs::remove_all(folder_ / "shop");
  }
}

TEST_F(Replaceable, AnEmptyFolderOfSomebodyCountsToo) {
  make_shop("shop");
  fs::create_directory(folder_ / "shop/photos");
  EXPECT_THAT(refusal("shop"), HasSubstr("holds photos/, "));
}

TEST_F(Replaceable, AFolderOfAnotherKindIsRefused) {
  write_text(folder_ / "thesis/b.txt", "");
  write_text(folder_ / "thesis/a.txt", "");
  for (const bool force : {false, true}) {
    EXPECT_THAT(refusal("thesis", force), HasSubstr("thesis: holds something else (no sign, but a.txt)"));
  }
}

TEST_F(Replaceable, AFolderIsNoFileAndAFileNoFolder) {
  write_text(folder_ / "file", "precious");
  EXPECT_THAT(refusal("file"), HasSubstr("is not a folder"));
  EXPECT_THAT(refusal("file/below"), HasSubstr("is not a folder"));
  fs::create_directory(folder_ / "empty");
  EXPECT_THAT(refusal(OutputTarget{folder_ / "empty", true, nullptr, {}, false, {}}), HasSubstr("is a folder"));
}

TEST_F(Replaceable, AFileNeedsForce) {
  const OutputTarget file{folder_ / "file", false, nullptr, {}, false, {}};
  EXPECT_NO_THROW(files::require_replaceable(file));
  write_text(folder_ / "file", "old");
  EXPECT_THAT(refusal(file), HasSubstr("file exists; give `force`"));
  OutputTarget forced = file;
  forced.force = true;
  EXPECT_NO_THROW(files::require_replaceable(forced));
  forced.is_own = [](const fs::path& path) { return read_text(path) == "ours"; };
  EXPECT_THAT(refusal(forced), HasSubstr("replaces only its own; move it away"));
  write_text(folder_ / "file", "ours");
  EXPECT_NO_THROW(files::require_replaceable(forced));
  write_text(folder_ / "file", "");
  EXPECT_NO_THROW(files::require_replaceable(forced));
  forced.sources = {folder_ / "file"};
  EXPECT_THAT(refusal(forced), HasSubstr("is read for"));
  EXPECT_NO_THROW(files::require_replaceable({"/dev/null", false, nullptr, {}, false, {}}));
}

TEST_F(Replaceable, LinksAreJudgedByWhatTheyPointTo) {
  make_shop("shop");
  fs::create_directory_symlink(folder_ / "shop", folder_ / "link");
  expect_free("link");
  write_text(folder_ / "shop/notes.txt", "precious");
  EXPECT_THAT(refusal("link"), HasSubstr("notes.txt"));
  EXPECT_THAT(refusal("link/"), HasSubstr("notes.txt"));
  fs::create_directory_symlink(folder_ / "gone", folder_ / "nowhere");
  EXPECT_THAT(refusal("nowhere"), AllOf(HasSubstr("link to"), HasSubstr("gone")));
}

TEST_F(Replaceable, ALinkInsideIsNotOurs) {
  make_shop("shop");
  fs::remove(folder_ / "shop/items.csv");
  write_text(folder_ / "real.csv", "precious");
  fs::create_symlink(folder_ / "real.csv", folder_ / "shop/items.csv");
  EXPECT_THAT(refusal("shop"), HasSubstr("holds items.csv, "));
}

TEST_F(Replaceable, LeftoversOfAKilledRunAreOurs) {
  make_shop("shop");
  write_text(folder_ / "shop/.items.csv.tmp", "half");
  write_text(folder_ / "shop/runs/a/.run.json.tmp", "half");
  expect_free("shop");
  write_text(folder_ / "shop/.notes.txt.tmp", "somebody's editor");
  EXPECT_THAT(refusal("shop"), HasSubstr(".notes.txt.tmp"));
}

TEST_F(Replaceable, RootHomeAndTheCurrentFolderAreNeverReplaced) {
  EXPECT_THAT(refusal(target("/", true)), HasSubstr("root"));
  EXPECT_THAT(refusal(target(".", true)), HasSubstr("current folder"));
  EXPECT_THAT(refusal(target("..", true)), HasSubstr("current folder"));
  EXPECT_THAT(refusal(target("./", true)), HasSubstr("current folder"));
  EXPECT_THAT(refusal(target(fs::current_path().parent_path(), true)), HasSubstr("current folder"));
  EXPECT_THAT(refusal(target("~", true)), HasSubstr("~"));
  EXPECT_THAT(refusal(target("~/shop", true)), HasSubstr("~"));
  const char* home = std::getenv("HOME");
  const std::string before = home != nullptr ? home : "";
  fs::create_directories(folder_ / "homes/me");
  setenv("HOME", (folder_ / "homes/me").c_str(), 1);
  EXPECT_THAT(refusal("homes/me"), HasSubstr("home folder"));
  EXPECT_THAT(refusal("homes"), HasSubstr("home folder"));
  expect_free("homes/me/shop");
  setenv("HOME", before.c_str(), 1);
}

TEST_F(Replaceable, ASourceAndWhatHoldsItAreNeverReplaced) {
  make_shop("shop");
  OutputTarget asked = target(folder_ / "shop", true);
  asked.sources = {{}, folder_ / "shop"};
  EXPECT_THAT(refusal(asked), HasSubstr("which is read"));
  asked.sources = {folder_ / "shop/items.csv"};
  EXPECT_THAT(refusal(asked), HasSubstr("items.csv, which is read"));
  fs::create_directory_symlink(folder_ / "shop", folder_ / "link");
  asked.sources = {folder_ / "link/items.csv"};
  EXPECT_THAT(refusal(asked), HasSubstr("which is read"));
  asked.sources = {folder_ / "shopping"};  // begins alike
  EXPECT_NO_THROW(files::require_replaceable(asked));
}

TEST_F(Replaceable, WhatGoesOnRemovesNothing) {
  make_shop("shop");
  write_text(folder_ / "shop/notes.txt", "");
  OutputTarget asked = target(folder_ / "shop", false);
  asked.goes_on = true;
  EXPECT_NO_THROW(files::require_replaceable(asked));
  fs::remove(folder_ / "shop/sign");
  EXPECT_THAT(refusal(asked), HasSubstr("something else"));
}

TEST_F(Replaceable, AnEntryIsReplacedOnlyWhereItIsOurs) {
  OutputTarget asked{folder_ / "shop", false, &shops(), {}, false, "items.csv"};
  EXPECT_NO_THROW(files::require_replaceable(asked));
  make_shop("shop");
  write_text(folder_ / "shop/mine.csv", "precious");  // others' files beside it do not matter
  EXPECT_THAT(refusal(asked), HasSubstr("`force`"));
  asked.force = true;
  EXPECT_NO_THROW(files::require_replaceable(asked));
  asked.entry = "mine.csv";
  EXPECT_THAT(refusal(asked), AllOf(HasSubstr("mine.csv"), HasSubstr("not listed in")));
}

TEST(OwnsMatching, StarsStopAtSlashes) {
  const files::Owns owns = files::owns_matching({"a.txt", "runs/*/run.json", files::escaped_pattern("x[1]*") + "/y"});
  for (const char* entry : {"a.txt", "runs/", "runs/mf seed/", "runs/mf/run.json", "x[1]*/", "x[1]*/y"}) {
    EXPECT_TRUE(owns(entry)) << entry;
  }
  for (const char* entry : {"a.txt/", "b.txt", "runs", "runs/run.json", "runs/a/b/run.json", "runs/a/b/", "x1*/y",
                            "runs/mf/run.json/", "y"}) {
    EXPECT_FALSE(owns(entry)) << entry;
  }
}

class Output : public Replaceable {};

TEST_F(Output, ReplacesOurOwnAndMakesMissingParents) {
  for (const char* content : {"one", "two"}) {
    OutputFolder output(target(folder_ / "a/b/shop", true));
    write_text(output.path() / "sign", content);
    output.commit();
    EXPECT_EQ(read_text(folder_ / "a/b/shop/sign"), content);
  }
}

TEST_F(Output, ParentsOfWhatIsNotWrittenGoAgain) {
  fs::create_directory(folder_ / "a");
  { const OutputFolder output(target(folder_ / "a/b/c/shop", false)); }
  EXPECT_TRUE(fs::exists(folder_ / "a"));
  EXPECT_FALSE(fs::exists(folder_ / "a/b"));
}

TEST_F(Output, AFileThatComesMeanwhileSurvives) {
  make_shop("shop");
  OutputFolder output(target(folder_ / "shop", true));
  write_text(output.path() / "sign", "new");
  write_text(folder_ / "shop/notes.txt", "precious");
  EXPECT_THAT(message_of<InvalidArgument>([&] { output.commit(); }), HasSubstr("notes.txt"));
  EXPECT_EQ(read_text(folder_ / "shop/notes.txt"), "precious");
  EXPECT_EQ(read_text(folder_ / "shop/sign"), "sign");
}

class Written : public TemporaryFolder {};

TEST_F(Written, AFileIsOursUntilItChanges) {
  write_text(folder_ / "items.csv", "id,title\n1,lamp\n");
  write_text(folder_ / "deep/other", "x");
  const files::WrittenFiles written = files::files_written_to(folder_);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written.at("items.csv").bytes, 16);
  write_text(folder_ / "record.json", "{\"written\": " + files::to_json(written) + "}");
  const auto record = files::read_folder_record(folder_ / "record.json");
  ASSERT_TRUE(record && record->files);
  const files::Owns owns = files::owns_unchanged(folder_, "record.json", *record->files);
  EXPECT_TRUE(owns("items.csv"));
  EXPECT_TRUE(owns("record.json"));
  EXPECT_FALSE(owns("image_feat.npy"));
  EXPECT_FALSE(owns("deep/"));
  write_text(folder_ / "items.csv", "id,title\n1,lump\n");  // of the same length
  EXPECT_FALSE(owns("items.csv"));
}

TEST_F(Written, WhatIsNoRecordSaysNothing) {
  EXPECT_FALSE(files::read_folder_record(folder_ / "absent.json"));
  for (const char* text : {"", "[1, 2]", "{\"written\":", "\x93NUMPY"}) {
    write_text(folder_ / "record.json", text);
    EXPECT_FALSE(files::read_folder_record(folder_ / "record.json")) << text;
  }
  write_text(folder_ / "record.json", "{\"written\": {\"a\": 3, \"b\": {\"bytes\": \"4\"}}}");
  EXPECT_TRUE(files::read_folder_record(folder_ / "record.json")->files->empty());
  write_text(folder_ / "record.json", "{\"written\": [\"a\"]}");
  EXPECT_FALSE(files::read_folder_record(folder_ / "record.json")->files);
}

}  // namespace
}  // namespace monet::test::replaceable_test
