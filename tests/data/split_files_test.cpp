// Datasets whose split is told by the names of files: RecBole's benchmark files, pre-split tables, NGCF's lists.
#include "monet/data/load.h"

#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using data::Dataset;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SplitFiles : public TemporaryFolder {
 protected:
  /// "user item" of each interaction of a part, by external ids.
  static std::vector<std::string> pairs(const Dataset& dataset, const Csr& part) {
    std::vector<std::string> out;
    for (Index u = 0; u < part.rows(); ++u) {
      for (const std::int32_t item : part.row(u)) {
        out.push_back(dataset.user_ids[static_cast<std::size_t>(u)] + " " +
                      dataset.item_ids[static_cast<std::size_t>(item)]);
      }
    }
    return out;
  }
};

TEST_F(SplitFiles, RecBolesBenchmarkFilesAreOneDataset) {
  write_text(folder_ / "shop.train.inter", "user_id:token\titem_id:token\nu1\ta\nu1\tb\nu2\ta\n");
  write_text(folder_ / "shop.valid.inter", "user_id:token\titem_id:token\nu1\tc\n");
  write_text(folder_ / "shop.test.inter", "user_id:token\titem_id:token\nu2\tc\nu3\ta\n");
  const Dataset dataset = data::load(folder_);
  EXPECT_THAT(pairs(dataset, dataset.train), ElementsAre("u1 a", "u1 b", "u2 a"));
  EXPECT_THAT(pairs(dataset, dataset.validation), ElementsAre("u1 c"));
  EXPECT_THAT(pairs(dataset, dataset.test), ElementsAre("u2 c", "u3 a"));
}

TEST_F(SplitFiles, ListsAreReadWithTheNamesBeside) {
  write_text(folder_ / "train.txt", "0 0 1 2\n1 1 2\r\n2 \n");
  write_text(folder_ / "valid.txt", "0 3\n");
  write_text(folder_ / "test.txt", "1 3\n");
  write_text(folder_ / "item_list.txt",
             "org_id remap_id freebase_id\nB01 0 m.01\nB02 1 m.02\nB03 2 m.03\nB04 3 m.04\n");
  write_text(folder_ / "user_list.txt", "org_id remap_id\nanna 0\nbert 1\ncora 2\n");
  const Dataset dataset = data::load(folder_);
  EXPECT_EQ(dataset.format, "lists");
  EXPECT_THAT(pairs(dataset, dataset.train), ElementsAre("anna B01", "anna B02", "anna B03", "bert B02", "bert B03"));
  EXPECT_THAT(pairs(dataset, dataset.validation), ElementsAre("anna B04"));
  EXPECT_THAT(pairs(dataset, dataset.test), ElementsAre("bert B04"));
  EXPECT_EQ(dataset.num_users(), 3);
}

TEST_F(SplitFiles, WithoutAValidationFileItsShareIsDrawn) {
  std::string train;
  for (int user = 0; user < 20; ++user) {
    train += std::to_string(user);
    for (int item = 0; item < (user < 10 ? 2 : 12); ++item) train += " " + std::to_string((user + item) % 15);
    train += "\n";
  }
  write_text(folder_ / "train.txt", train);
  write_text(folder_ / "test.txt", "0 14\n");
  const Dataset dataset = data::load(folder_);
  EXPECT_EQ(dataset.validation.nnz(), 10);  // of twelve interactions two are held out, half of them for validation
  EXPECT_EQ(dataset.train.nnz(), 10 * 2 + 10 * 11);
  for (Index u = 0; u < 10; ++u) EXPECT_EQ(dataset.validation.degree(u), 0) << u;
  for (Index u = 0; u < dataset.num_users(); ++u) {
    for (const std::int32_t item : dataset.validation.row(u)) EXPECT_FALSE(dataset.train.contains(u, item));
  }
  EXPECT_THAT(dataset.notes.lines, Contains(AllOf(HasSubstr("no file of validation"), HasSubstr("10 are drawn"))));
  EXPECT_EQ(dataset.hash, data::load(folder_).hash);
}

TEST_F(SplitFiles, WhatIsNotClearIsSaid) {
  write_text(folder_ / "g/train.txt", "0 0 1\n1 x\n");
  write_text(folder_ / "g/test.txt", "0 3\n");
  EXPECT_THAT(message_of<DataError>([&] { data::load(folder_ / "g"); }), HasSubstr("train.txt"));
  write_text(folder_ / "l/train.txt", "0 0 1\n1 3 4 5\n");
  EXPECT_THAT(message_of<DataError>([&] { data::load(folder_ / "l/train.txt"); }),
              AllOf(HasSubstr("LightGCN"), HasSubstr("folder")));
  write_text(folder_ / "two/train.csv", "user,item\na,x\n");
  write_text(folder_ / "two/test.csv", "user,item\na,y\n");
  write_text(folder_ / "two/old.train.csv", "user,item\na,x\n");
  write_text(folder_ / "two/old.test.csv", "user,item\na,y\n");
  EXPECT_THAT(message_of<DataError>([&] { data::load(folder_ / "two"); }),
              AllOf(HasSubstr("several datasets"), HasSubstr("old.train.csv")));
  write_text(folder_ / "both/train.csv", "user,item\na,x\n");
  write_text(folder_ / "both/test.csv", "user,item\na,y\n");
  write_text(folder_ / "both/test.tsv", "user\titem\na\ty\n");
  EXPECT_THAT(message_of<DataError>([&] { data::load(folder_ / "both"); }),
              AllOf(HasSubstr("test.csv"), HasSubstr("test.tsv")));
}

}  // namespace
}  // namespace monet::test
