#include "monet/data/load.h"
#include "monet/core/error.h"
#include "monet/data/load_record.h"
#include "tests/core/files/npy_bytes.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace monet::test {
namespace {

using data::Dataset;
using data::LoadOptions;
using data::MissingRows;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<std::int32_t> row(const Csr& csr, Index r) {
  return {csr.row(r).begin(), csr.row(r).end()};
}

class Load : public TemporaryFolder {
 protected:
  /// 3 users, items 0..4.
  void write_five_core() {
    write_text(folder_ / "5-core/train.json", R"({"0": [2, 0, 1], "1": [3, 1]})");
    write_text(folder_ / "5-core/val.json", R"({"0": [3]})");
    write_text(folder_ / "5-core/test.json", R"({"1": [4], "2": [0]})");
  }
  void write_features(const std::string& name, const std::vector<float>& values, int cols) {
    write_text(
        folder_ / (name + "_feat.npy"),
        npy("<f4",
            "(" + std::to_string(values.size() / static_cast<std::size_t>(cols)) + ", " + std::to_string(cols) + ")",
            raw(values)));
  }
  Dataset load(const LoadOptions& options = {}) { return data::load(folder_, options); }
  template <class E = DataError>
  std::string refusal(const LoadOptions& options = {}) {
    return message_of<E>([&] { load(options); });
  }
};

TEST_F(Load, FiveCore) {
  write_five_core();
  write_features("text", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2);
  write_features("audio", {1, 2, 3, 4, 5}, 1);
  write_text(folder_ / "item_list.txt", "B0\t0\nB1\t1\nB2\t2\nB3\t3\nB4\t4\n");
  const Dataset dataset = load();
  EXPECT_EQ(dataset.format, "5-core");
  EXPECT_EQ(dataset.name, folder_.filename().string());
  EXPECT_EQ(dataset.num_users(), 3);
  EXPECT_EQ(dataset.num_items(), 5);
  EXPECT_THAT(row(dataset.train, 0), ElementsAre(0, 1, 2));
  EXPECT_THAT(row(dataset.validation, 0), ElementsAre(3));
  EXPECT_THAT(row(dataset.test, 2), ElementsAre(0));
  ASSERT_EQ(dataset.modalities.size(), 2U);
  EXPECT_EQ(dataset.modalities[0].name, "audio");
  EXPECT_EQ(dataset.modalities[1].features(4, 1), 10.0F);
  EXPECT_THAT(dataset.item_ids, ElementsAre("B0", "B1", "B2", "B3", "B4"));
  EXPECT_THAT(dataset.user_ids, ElementsAre("0", "1", "2"));
  EXPECT_THAT(dataset.notes.lines, ElementsAre(HasSubstr("1 users occur only in validation or test")));
  // The folder of the splits itself, and another core.
  EXPECT_EQ(data::load(folder_ / "5-core").hash, dataset.hash);
  std::filesystem::rename(folder_ / "5-core", folder_ / "0-core");
  LoadOptions options;
  options.core = "0-core";
  EXPECT_EQ(load(options).hash, dataset.hash);
}

TEST_F(Load, MmrecGivesTheSameDatasetAsFiveCore) {
  write_five_core();
  const std::string hash = load().hash;
  std::filesystem::remove_all(folder_ / "5-core");
  write_text(folder_ / "shop.inter",
             "userID\titemID\trating\ttimestamp\tx_"
             "label\r\n0\t2\t5\t1\t0\r\n0\t0\t5\t1\t0\r\n0\t1\t5\t1\t0\r\n1\t3\t5\t1\t0\r\n"
             "1\t1\t5\t1\t0\r\n0\t3\t5\t1\t1\r\n1\t4\t5\t1\t2\r\n2\t0\t5\t1\t2\r\n");
  const Dataset dataset = load();
  EXPECT_EQ(dataset.format, "mmrec");
  EXPECT_EQ(dataset.hash, hash);
  EXPECT_TRUE(dataset.notes.crlf);
  write_text(folder_ / "u_id_mapping.csv", "user_id\tuserID\nann\t0\nbob\t1\ncem\t2\n");
  EXPECT_THAT(load().user_ids, ElementsAre("ann", "bob", "cem"));
  EXPECT_NE(load().hash, hash);
}

TEST_F(Load, PlainTableAsFileAndAsFolder) {
  write_text(folder_ / "ratings.csv", "user_id,item_id\nann,x\nann,y\nann,z\nbob,x\n");
  write_text(folder_ / "items.csv", "item_id,title\nx,a hat\ny,a boot\nz,a scarf\n");
  const Dataset dataset = load();
  EXPECT_EQ(dataset.format, "csv");
  EXPECT_THAT(dataset.user_ids, ElementsAre("ann", "bob"));
  EXPECT_THAT(dataset.item_ids, ElementsAre("x", "y", "z"));
  EXPECT_THAT(dataset.items.titles, ElementsAre("a hat", "a boot", "a scarf"));
  EXPECT_EQ(dataset.train.nnz() + dataset.validation.nnz() + dataset.test.nnz(), 4);
  EXPECT_EQ(dataset.test.nnz(), 1);
  const Dataset from_file = data::load(folder_ / "ratings.csv");
  EXPECT_EQ(from_file.hash, dataset.hash);
  EXPECT_EQ(from_file.name, "ratings");
  write_text(folder_ / "other.csv", "user,item\n1,2\n");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("other.csv"), HasSubstr("ratings.csv"), HasSubstr("name the file")));
}

