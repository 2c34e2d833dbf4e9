// A catalogue and features meet the interactions by ids; what does not meet is counted, and too little is refused.
#include "monet/core/files/npy.h"
#include "monet/data/id_match.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Joins : public TemporaryFolder {
 protected:
  /// Two users with the items that are given.
  void interactions(const std::vector<std::string>& items) {
    std::string text = "user_id,item_id\n";
    for (const std::string& item : items) text += "u1," + item + "\nu2," + item + "\n";
    write_text(folder_ / "in/clicks.csv", text);
  }
  void mmrec() {
    write_text(folder_ / "in/shop.inter", "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n1\t2\t0\n1\t0\t0\n");
    write_text(folder_ / "in/i_id_mapping.csv", "asin\titemID\nB0\t0\nB1\t1\nB2\t2\n");
    write_text(folder_ / "in/u_id_mapping.csv", "user_id\tuserID\nA\t0\nB\t1\n");
  }
  void matrix(const std::string& name, Index rows) {
    Matrix<float> values(rows, 2);
    for (Index row = 0; row < rows; ++row) values(row, 0) = static_cast<float>(row + 1);
    files::write_npy(folder_ / "in" / name, values);
  }
  PrepareOptions options() {
    PrepareOptions made;
    made.source = folder_ / "in";
    made.out = folder_ / "out";
    made.force = true;
    made.program = "monet test";
    return made;
  }
  PrepareResult result() { return prepare_quietly(options()); }
  std::string refusal() {
    return message_of<DataError>([&] { result(); });
  }
  std::string items() { return read_text(folder_ / "out/items.csv"); }
};

TEST_F(Joins, ACatalogueLargerThanWhatIsTouchedIsCounted) {
  interactions({"a", "b"});
  write_text(folder_ / "in/items.csv", "item_id,title\nz,Z\nb,B\na,A\ny,Y\n");
  EXPECT_THAT(result().notes, Contains(AllOf(HasSubstr("2 entries"), HasSubstr("nobody touched; `keep-unseen`"))));
  EXPECT_THAT(items(), HasSubstr("\na,A,,,,,\nb,B,,,,,\n"));
  PrepareOptions keep = options();
  keep.keep_unseen = true;
  EXPECT_THAT(prepare_quietly(keep).notes, Contains(AllOf(HasSubstr("2 entries"), HasSubstr("they are kept"))));
  EXPECT_THAT(items(), HasSubstr("\nz,Z,,,,,\n"));
}

TEST_F(Joins, ACatalogueOfOtherIdsIsRefusedWithAnExampleOfEachSide) {
  interactions({"108775015", "208775016"});
  const auto with = [&](const std::string& catalogue) {
    write_text(folder_ / "in/items.csv", catalogue);
    return refusal();
  };
  EXPECT_THAT(with("item_id,title\n0108775015,Shirt\n0208775016,Boot\n"),
              AllOf(HasSubstr("items.csv: none of 2 entries"), HasSubstr("'0108775015'"), HasSubstr("'108775015'"),
                    HasSubstr("leading zeros"), HasSubstr("`catalogue none`")));
  EXPECT_THAT(with("item_id,title\nx,Shirt\ny,Boot\n"), AllOf(HasSubstr("'x'"), Not(HasSubstr("differ"))));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(Joins, FewMatchesAreRefusedWhereBothSidesAreMany) {
  std::vector<std::string> ids;
  std::string catalogue = "item_id,title\n0,T\n";
  for (int item = 0; item < 30; ++item) {
    ids.push_back(std::to_string(item));
    catalogue += "x" + std::to_string(item) + ",T\n";
  }
  interactions(ids);
  write_text(folder_ / "in/items.csv", catalogue);
  EXPECT_THAT(refusal(), HasSubstr("only 1 of 31 entries"));
  write_text(folder_ / "in/items.csv", "item_id,title\n0,T\n");
  EXPECT_THAT(result().notes, Contains(HasSubstr("29 of 30 items have no entry")));
}

TEST_F(Joins, TitlesAreNeverDealtByPositionWhereThereAreIds) {
  mmrec();
  write_text(folder_ / "in/items.csv", "item_id,title\nX0,zero\nX1,one\nX2,two\n");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("none of 3 entries"), HasSubstr("'X0'"), HasSubstr("'B0'")));
  write_text(folder_ / "in/items.csv", "item_id,title\nB2,two\nB0,zero\nB1,one\n");
  result();
  EXPECT_THAT(items(), HasSubstr("\nB0,zero,,,,,\nB1,one,,,,,\nB2,two,,,,,\n"));
  write_text(folder_ / "in/items.csv", "itemID,title\n2,two\n0,zero\n1,one\n");
  result();
  EXPECT_THAT(items(), HasSubstr("\nB0,zero,,,,,\nB1,one,,,,,\nB2,two,,,,,\n")) << "row numbers are called itemID";
}

