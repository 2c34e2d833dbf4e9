#include "monet/store/store.h"
#include "tests/cli/scratch.h"

#include <array>
#include <fstream>

namespace monet::test {
namespace {

using ::testing::HasSubstr;

class Export : public Scratch {
 protected:
  std::string make_store() const {
    const std::string file = path_of("shop.db");
    const auto store = store::open_store(file);
    std::vector<store::Event> events;
    for (int n = 0; n < 40; ++n) {
      events.push_back({"u" + std::to_string(n % 6), "i" + std::to_string(n % 5), "view", {}, 1'700'000'000 + n, ""});
    }
    store->append(events);
    store::Item item;
    item.id = "i1";
    item.title = "A scarf, \"green\"";
    item.categories = {"Scarves"};
    item.brand = "Acme";
    item.price = 19.5;
    store->put_items({&item, 1});
    const store::User user{"u1", R"({"a": 1})", "a comment"};
    store->put_users({&user, 1});
    return file;
  }
};

TEST_F(Export, WritesTablesThatPrepareReads) {
  const std::string file = make_store();
  const Outcome outcome = run({"export", "--store", file, "--out", path_of("out")});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("40 events, 1 items, 1 users"));
  const auto files = snapshot(path_of("out"));
  EXPECT_EQ(files.size(), 4U);
  EXPECT_THAT(files.at("interactions.csv"),
              testing::StartsWith("user_id,item_id,timestamp,event,weight\nu0,i0,1700000000,view,1\n"));
  EXPECT_THAT(files.at("items.csv"),
              HasSubstr("\ni1,\"A scarf, \"\"green\"\"\",,\"[\"\"Scarves\"\"]\",Acme,19.5,,1,0,"));
  EXPECT_EQ(files.at("users.csv"), "user_id,attributes,comment\nu1,\"{\"\"a\"\": 1}\",a comment\n");
  const Outcome prepared = run({"prepare", path_of("out"), "--out", path_of("from tables")});
  expect_done(prepared);
  EXPECT_THAT(prepared.out, HasSubstr("6 users, 5 items, 30 interactions"));
  const Outcome direct = run({"prepare", file, "--out", path_of("from store")});
  expect_done(direct);
  EXPECT_THAT(direct.out, HasSubstr("(store): 6 users, 5 items, 30 interactions"));
  const Outcome preview = run({"prepare", file, "--dry-run"});
  expect_done(preview);
  EXPECT_THAT(preview.out, HasSubstr("A scarf"));
}

TEST_F(Export, WhatIsNoStoreIsRefused) {
  expect_refused(run({"export", "--store", path_of("absent.db"), "--out", path_of("out")}), {"absent.db", "no such"});
  write_text(folder_ / "clicks.csv", "user,item\na,1\n");
  expect_refused(run({"export", "--store", path_of("clicks.csv"), "--out", path_of("out")}), {"clicks.csv", "store"});
  expect_refused(run({"export", "--store", "mysql://h/d", "--out", path_of("out")}), {"mysql", "postgresql://"});
  expect_usage_error(run({"export", "--out", path_of("out")}), {"--store"});
  expect_usage_error(run({"export", "--store", "shop.db"}), {"--out"});
  EXPECT_FALSE(std::filesystem::exists(path_of("out")));
  EXPECT_FALSE(std::filesystem::exists(path_of("absent.db")));
}

}  // namespace
}  // namespace monet::test