TEST_F(Load, RecboleHeadersAreTables) {
  write_text(folder_ / "shop.inter",
             "user_id:token\titem_id:token\ttimestamp:float\nann\tx\t3\nann\ty\t2\nann\tz\t1\n");
  LoadOptions options;
  options.split = data::SplitKind::time;
  const Dataset dataset = load(options);
  EXPECT_EQ(dataset.format, "csv");
  EXPECT_THAT(row(dataset.test, 0), ElementsAre(0));
  EXPECT_THAT(row(dataset.train, 0), ElementsAre(2));
}

TEST_F(Load, OptionsThatTheDataDoesNotNeedAreNotPassedOver) {
  write_five_core();
  LoadOptions by_time;
  by_time.split = data::SplitKind::time;
  EXPECT_THAT(load(by_time).notes.lines, Contains(HasSubstr("`split-by` is not used")));
  EXPECT_THAT(load().notes.lines, Not(Contains(HasSubstr("`split-by` is not used"))));
  LoadOptions core;
  core.core = "0-core";
  EXPECT_THAT(message_of<DataError>([&] { load(core); }), HasSubstr("no folder '0-core'"));
}

TEST_F(Load, ATableWithFeaturesNeedsRowsOrAMap) {
  write_text(folder_ / "ratings.csv", "user,item\nann,0\nann,2\n");
  write_features("text", {1, 2, 3}, 1);
  EXPECT_THAT(row(load().train, 0), ElementsAre(0, 2));
  EXPECT_EQ(load().num_items(), 3);
  write_text(folder_ / "ratings.csv", "user,item\nann,x\n");
  EXPECT_THAT(refusal(), HasSubstr("ratings.csv:2"));
  write_text(folder_ / "i_id_mapping.csv", "asin\titemID\nw\t0\nx\t1\ny\t2\n");
  EXPECT_THAT(row(load().train, 0), ElementsAre(1));
  EXPECT_THAT(load().item_ids, ElementsAre("w", "x", "y"));
}

TEST_F(Load, ColdItemsAndUnnamedRows) {
  write_five_core();
  write_features("text", {1, 2, 3, 4, 5, 6, 7}, 1);
  write_text(folder_ / "item_list.txt", "B0\t0\n1\t3\nB9\t9\n");
  const Dataset dataset = load();
  EXPECT_EQ(dataset.num_items(), 7);
  EXPECT_THAT(dataset.item_ids, ElementsAre("B0", "#1", "2", "1", "4", "5", "6"));
  EXPECT_THAT(dataset.notes.lines, Contains(HasSubstr("2 items have features and no interaction")));
  EXPECT_THAT(dataset.notes.lines, Contains(HasSubstr("1 items that nothing else names")));
  EXPECT_THAT(dataset.notes.lines, Contains(HasSubstr("5 items have no name")));
}

TEST_F(Load, DuplicatesAreMergedAndCounted) {
  write_five_core();
  write_text(folder_ / "5-core/train.json", R"({"0": [2, 0, 2, 1, 2], "1": [3, 1]})");
  const Dataset dataset = load();
  EXPECT_EQ(dataset.train.nnz(), 5);
  EXPECT_EQ(dataset.notes.duplicate_interactions, 2);
  EXPECT_THAT(dataset.notes.lines, Contains(HasSubstr("2 duplicated interactions")));
}

TEST_F(Load, ModalitiesCanBeChosen) {
  write_five_core();
  write_features("text", {1, 2, 3, 4, 5}, 1);
  write_features("image", {1, 2, 3}, 1);  // too short, and not asked for
  LoadOptions options;
  options.modalities = {"text"};
  EXPECT_EQ(load(options).modalities.size(), 1U);
  options.modalities = std::vector<std::string>{};
  EXPECT_THAT(load(options).modalities, IsEmpty());
  options.modalities = {"texts"};
  EXPECT_THAT(refusal<InvalidArgument>(options), AllOf(HasSubstr("texts"), HasSubstr("image, text")));
}

TEST_F(Load, FewerFeatureRowsThanItems) {
  write_five_core();
  write_features("text", {1, 2, 3}, 1);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("text_feat.npy"), HasSubstr("3 feature rows"), HasSubstr("5 items"),
                               HasSubstr("test.json:1:8")));
  write_features("text", {1, 2, 3, 4, 5}, 1);
  write_features("image", {1, 2, 3, 4, 5, 6}, 1);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("text_feat.npy"), HasSubstr("5 rows"), HasSubstr("6 items")));
}

