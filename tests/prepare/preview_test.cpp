#include "monet/prepare/preview.h"
#include "monet/core/files/npy.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class PreviewTest : public TemporaryFolder {
 protected:
  PrepareOptions options() {
    PrepareOptions made;
    made.source = folder_ / "in";
    made.program = "monet test";
    return made;
  }
  static Preview preview(const PrepareOptions& made) {
    input::Observer silent;
    const std::atomic<bool> never{false};
    return preview_dataset(made, silent, never);
  }
};

TEST_F(PreviewTest, ShowsTheFirstRowsAsTheyAreRead) {
  write_text(folder_ / "in/clicks.csv",
             "customer_id,sku,stars,Created at\nu1,007,4.50,2021-01-01T12:00:00+02:00\nu1,007,4,1609500000\n"
             "u2,b,x,2021-01-02\nu2,b,2,2021-01-03\n");
  write_text(folder_ / "in/items.csv", "sku,title,genres\n007,Bond,Action|Film\nz,Zero,\n");
  PrepareOptions made = options();
  made.min_rating = 3;
  const Preview seen = preview(made);
  EXPECT_EQ(seen.format, "table");
  EXPECT_EQ(seen.split, "random");
  EXPECT_THAT(seen.columns, ElementsAre(Pair("user", "customer_id"), Pair("item", "sku"), Pair("rating", "stars"),
                                        Pair("time", "Created at")));
  ASSERT_THAT(seen.first, SizeIs(1)) << "one repeats it, one has a rating that is none, one is rated lower";
  EXPECT_EQ(seen.first[0].user, "u1");
  EXPECT_EQ(seen.first[0].item, "007");
  EXPECT_EQ(seen.first[0].rating, "4.5");
  EXPECT_EQ(seen.first[0].time, "2021-01-01T10:00:00Z");
  EXPECT_TRUE(seen.whole);
  EXPECT_EQ(seen.looked_at, 2);
  EXPECT_EQ(seen.items, 1);
  EXPECT_THAT(seen.left_out, Contains(AllOf(HasSubstr("1 lines"), HasSubstr("clicks.csv:4"), HasSubstr("'x'"))));
  EXPECT_THAT(seen.left_out, Contains(HasSubstr("1 interactions are rated below 3")));
  EXPECT_THAT(seen.left_out, Contains(HasSubstr("1 interactions repeat")));
  ASSERT_THAT(seen.first_entries, SizeIs(2));
  EXPECT_EQ(seen.first_entries[0].categories, "Action|Film");
  EXPECT_EQ(seen.entries_of_items, 1);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "nothing is written";
}

TEST_F(PreviewTest, LooksAtTheBeginningOfALargeFileOnly) {
  std::string text = "user,item\n";
  for (int n = 0; n < 150'000; ++n) text += "u" + std::to_string(n % 999) + ",i" + std::to_string(n) + "\n";
  text += "and a line that is never read\n";
  write_text(folder_ / "in/clicks.csv", text);
  PrepareOptions made = options();
  made.k_core = 2;
  const Preview seen = preview(made);
  EXPECT_FALSE(seen.whole);
  EXPECT_GE(seen.looked_at, 100'000);
  EXPECT_LT(seen.looked_at, 101'000);
  EXPECT_EQ(seen.users, 999);
  EXPECT_THAT(seen.left_out, IsEmpty());
  EXPECT_THAT(seen.notes, Contains(HasSubstr("2-core")));
}

TEST_F(PreviewTest, SaysThatACatalogueOfOtherIdsWouldBeRefused) {
  write_text(folder_ / "in/clicks.csv", "user,item\nu,7\n");
  write_text(folder_ / "in/items.csv", "item,title\n007,Bond\n");
  EXPECT_THAT(preview(options()).left_out, Contains(AllOf(HasSubstr("would be refused"), HasSubstr("leading zeros"))));
}

TEST_F(PreviewTest, ReadsRecordsAndSplitFilesAsPreparingDoes) {
  write_text(folder_ / "in/x.jsonl",
             "{\"user\": {\"id\": 5}, \"items\": [{\"product_id\": 1}, {\"product_id\": 2}]}\n");
  PrepareOptions made = options();
  made.source = folder_ / "in/x.jsonl";
  const Preview records = preview(made);
  EXPECT_THAT(records.columns, ElementsAre(Pair("user", "user.id"), Pair("item", "items.product_id")));
  EXPECT_THAT(records.first, SizeIs(2));
  write_text(folder_ / "split/s.train.inter", "user_id:token\titem_id:token\na\tx\n");
  write_text(folder_ / "split/s.test.inter", "user_id:token\titem_id:token\na\ty\n");
  made.source = folder_ / "split";
  const Preview split = preview(made);
  EXPECT_EQ(split.split, "given");
  ASSERT_THAT(split.first, SizeIs(2));
  EXPECT_EQ(split.first[1].part, "test");
}

TEST_F(PreviewTest, SaysWhatElseWouldBeRefused) {
  write_text(folder_ / "in/x.csv", "user,item\nu,a\nu,b\nv,a\n");
  Matrix<float> features(2, 3);
  fill(features.view(), 1.0F);
  files::write_npy(folder_ / "in/f.npy", features);
  write_text(folder_ / "in/ids.txt", "a\nb\nc\n");
  PrepareOptions made = options();
  made.source = folder_ / "in/x.csv";
  made.split = SplitRule::time;
  made.features = {{"e", folder_ / "in/f.npy", folder_ / "in/ids.txt"}};
  EXPECT_THAT(preview(made).left_out, Contains(AllOf(HasSubstr("features e would be refused"), HasSubstr("3 ids"))));
  EXPECT_THAT(preview(made).left_out, Contains(HasSubstr("the split would be refused")));
  made.features = {{"e", folder_ / "in/f.npy", {}}};
  EXPECT_THAT(preview(made).left_out, Contains(HasSubstr("nothing says which row")));
  write_text(folder_ / "in/ids.txt", "a\nb\n");
  made.features = {{"e", folder_ / "in/f.npy", folder_ / "in/ids.txt"}};
  made.split = SplitRule::random;
  EXPECT_THAT(preview(made).left_out, IsEmpty());
  made.min_rating = 3;
  EXPECT_THAT(preview(made).left_out, Contains(HasSubstr("`min-rating` would be refused")));
}

}  // namespace
}  // namespace monet::test
