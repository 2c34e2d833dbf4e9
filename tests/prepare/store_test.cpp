// A store as the source of `prepare`: read itself, or by way of its export, it is the same dataset.
#include "monet/store/store.h"
#include "monet/core/error.h"
#include "monet/data/load.h"
#include "monet/store/export.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

#include <array>

namespace monet::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreSource : public TemporaryFolder {
 protected:
  StoreSource() : store_(store::open_store(file())) {
    std::vector<store::Event> events;
    for (int n = 0; n < 60; ++n) {
      const std::string user = "user, \"" + std::to_string(n % 9) + "\"";
      const std::string item = "item-" + std::to_string(n % 7);
      events.push_back({user, item, n % 4 == 0 ? "buy" : "view", std::nullopt, 1'700'000'000 + n, ""});
      if (n % 5 == 0) events.back().weight = 2.5;
    }
    store_->append(events);
    std::vector<store::Item> items;
    for (int n = 0; n < 7; ++n) {
      store::Item item;
      item.id = "item-" + std::to_string(n);
      item.title = n == 0 ? "Two\nlines, \"quoted\"" : "Title " + std::to_string(n);
      item.description = "A description; with, all | of it";
      item.categories = {"Clothes", "Scarves, shawls"};
      item.price = 9.5 + n;
      item.picture = "pictures/" + std::to_string(n) + ".png";
      items.push_back(item);
    }
    store_->put_items(items);
  }

  std::string file() const { return (folder_ / "shop.db").string(); }
  prepare::PrepareOptions options(const std::filesystem::path& source) const {
    prepare::PrepareOptions options;
    options.source = source;
    options.out = folder_ / "out";
    options.force = true;
    options.program = "monet test";
    options.seed = 7;
    return options;
  }
  std::filesystem::path exported() const {
    const std::filesystem::path out = folder_ / "exported";
    const std::atomic<bool> never{false};
    store::export_store(*store_, {out, false, "monet test"}, never);
    return out;
  }
  /// What was written, but for the manifest, which names the sources.
  std::map<std::string, std::string> prepared(const prepare::PrepareOptions& options) const {
    prepare_quietly(options);
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(options.out)) {
      const std::string name = entry.path().filename().string();
      if (name != "prepare.json")
        files[entry.path().extension() == ".inter" ? ".inter" : name] = read_text(entry.path());
    }
    return files;
  }

  std::unique_ptr<store::Store> store_;
};

TEST_F(StoreSource, ReadItselfOrExportedIsTheSameDataset) {
  auto direct = options(file());
  const auto from_store = prepared(direct);
  EXPECT_THAT(from_store.at(".inter"), HasSubstr("weight"));
  EXPECT_THAT(from_store.at("items.csv"), HasSubstr("Two lines, \"\"quoted\"\""));
  EXPECT_THAT(from_store.at("items.csv"), HasSubstr("Scarves, shawls"));
  auto tables = options(exported());
  EXPECT_EQ(prepared(tables), from_store);
  // Kinds weigh what they are said to, times the event's own weight.
  direct.events = tables.events = {{"buy", 1.0}, {"view", 0.25}};
  const auto weighed = prepared(direct);
  EXPECT_NE(weighed.at(".inter"), from_store.at(".inter"));
  EXPECT_EQ(prepared(tables), weighed);
}

TEST_F(StoreSource, IsFoundByItsBytesAndNamedByItsFile) {
  store_.reset();
  const auto elsewhere = folder_ / "renamed.csv";
  std::filesystem::rename(file(), elsewhere);
  const prepare::PrepareResult result = prepare_quietly(options(elsewhere));
  EXPECT_EQ(result.format, "store");
  EXPECT_EQ(result.name, "renamed");
  EXPECT_EQ(result.users, 9);
  EXPECT_EQ(result.items, 7);
  EXPECT_EQ(result.described_items, 7);
  EXPECT_EQ(prepare_quietly(options("sqlite:" + elsewhere.string())).name, "renamed");
}

TEST_F(StoreSource, WhileItIsOpenElsewhere) {
  EXPECT_EQ(prepare_quietly(options(file())).format, "store");
}

TEST_F(StoreSource, GivesTheFeaturesThatWerePosted) {
  store::ItemPatch patch;
  for (int n = 0; n < 5; ++n) {
    patch.features = store::Features{{"image", {static_cast<float>(n), 1.0F}}};
    store_->patch_item("item-" + std::to_string(n), patch);
  }
  const prepare::PrepareResult result = prepare_quietly(options(file()));
  EXPECT_THAT(result.modalities, ElementsAre(HasSubstr("image: 2 wide, 5 of 7 items")));
  auto without = options(file());
  without.find_features = false;
  EXPECT_THAT(prepare_quietly(without).modalities, IsEmpty());
  patch.features = store::Features{{"image", {1.0F}}};
  store_->patch_item("item-3", patch);
  try {
    prepare_quietly(options(file()));
    FAIL() << "two widths";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("item-3"));
  }
}

TEST_F(StoreSource, FeaturesOfNewItemsAloneAreLeftOut) {
  store::Item fresh;
  fresh.id = "fresh";
  fresh.features["image"] = {1.0F, 2.0F};
  store_->put_items({&fresh, 1});
  prepare::PrepareOptions asked = options(file());
  const prepare::PrepareResult without = prepare_quietly(asked);
  EXPECT_THAT(without.modalities, IsEmpty());
  EXPECT_THAT(without.notes, Contains(HasSubstr("features image: all that were posted are of items that nobody")));
  asked.keep_unseen = true;
  EXPECT_THAT(prepare_quietly(asked).modalities, ElementsAre(HasSubstr("image: 2 wide, 1 of 8 items")));
}

TEST_F(StoreSource, MayLackItemsAndNotEvents) {
  const std::string bare = (folder_ / "bare.db").string();
  const auto store = store::open_store(bare);
  EXPECT_THROW(prepare_quietly(options(bare)), DataError);
  const std::array events{store::Event{"u", "i", "view", {}, 1, ""}, store::Event{"u", "j", "view", {}, 2, ""},
                          store::Event{"v", "j", "view", {}, 3, ""}};
  store->append(events);
  EXPECT_EQ(prepare_quietly(options(bare)).items, 2);
}

}  // namespace
}  // namespace monet::test