TEST_F(Load, MissingRowsFollowThePolicy) {
  write_five_core();
  write_features("text", {1, 2, kNan, kNan, 3, 4, kNan, kNan, 5, 9}, 2);
  Dataset dataset = load();
  EXPECT_EQ(dataset.modalities[0].missing_rows, 2);
  EXPECT_EQ(dataset.modalities[0].features(1, 0), 3.0F);
  EXPECT_EQ(dataset.modalities[0].features(3, 1), 5.0F);
  EXPECT_THAT(dataset.notes.lines, Contains(AllOf(HasSubstr("text"), HasSubstr("2 of 5 rows"), HasSubstr("mean"))));
  LoadOptions options;
  options.missing_rows = MissingRows::zero;
  dataset = load(options);
  EXPECT_EQ(dataset.modalities[0].features(1, 0), 0.0F);
  EXPECT_EQ(dataset.modalities[0].features(0, 1), 2.0F);
  options.missing_rows = MissingRows::error;
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("text_feat.npy"), HasSubstr("row 1")));
  write_features("text", std::vector<float>(10, kNan), 2);
  EXPECT_THAT(refusal(), HasSubstr("every row is missing"));
}

TEST_F(Load, NotFiniteFeaturesAreNamedByRowAndColumn) {
  write_five_core();
  write_features("text", {1, 2, 3, kNan, 5, 6, 7, 8, 9, 10}, 2);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("text_feat.npy"), HasSubstr("row 1, column 1"), HasSubstr("NaN")));
  write_features("text", {1, 2, 3, 4, 5, 6, 7, 8, -std::numeric_limits<float>::infinity(), 10}, 2);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("row 4, column 0"), HasSubstr("infinite")));
  // A row without any number is missing only when it is all NaN.
  write_features("text", {1, 2, 3, 4, kNan, std::numeric_limits<float>::infinity(), 7, 8, 9, 10}, 2);
  EXPECT_THAT(refusal(), HasSubstr("row 2, column 0"));
}

TEST_F(Load, WhatIsNoDataset) {
  EXPECT_THAT(refusal(), AllOf(HasSubstr("5-core"), HasSubstr(".inter")));
  EXPECT_THAT(message_of<IoError>([&] { data::load(folder_ / "absent"); }), HasSubstr("no such"));
  write_five_core();
  write_text(folder_ / "5-core/train.json", R"({"0": [], "1": []})");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("train.json"), HasSubstr("no training")));
  write_text(folder_ / "5-core/train.json", R"({"0": [1, 30000000]})");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("train.json:1:"), HasSubstr("30000000"), HasSubstr("absurd")));
  write_text(folder_ / "5-core/train.json", R"({"0": [1], "40000000": [1]})");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("40000000"), HasSubstr("absurd")));
}

TEST_F(Load, EveryPartOfTheContentIsInTheHash) {
  write_five_core();
  write_features("text", {1, 2, 3, 4, 5}, 1);
  std::vector<std::string> hashes = {load().hash};
  EXPECT_EQ(load().hash, hashes[0]);
  write_features("text", {1, 2, 3, 4, 6}, 1);
  hashes.push_back(load().hash);
  std::filesystem::rename(folder_ / "text_feat.npy", folder_ / "image_feat.npy");
  hashes.push_back(load().hash);
  write_text(folder_ / "item_list.txt", "B0\t0\n");
  hashes.push_back(load().hash);
  write_text(folder_ / "5-core/val.json", R"({"0": [4]})");
  hashes.push_back(load().hash);
  for (std::size_t a = 0; a < hashes.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) EXPECT_NE(hashes[a], hashes[b]) << a << " " << b;
  }
}

TEST(LoadRecord, HoldsWhatIsNotTheDefaultAndGivesItBack) {
  EXPECT_THAT(data::to_record({}), IsEmpty());
  LoadOptions options;
  options.core = "0-core";
  options.split = data::SplitKind::time;
  options.split_seed = 7;
  options.user_column = "who";
  options.item_column = "what";
  options.time_column = "when";
  options.separator = '\t';
  options.missing_rows = MissingRows::zero;
  const auto record = data::to_record(options);
  EXPECT_EQ(record.size(), 8U);
  LoadOptions back;
  data::apply_record(record, back);
  EXPECT_EQ(data::to_record(back), record);
}

TEST(LoadRecord, WhatIsGivenStands) {
  LoadOptions given;
  given.split_seed = 9;
  data::apply_record({{"split-seed", "7"}, {"split-by", "time"}}, given);
  EXPECT_EQ(given.split_seed, 9U);
  EXPECT_EQ(given.split, data::SplitKind::time);
}

TEST(LoadRecord, RefusesWhatItDoesNotKnow) {
  LoadOptions options;
  for (const auto& record : {std::pair{"split-by", "fate"}, {"split-seed", "7x"}, {"colour", "red"}}) {
    EXPECT_THAT(message_of<DataError>([&] {
                  data::apply_record({{record.first, record.second}}, options);
                }),
                AllOf(HasSubstr(record.first), HasSubstr(record.second)));
  }
}

}  // namespace
}  // namespace monet::test