TEST_F(Joins, IdsThatCountTheRowsSayTheirOrder) {
  mmrec();
  for (const char* counted : {"movie id,title\n1,zero\n2,one\n3,two\n", "id,title\n0,zero\n1,one\n2,two\n"}) {
    write_text(folder_ / "in/items.csv", counted);
    EXPECT_THAT(result().notes, Contains(HasSubstr("counts the rows")));
    EXPECT_THAT(items(), HasSubstr("\nB0,zero,,,,,\nB1,one,,,,,\nB2,two,,,,,\n"));
  }
  for (const char* other : {"movie id,title\n1,zero\n3,one\n2,two\n", "movie id,title\n1,zero\n2,one\n",
                            "movie id,title\n5,zero\n6,one\n7,two\n"}) {
    write_text(folder_ / "in/items.csv", other);
    EXPECT_THAT(refusal(), HasSubstr("none of")) << other;
  }
}

TEST_F(Joins, WithoutIdsTheRowsAreTheItemsInOrderAndAsMany) {
  mmrec();
  write_text(folder_ / "in/items.csv", "title,brand\nzero,x\none,x\ntwo,x\n");
  result();
  EXPECT_THAT(items(), HasSubstr("\nB0,zero,,,x,,\nB1,one,,,x,,\nB2,two,,,x,,\n"));
  for (const char* other : {"title,brand\nzero,x\none,x\n", "title,brand\nzero,x\none,x\ntwo,x\nthree,x\n"}) {
    write_text(folder_ / "in/items.csv", other);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("without a column of ids for 3 items"), HasSubstr("`item-id-column`")));
  }
}

TEST_F(Joins, FeaturesOfOtherItemsAreCountedAndOtherIdsRefused) {
  interactions({"7.0", "8.0x"});
  matrix("emb.npy", 3);
  PrepareOptions made = options();
  const auto with = [&](const std::string& ids) {
    write_text(folder_ / "in/ids.lst", ids);
    made.features = {{"emb", folder_ / "in/emb.npy", folder_ / "in/ids.lst"}};
    return made;
  };
  const PrepareResult result = prepare_quietly(with("8.0x\nq\n7.0\n"));
  EXPECT_THAT(result.notes, Contains(HasSubstr("features emb: 1 rows of emb.npy are of other items")));
  EXPECT_EQ(files::read_npy(folder_ / "out/emb_feat.npy")(0, 0), 3.0F);
  EXPECT_THAT(message_of<DataError>([&] { prepare_quietly(with("7\nx\ny\n")); }),
              AllOf(HasSubstr("none of 3 rows"), HasSubstr("like '7', those of the interactions like '7.0'"),
                    HasSubstr("'.0' of one side")));
}

TEST_F(Joins, OfSeveralCataloguesNoneIsTakenInSilence) {
  interactions({"a", "b"});
  write_text(folder_ / "in/items.csv", "item_id,title\na,A\nb,B\n");
  write_text(folder_ / "in/products.csv", "item_id,price\na,9\nb,8\n");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("items.csv, products.csv"), HasSubstr("`catalogue`")));
  write_text(folder_ / "in/catalogue.csv", "item_id,title\na,CA\nb,CB\n");
  result();
  EXPECT_THAT(items(), HasSubstr("\na,CA,")) << "the one called catalogue";
  PrepareOptions none = options();
  none.use_catalogue = false;
  prepare_quietly(none);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/items.csv"));
}

TEST_F(Joins, ManyCategoriesOfAmazonInOneFolderAreNamed) {
  write_text(folder_ / "in/reviews_Toys_5.json",
             "{\"reviewerID\": \"u\", \"asin\": \"a\", \"overall\": 5.0, \"unixReviewTime\": 1}\n");
  write_text(folder_ / "in/meta_Books.json", "{'asin': 'a', 'title': 'A'}\n");
  write_text(folder_ / "in/meta_Music.json", "{'asin': 'a', 'title': 'B'}\n");
  EXPECT_THAT(result().notes, Contains(AllOf(HasSubstr("meta_Books.json, meta_Music.json"), HasSubstr("meta_Toys"))));
}

TEST(IdMatch, KnowsTheUsualDifferences) {
  const auto explain = [](const char* theirs, const std::string& ours) {
    data::IdMatch match;
    match.take(theirs, false);
    return match.explain(std::vector<std::string>{"unlike", ours});
  };
  EXPECT_THAT(explain("007", "7"), HasSubstr("leading zeros"));
  EXPECT_THAT(explain("7", "7.0"), HasSubstr("'.0'"));
  EXPECT_THAT(explain("sku-1", "SKU-1"), HasSubstr("letter case"));
  EXPECT_THAT(explain("'q'", "q"), HasSubstr("quotes"));
  EXPECT_THAT(explain("https://x.example/entity/Q42", "Q42"), HasSubstr("before the last"));
  EXPECT_THAT(explain("y", "x"), Not(HasSubstr("differ")));
}

}  // namespace
}  // namespace monet::test
