// Similar items from an artifact: kinds of similarity, formats, ids.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <sstream>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Similar : public Scratch {
 protected:
  Similar() {
    write_mmrec(folder_ / "data");
    expect_done(run(train_arguments(path_of("data"), artifact_, {"--epochs", "5"})));
  }
  Outcome similar(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"similar", "--artifact", artifact_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::vector<json> objects(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = more;
    arguments.insert(arguments.end(), {"--format", "jsonl"});
    const Outcome outcome = similar(arguments);
    expect_done(outcome);
    std::vector<json> result;
    for (const std::string& line : lines_of(outcome.out)) result.push_back(json::parse(line));
    return result;
  }

  std::string artifact_ = path_of("artifact");
};

TEST_F(Similar, ListsTheNearestOfEachItemBestFirst) {
  for (const char* by : {"fused", "model", "image", "text"}) {
    const auto results = objects({"--items", "B003,B0011", "--k", "4", "--by", by});
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[1].at("item"), "B0011");
    for (const json& result : results) {
      EXPECT_EQ(result.at("by"), by);
      ASSERT_EQ(result.at("items").size(), 4U);
      for (std::size_t r = 0; r < 4; ++r) {
        const json& item = result.at("items")[r];
        EXPECT_EQ(item.at("rank"), r + 1);
        EXPECT_NE(item.at("item"), result.at("item"));
        if (std::string(by) != "model") {
          EXPECT_LE(std::abs(item.at("score").get<double>()), 1.0 + 1e-6) << "a cosine";
        }
        if (r > 0) {
          EXPECT_LE(item.at("score"), result.at("items")[r - 1].at("score"));
        }
      }
    }
  }
}

TEST_F(Similar, TheCosineIsThatOfBothItems) {
  const auto results = objects({"--items", "B003,B007", "--k", "100"});
  const auto score = [](const json& of, const std::string& item) {
    for (const json& entry : of.at("items")) {
      if (entry.at("item") == item) return entry.at("score").get<double>();
    }
    return std::nan("");
  };
  EXPECT_EQ(results[0].at("items").size(), kItems - 1);
  EXPECT_NEAR(score(results[0], "B007"), score(results[1], "B003"), 1e-6);
}

TEST_F(Similar, TsvAndTableSayTheSame) {
  const auto objects = this->objects({"--items", "B003", "--k", "3"});
  const Outcome tsv = similar({"--items", "B003", "--k", "3", "--format", "tsv"});
  expect_done(tsv);
  const auto lines = lines_of(tsv.out);
  ASSERT_EQ(lines.size(), 3U);
  const Outcome table = similar({"--items", "B003", "--k", "3"});
  expect_done(table);
  EXPECT_THAT(table.out, HasSubstr("item B003"));
  for (std::size_t r = 0; r < 3; ++r) {
    const std::string item = objects[0].at("items")[r].at("item");
    EXPECT_THAT(lines[r], ::testing::StartsWith("B003\t" + std::to_string(r + 1) + "\t" + item + "\t"));
    EXPECT_THAT(table.out, HasSubstr(item));
  }
}

TEST_F(Similar, GoesToAFileThatIsNotReplacedUnasked) {
  expect_done(similar({"--items", "B003", "--out", path_of("near.txt")}));
  EXPECT_THAT(read_text(folder_ / "near.txt"), HasSubstr("item B003"));
  expect_refused(similar({"--items", "B003", "--out", path_of("near.txt")}), {"near.txt", "--force"});
  expect_done(similar({"--items", "B003", "--out", path_of("near.txt"), "--force"}));
}

TEST_F(Similar, WhatIsUnknownIsRefused) {
  expect_refused(similar({"--items", "B003,nothing"}), {"unknown items in --items 'nothing'", "items.tsv"});
  expect_refused(similar({"--items", "B003", "--by", "sound"}), {"'sound'", "--by fused, model, image, text"});
  expect_usage_error(similar({}), {"--items"});
  expect_usage_error(similar({"--items", "B003", "--k", "0"}), {"--k"});
}

TEST_F(Similar, AModelSaysWhichSimilaritiesItHas) {
  expect_done(run({"train", "--data", path_of("data"), "--model", "itemknn", "--out", path_of("knn")}));
  const Outcome own = run({"similar", "--artifact", path_of("knn"), "--items", "B003", "--by", "model"});
  expect_done(own);
  EXPECT_THAT(own.out, HasSubstr("similarity"));
  expect_refused(run({"similar", "--artifact", path_of("knn"), "--items", "B003"}), {"itemknn", "--by model"});
  // Its parameters are named like the embeddings of a modality and are none.
  expect_done(run({"train", "--data", path_of("data"), "--model", "mf", "--epochs", "2", "--out", path_of("mf")}));
  expect_refused(run({"similar", "--artifact", path_of("mf"), "--items", "B003", "--by", "weight"}),
                 {"'weight'; give --by fused\n"});
}

}  // namespace
}  // namespace monet::test
