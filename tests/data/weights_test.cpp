// What interactions weigh: read from tables, merged, split, kept with the dataset.
#include "monet/data/weights.h"

#include "monet/core/error.h"
#include "monet/data/inspect.h"
#include "monet/data/load.h"
#include "monet/data/load_record.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <map>

namespace monet::test::weights_test {
namespace {

using data::Dataset;
using data::LoadOptions;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Weights : public TemporaryFolder {
 protected:
  Dataset load_table(const std::string& name, const std::string& text, const std::string& weight_column = {}) {
    write_text(folder_ / name, text);
    LoadOptions options;
    options.weight_column = weight_column;
    return data::load(folder_ / name, options);
  }
  std::string refusal(const std::string& text) {
    return message_of<DataError>([&] { load_table("a.inter", text); });
  }
  /// By "user item".
  static std::map<std::string, float> weights(const Dataset& dataset) {
    std::map<std::string, float> out;
    std::size_t entry = 0;
    for (Index u = 0; u < dataset.num_users(); ++u) {
      for (const std::int32_t item : dataset.train.row(u)) {
        out[dataset.user_ids[static_cast<std::size_t>(u)] + " " + dataset.item_ids[static_cast<std::size_t>(item)]] =
            dataset.weights.at(entry++);
      }
    }
    return out;
  }
};

TEST(WeightText, IsANumberAboveZeroAndAtMostAMillion) {
  EXPECT_EQ(data::parse_weight("0.1"), 0.1F);
  EXPECT_EQ(data::parse_weight(" 1e6 "), 1e6F);
  EXPECT_EQ(data::parse_weight("1e-30"), 1e-30F);
  for (const char* bad : {"", " ", "0", "-1", "-0", "nan", "inf", "1e-60", "1000001", "0.5x", "much", "0,5"}) {
    EXPECT_THAT(message_of<DataError>([&] { data::parse_weight(bad); }),
                AllOf(HasSubstr("the weight '"), HasSubstr("above 0"), HasSubstr("`weight-column none`")))
        << bad;
  }
}

TEST(WeightsOfPairs, ShareTheLargest) {
  const std::vector<std::int32_t> users{0, 1, 0, 0, 1};
  const std::vector<std::int32_t> items{5, 5, 5, 6, 5};
  std::vector<float> weights{0.1F, 2.0F, 1.0F, 0.3F, 0.5F};
  data::share_largest(users, items, weights);
  EXPECT_THAT(weights, ElementsAre(1.0F, 2.0F, 1.0F, 0.3F, 2.0F));
}

TEST_F(Weights, OfMmrecsTablesAreFoundByName) {
  const Dataset dataset = load_table("a.inter",
                                     "userID\titemID\tweight\tx_label\n0\t2\t0.1\t0\n0\t0\t1\t0\n0\t1\t0.5\t1\n"
                                     "1\t1\t0.5\t0\n1\t2\t0.25\t2\n1\t1\t0.75\t0\n");
  EXPECT_THAT(dataset.weights, ElementsAre(1.0F, 0.1F, 0.75F));  // (0, 0), (0, 2), (1, 1) twice
  const auto lines = data::describe(dataset, data::inspect(dataset));
  EXPECT_THAT(lines, Contains("weights 0.1–1, mean 0.617"));
}

TEST_F(Weights, OfOtherTablesAreNamed) {
  const std::string text = "user,item,weight,kg\nu,a,3,0.5\nu,b,400,2\n";
  EXPECT_THAT(load_table("a.csv", text).weights, IsEmpty());
  EXPECT_THAT(load_table("a.csv", text, "kg").weights, ElementsAre(0.5F, 2.0F));
  EXPECT_THAT(load_table("a.csv", text, "weight").weights, ElementsAre(3.0F, 400.0F));
  EXPECT_THAT(message_of<DataError>([&] { load_table("a.csv", text, "mass"); }),
              AllOf(HasSubstr("no column 'mass' for the weight"), HasSubstr("kg")));
  // LastFM's `weight` in RecBole's files is a number of plays.
  const std::string typed = "user_id:token\titem_id:token\tweight:float\nu\ta\t13883\nu\tb\t1\n";
  EXPECT_THAT(load_table("b.inter", typed).weights, IsEmpty());
  EXPECT_THAT(load_table("b.inter", typed, "weight").weights, ElementsAre(13883.0F, 1.0F));
}

TEST_F(Weights, CanBeDeclined) {
  const std::string text = "userID\titemID\tweight\tx_label\n0\t0\tlots\t0\n0\t1\t2\t0\n";
  EXPECT_THAT(load_table("a.inter", text, "none").weights, IsEmpty());
  EXPECT_THAT(refusal(text), AllOf(HasSubstr("a.inter:2"), HasSubstr("'lots'"), HasSubstr("`weight-column none`")));
  EXPECT_THAT(refusal("userID\titemID\tweight\tx_label\n0\t0\t1\t0\n0\t1\t-2\t2\n"),
              AllOf(HasSubstr("a.inter:3"), HasSubstr("'-2'")));
}

TEST_F(Weights, EqualOnesAreNone) {
  EXPECT_THAT(
      load_table("a.inter", "userID\titemID\tweight\tx_label\n0\t0\t0.5\t0\n0\t1\t0.5\t0\n0\t2\t3\t2\n").weights,
      IsEmpty());
}

TEST_F(Weights, GoWithTheirInteractionsThroughASplitOnReading) {
  std::string text = "user,item,weight,time\n";
  for (int i = 0; i < 10; ++i) text += fmt::format("u,i{},{},{}\n", i, i + 1, 100 - i);
  text += "u,i9,50,200\nu,i5,2,0\n";  // the earliest of a pair stays, with the largest weight
  write_text(folder_ / "a.csv", text);
  LoadOptions options;
  options.weight_column = "weight";
  options.split = data::SplitKind::time;
  const Dataset dataset = data::load(folder_ / "a.csv", options);
  std::map<std::string, float> expected;
  for (int i = 2; i < 10; ++i) expected["u i" + std::to_string(i)] = i == 9 ? 50.0F : static_cast<float>(i + 1);
  EXPECT_EQ(weights(dataset), expected);  // i0 and i1 are the newest
}

TEST_F(Weights, GoWithTheirInteractionsThroughFilesOfASplit) {
  std::string train = "user_id:token\titem_id:token\tweight:float\n";
  for (int i = 0; i < 12; ++i) train += fmt::format("u\ti{}\t{}\n", i, i + 1);
  train += "u\ti3\t70\nu\ti4\t1\n";
  write_text(folder_ / "a.train.inter", train);
  write_text(folder_ / "a.test.inter", "user_id:token\titem_id:token\nu\tx\n");
  LoadOptions options;
  options.weight_column = "weight";
  const Dataset dataset = data::load(folder_, options);  // the validation is drawn
  EXPECT_EQ(dataset.train.nnz() + dataset.validation.nnz(), 12);
  EXPECT_LT(dataset.train.nnz(), 12);
  const auto kept = weights(dataset);
  for (const auto& [pair, weight] : kept) {
    const int i = std::stoi(pair.substr(3));
    EXPECT_EQ(weight, i == 3 ? 70.0F : static_cast<float>(i + 1)) << pair;
  }
}

TEST_F(Weights, AreInTheHash) {
  const auto hash = [&](const char* weight) {
    return load_table("a.inter", fmt::format("userID\titemID\tweight\tx_label\n0\t0\t{}\t0\n0\t1\t1\t0\n", weight))
        .hash;
  };
  EXPECT_EQ(hash("0.5"), hash("0.50"));
  EXPECT_NE(hash("0.5"), hash("0.25"));
  EXPECT_NE(hash("0.5"), hash("1"));
  EXPECT_EQ(hash("1"), load_table("a.inter", "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n").hash);
}

TEST(WeightColumn, IsRecordedWithTheOtherOptions) {
  LoadOptions options;
  options.weight_column = "plays";
  const auto record = data::to_record(options);
  EXPECT_EQ(record.at("weight-column"), "plays");
  LoadOptions again;
  data::apply_record(record, again);
  EXPECT_EQ(again.weight_column, "plays");
}

}  // namespace
}  // namespace monet::test::weights_test
