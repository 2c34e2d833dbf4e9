#include "monet/core/error.h"
#include "tests/store/conformance.h"

#include <array>
#include <limits>

namespace monet::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_P(StoreItems, ComeBackWithAllTheyHold) {
  Item item = full_item("scarf");
  store_->put_items({&item, 1});
  reopen();
  const std::optional<Item> found = store_->item("scarf");
  ASSERT_TRUE(found);
  EXPECT_GT(found->updated, 1'700'000'000);
  item.updated = found->updated;
  EXPECT_EQ(*found, item);
  EXPECT_FALSE(store_->item("other"));
}

TEST_P(StoreItems, AreReplacedAndKeepTheTimeTheyWereAdded) {
  const Item full = full_item("scarf");
  Item plain;
  plain.id = "hat";
  const std::array both{full, plain};
  store_->put_items(both);
  EXPECT_GT(store_->item("hat")->added, 1'700'000'000);
  Item bare;
  bare.id = "scarf";
  store_->put_items({&bare, 1});
  bare.added = full.added;
  bare.updated = store_->item("scarf")->updated;
  EXPECT_EQ(*store_->item("scarf"), bare);
  bare.added = 5;
  store_->put_items({&bare, 1});
  EXPECT_EQ(store_->item("scarf")->added, 5);
  EXPECT_EQ(store_->counts().items, 2);
}

TEST_P(StoreItems, OfOneIdTwiceTheLastStays) {
  std::array items{full_item("scarf"), full_item("scarf")};
  items[1].title = "the last";
  store_->put_items(items);
  EXPECT_EQ(store_->item("scarf")->title, "the last");
}

TEST_P(StoreItems, ArePatched) {
  const Item full = full_item("scarf");
  store_->put_items({&full, 1});
  ItemPatch patch;
  patch.title = "Roter Schal";
  patch.available = true;
  patch.price = std::optional<double>();
  const std::optional<Item> patched = store_->patch_item("scarf", patch);
  ASSERT_TRUE(patched);
  Item expected = full;
  expected.title = "Roter Schal";
  expected.available = true;
  expected.price.reset();
  expected.updated = patched->updated;
  EXPECT_EQ(*patched, expected);
  EXPECT_EQ(*store_->item("scarf"), expected);
  EXPECT_THAT(ids_of(store_->search_items("roter", 9)), ElementsAre("scarf"));
  EXPECT_THAT(store_->search_items("grüner", 9), IsEmpty());
  EXPECT_FALSE(store_->patch_item("hat", patch));

  patch = {};
  patch.description = "";
  patch.picture = "p.png";
  patch.categories = std::vector<std::string>{"one"};
  patch.brand = "Strick";
  patch.hidden = false;
  patch.added = 3;
  patch.attributes = "[1]";
  patch.features = Features{};
  patch.price = 2.5;
  store_->patch_item("scarf", patch);
  expected.description = "";
  expected.picture = "p.png";
  expected.categories = {"one"};
  expected.brand = "Strick";
  expected.hidden = false;
  expected.added = 3;
  expected.attributes = "[1]";
  expected.features.clear();
  expected.price = 2.5;
  expected.updated = store_->item("scarf")->updated;
  EXPECT_EQ(*store_->item("scarf"), expected);
}

TEST_P(StoreItems, AWrongPatchChangesNothing) {
  const Item full = full_item("scarf");
  store_->put_items({&full, 1});
  const Item before = *store_->item("scarf");
  const State state = store_->state();
  ItemPatch patch;
  patch.title = "new";
  patch.attributes = "{";
  EXPECT_THAT(message_of<DataError>([&] { store_->patch_item("scarf", patch); }), HasSubstr("JSON"));
  EXPECT_EQ(*store_->item("scarf"), before);
  EXPECT_EQ(store_->state(), state);
}

TEST_P(StoreItems, ComeInPagesInTheOrderOfBytes) {
  std::vector<Item> items;
  for (const char* id : {"b", "B", "a", "é", "10", "9", "ab", "%"}) items.push_back(full_item(id));
  store_->put_items(items);
  EXPECT_THAT(ids_of(store_->items("", 3)), ElementsAre("%", "10", "9"));
  EXPECT_THAT(ids_of(store_->items("9", 3)), ElementsAre("B", "a", "ab"));
  EXPECT_THAT(ids_of(store_->items("ab", 3)), ElementsAre("b", "é"));
  EXPECT_THAT(store_->items("é", 3), IsEmpty());
}

TEST_P(StoreItems, AreFoundWhateverTheCaseThoseThatBeginSoFirst) {
  std::vector<Item> items;
  const auto add = [&](const char* id, const char* title) {
    Item item;
    item.id = id;
    item.title = title;
    items.push_back(item);
  };
  add("1", "Old straße map");
  add("2", "STRASSE");
  add("3", "100% wool");
  add("4", "1000 wool");
  add("5", "a_b");
  add("6", "ab");
  add("strassen-9", "x");
  add("8", "ÉCOLE ΣΊΣΥΦΟΣ");
  add("9", "it's \"quoted\" \\ !");
  store_->put_items(items);
  EXPECT_THAT(ids_of(store_->search_items("Straße", 9)), ElementsAre("2", "strassen-9", "1"));
  EXPECT_THAT(ids_of(store_->search_items("straße", 2)), ElementsAre("2", "strassen-9"));
  EXPECT_THAT(ids_of(store_->search_items("0% w", 9)), ElementsAre("3"));
  EXPECT_THAT(ids_of(store_->search_items("a_b", 9)), ElementsAre("5"));
  EXPECT_THAT(ids_of(store_->search_items("école", 9)), ElementsAre("8"));
  EXPECT_THAT(ids_of(store_->search_items("σίσυφος", 9)), ElementsAre("8"));
  EXPECT_THAT(ids_of(store_->search_items("it's \"", 9)), ElementsAre("9"));
  EXPECT_THAT(ids_of(store_->search_items("\\ !", 9)), ElementsAre("9"));
  EXPECT_THAT(store_->search_items("' OR 1=1 --", 9), IsEmpty());
  EXPECT_EQ(store_->search_items("", 99).size(), items.size());
  EXPECT_THROW(store_->search_items("\xff", 9), DataError);
}

TEST_P(StoreItems, AreDeletedAndTheirEventsStay) {
  const Item full = full_item("scarf");
  store_->put_items({&full, 1});
  const Event event = view("u", "scarf");
  store_->append({&event, 1});
  EXPECT_TRUE(store_->delete_item("scarf"));
  EXPECT_FALSE(store_->delete_item("scarf"));
  EXPECT_FALSE(store_->item("scarf"));
  EXPECT_EQ(store_->counts().events, 1);
}

TEST_P(StoreItems, EveryChangeMovesTheRevision) {
  const Item full = full_item("scarf");
  const User user{"u", "{}", ""};
  std::vector<std::int64_t> revisions{store_->state().revision};
  const auto note = [&] { revisions.push_back(store_->state().revision); };
  store_->put_items({&full, 1}), note();
  store_->patch_item("scarf", {}), note();
  store_->delete_item("scarf"), note();
  store_->put_users({&user, 1}), note();
  store_->patch_user("u", {}), note();
  store_->erase_user("u"), note();
  for (std::size_t n = 1; n < revisions.size(); ++n) EXPECT_GT(revisions[n], revisions[n - 1]) << n;
  EXPECT_EQ(store_->state().position, 0);
}

TEST_P(StoreItems, WhatIsNotAllowedIsRefusedInOneLine) {
  const auto with = [](auto change) {
    Item item = full_item("scarf");
    change(item);
    return item;
  };
  struct Case {
    Item item;
    std::string part;
  };
  const std::vector<Case> cases{
      {with([](Item& i) { i.id = "a\rb"; }), "item id"},
      {with([](Item& i) { i.title = "\xff"; }), "its title is not UTF-8"},
      {with([](Item& i) { i.title = std::string("a\0b", 3); }), "NUL"},
      {with([](Item& i) { i.description = std::string((1 << 20) + 1, 'x'); }), "1048577 bytes"},
      {with([](Item& i) { i.categories = {""}; }), "category"},
      {with([](Item& i) { i.categories.assign(1001, "c"); }), "1001 categories"},
      {with([](Item& i) { i.price = std::numeric_limits<double>::quiet_NaN(); }), "price"},
      {with([](Item& i) { i.added = -5; }), "added"},
      {with([](Item& i) { i.attributes = "{'a': 1}"; }), "JSON"},
      {with([](Item& i) { i.attributes = ""; }), "JSON"},
      {with([](Item& i) { i.features["image"] = {std::numeric_limits<float>::infinity()}; }), "image"},
      {with([](Item& i) { i.features[""] = {1.0F}; }), "name of features"},
      {with([](Item& i) { i.features["image"].assign((1 << 20) + 1, 0.0F); }), "1048577 values"},
  };
  for (const Case& wrong : cases) {
    const std::array items{full_item("hat"), wrong.item};
    const std::string message = message_of<DataError>([&] { store_->put_items(items); });
    EXPECT_THAT(message, HasSubstr(wrong.part));
    EXPECT_LT(message.size(), 400U);
  }
  EXPECT_EQ(store_->counts().items, 0);
}

TEST_P(StoreItems, WordsOfSqlAndHtmlAreOnlyTexts) {
  Item item = full_item("x'); DELETE FROM items; --");
  item.title = "<b onclick='alert(1)'>'; DROP TABLE items; --</b> $1 %s \\'";
  item.description = item.title;
  store_->put_items({&item, 1});
  item.updated = store_->item(item.id)->updated;
  EXPECT_EQ(*store_->item(item.id), item);
  EXPECT_THAT(store_->search_items("'; drop table", 9), ElementsAre(item));
  EXPECT_TRUE(store_->delete_item(item.id));
}

TEST_P(StoreUsers, ComeBackArePatchedAndListed) {
  const std::array users{User{"b", R"({"labels": ["vip"]})", "knows what she wants"}, User{"a", "{}", ""}};
  store_->put_users(users);
  reopen();
  EXPECT_EQ(*store_->user("b"), users[0]);
  EXPECT_THAT(store_->users("", 9), ElementsAre(users[1], users[0]));
  EXPECT_THAT(store_->users("a", 9), ElementsAre(users[0]));
  UserPatch patch;
  patch.comment = "new";
  EXPECT_EQ(*store_->patch_user("b", patch), (User{"b", users[0].attributes, "new"}));
  EXPECT_EQ(store_->user("b")->comment, "new");
  EXPECT_FALSE(store_->patch_user("c", patch));
  patch.attributes = "{";
  EXPECT_THROW(store_->patch_user("b", patch), DataError);
  EXPECT_EQ(store_->counts().users, 2);
}

}  // namespace
}  // namespace monet::store::test
