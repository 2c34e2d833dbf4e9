// A blend of two trained artifacts through every door of the program.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

namespace monet::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Blend : public Scratch {
 protected:
  Blend() {
    data_ = make_data();
    expect_done(run(train_arguments(data_, path_of("a"))));
    expect_done(run({"train", "--data", data_, "--model", "itemknn", "--out", path_of("b"), "--threads", "1"}));
  }
  Outcome blend(const std::string& artifacts, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"blend", "--artifacts", artifacts, "--data", data_, "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string both() const { return path_of("a") + "," + path_of("b"); }
  std::string make_blend(const std::vector<std::string>& more = {"--weights", "1,3"}) const {
    std::vector<std::string> arguments{"--out", path_of("blend")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    expect_done(blend(both(), arguments));
    return path_of("blend");
  }

  std::string data_;
};

TEST_F(Blend, ChoosesWeightsAndSaysWhatTheyAreWorth) {
  for (const std::string by : {"zscore", "rank"}) {
    const Outcome made = blend(both(), {"--out", path_of(by), "--by", by});
    expect_done(made);
    EXPECT_THAT(made.out, AllOf(HasSubstr("monet"), HasSubstr("itemknn"), HasSubstr("chosen on validation"),
                                HasSubstr("alone by more than noise"), HasSubstr("recall@20"),
                                HasSubstr("written to " + path_of(by))));
    const json config = json::parse(read_text(folder_ / by / "config.json"));
    EXPECT_EQ(config.at("blend").at("by"), by);
    const double sum =
        config.at("blend").at("weights")[0].get<double>() + config.at("blend").at("weights")[1].get<double>();
    EXPECT_NEAR(sum, 1.0, 1e-9);
    EXPECT_EQ(lines_of(read_text(folder_ / by / "train_log.jsonl")).size(), 11U) << "two alone, nine blends";
    // The figures are what `evaluate` says of it.
    for (const std::string split : {"val", "test"}) {
      const Outcome evaluated = run({"evaluate", "--artifact", path_of(by), "--data", data_, "--split", split, "--auc",
                                     "--json", "-", "--threads", "1"});
      expect_done(evaluated);
      const json measured = json::parse(evaluated.out).at("metrics");
      for (const auto& [name, value] : config.at("metrics").at(split == "val" ? "validation" : "test").items()) {
        EXPECT_NEAR(measured.at(name).get<double>(), value.get<double>(), 1e-12) << name;
      }
    }
  }
}

TEST_F(Blend, ServesWhenItsPartsAreGone) {
  make_blend();
  const auto list = [&] {
    return run({"recommend", "--artifact", path_of("blend"), "--users", "all", "--format", "tsv"});
  };
  const Outcome before = list();
  expect_done(before);
  EXPECT_FALSE(before.out.empty());
  fs::remove_all(path_of("a"));
  fs::remove_all(path_of("b"));
  EXPECT_EQ(list().out, before.out);
}

TEST_F(Blend, EveryDoorOpens) {
  const std::string artifact = make_blend();
  const Outcome told = run({"recommend", "--artifact", artifact, "--users", "0", "--explain", "--k", "2"});
  expect_done(told);
  EXPECT_THAT(told.out, AllOf(HasSubstr("monet (weight 0.25): "), HasSubstr("itemknn (weight 0.75): ")));
  expect_done(run({"recommend", "--artifact", artifact, "--history", "1,2,3"}));
  write_text(folder_ / "pairs.tsv", "0\t1\n0\t5\n3\t2\n");
  expect_done(run({"recommend", "--artifact", artifact, "--candidates", path_of("pairs.tsv")}));
  expect_done(run({"similar", "--artifact", artifact, "--items", "1"}));
  expect_done(run({"similar", "--artifact", artifact, "--items", "1", "--by", "2.model"}));
  expect_refused(run({"similar", "--artifact", artifact, "--items", "1", "--by", "model"}), {"1.image", "2.model"});
  expect_done(run({"evaluate", "--artifact", artifact, "--data", data_, "--per-user", path_of("users.tsv")}));
  EXPECT_EQ(lines_of(read_text(folder_ / "users.tsv")).size(), kUsers + 1);

  const Outcome info = run({"info", artifact});
  expect_done(info);
  EXPECT_THAT(info.out, AllOf(HasSubstr("blend, kind blend"), HasSubstr("itemknn, kind item_similarity, weight 0.75"),
                              Not(HasSubstr("0 wide"))));
  const json parts = json::parse(run({"info", artifact, "--json"}).out).at("parts");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].at("weight"), 0.25);
  expect_done(run({"info", parts[0].at("path")}));

  expect_done(run({"report", artifact}));
  const std::string page = read_text(fs::path(artifact) / "report.html");
  EXPECT_THAT(page, AllOf(HasSubstr("Blended by zscore"), HasSubstr("The weights were given.")));
  make_blend({"--force"});
  expect_done(run({"report", artifact}));
  EXPECT_THAT(read_text(fs::path(artifact) / "report.html"), HasSubstr("Weights that were tried"));

  expect_refused(run({"analyze", "avg-diff", "--artifact", artifact, "--data", data_}),
                 {"no embeddings of its own", "parts/1"});
  expect_done(run({"analyze", "avg-diff", "--artifact", artifact + "/parts/1", "--data", data_}));
  expect_refused(run(train_arguments(data_, path_of("next"), {"--init", artifact})), {"parts/1"});
}

TEST_F(Blend, APartThatGetsNoWeightIsLeftOut) {
  expect_done(run({"train", "--data", data_, "--model", "popularity", "--out", path_of("c"), "--threads", "1"}));
  const Outcome made = blend(both() + "," + path_of("c"), {"--out", path_of("blend"), "--weights", "1,0,1"});
  expect_done(made);
  EXPECT_THAT(made.out, HasSubstr("left out"));
  EXPECT_FALSE(fs::exists(path_of("blend") + "/parts/3"));
  EXPECT_THAT(run({"info", path_of("blend")}).out, HasSubstr("popularity, kind dot, weight 0.5"));
}

TEST_F(Blend, WhatCannotBeBlendedIsRefused) {
  make_blend();
  const std::string out = path_of("out");
  expect_usage_error(blend(path_of("a"), {"--out", out}), {"1 given", "two or three"});
  expect_usage_error(blend(path_of("a") + "," + path_of("a"), {"--out", out}), {"given twice"});
  expect_refused(blend(path_of("a") + "," + path_of("blend"), {"--out", out}), {"is a blend itself", "blend/parts"});
  expect_refused(blend(both(), {"--out", path_of("blend")}), {"blend exists", "--force"});
  expect_refused(blend(both(), {"--out", path_of("a"), "--force"}), {"which is read for it"});
  expect_usage_error(blend(both(), {"--out", out, "--weights", "1"}), {"1 for 2 artifacts"});
  expect_refused(blend(both(), {"--out", out, "--weights", "1,0"}), {"no blend"});
  expect_usage_error(blend(both(), {"--out", out, "--weights", "1,x"}), {"--weights: 'x'"});
  expect_usage_error(blend(both(), {"--out", out, "--weights", "1,-1"}), {"--weights: '-1'"});
  expect_usage_error(blend(both(), {"--out", out, "--by", "sum"}), {"zscore", "rank"});
  expect_done(run({"train", "--data", data_, "--model", "popularity", "--modalities", "text", "--out", path_of("c")}));
  expect_refused(blend(path_of("a") + "," + path_of("c"), {"--out", out}), {"trained on other data", "hash"});
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace monet::test
