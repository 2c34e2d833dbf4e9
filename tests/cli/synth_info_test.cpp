// The generator, and what `info` says of datasets and artifacts.
#include "tests/cli/scratch.h"

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SynthInfo : public Scratch {};

TEST_F(SynthInfo, TheSeedFixesEveryByteOfACatalogue) {
  for (const char* folder : {"a", "b", "c"}) {
    std::filesystem::create_directory(path_of(folder));
    const std::string seed = folder == std::string("c") ? "6" : "5";
    expect_done(run({"synth", "--out", path_of(folder) + "/shop", "--seed", seed}));
  }
  // Compared without printing a megabyte when they differ.
  EXPECT_TRUE(snapshot(path_of("a")) == snapshot(path_of("b")));
  EXPECT_FALSE(snapshot(path_of("a")) == snapshot(path_of("c")));
}

TEST_F(SynthInfo, ACatalogueIsReadBackAndTrainedOn) {
  expect_done(run({"synth", "--out", path_of("shop"), "--seed", "5"}));
  const Outcome info = run({"info", path_of("shop")});
  expect_done(info);
  EXPECT_THAT(info.out, AllOf(HasSubstr("users"), HasSubstr("items"), HasSubstr("image"), HasSubstr("text")));
  expect_done(run({"train", "--data", path_of("shop"), "--model", "monet", "--out", path_of("artifact"), "--epochs",
                   "1", "--dim", "8"}));
  expect_done(run({"evaluate", "--artifact", path_of("artifact"), "--data", path_of("shop"), "--split", "test"}));
}

TEST_F(SynthInfo, AFolderThatIsThereIsReplacedOnlyWithForce) {
  expect_done(run({"synth", "--out", path_of("shop"), "--seed", "5"}));
  const auto before = snapshot(path_of("shop"));
  expect_refused(run({"synth", "--out", path_of("shop"), "--seed", "6"}), {"shop", "--force"});
  EXPECT_TRUE(snapshot(path_of("shop")) == before);
  expect_done(run({"synth", "--out", path_of("shop"), "--seed", "6", "--force"}));
  EXPECT_FALSE(snapshot(path_of("shop")) == before);
}

TEST_F(SynthInfo, InfoCountsWhatADatasetHolds) {
  const Outcome outcome = run({"info", make_data()});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("5-core"), HasSubstr("24"), HasSubstr("18"), HasSubstr("144"),
                                 HasSubstr("image"), HasSubstr("text")));
  EXPECT_THAT(outcome.out, HasSubstr("44.4")) << "192 of 432 pairs, in percent";
}

TEST_F(SynthInfo, InfoFindsLeaksBetweenSplits) {
  const std::string data = make_data();
  std::string test = read_text(folder_ / "data/5-core/test.json");
  const std::size_t list = test.find('[') + 1;
  write_text(folder_ / "data/5-core/test.json", test.insert(list, std::to_string(training_items(0)[0]) + ", "));
  const Outcome outcome = run({"info", data});
  EXPECT_THAT(outcome.out + outcome.err, AllOf(HasSubstr("1 interaction"), HasSubstr("more than one split"),
                                               HasSubstr("train and test: 1, e.g. user '0'")));
  EXPECT_EQ(outcome.exit_code, 1);
}

TEST_F(SynthInfo, InfoSaysWhatFeaturesAreLike) {
  const std::string data = make_data();
  const Outcome text = run({"info", data});
  expect_done(text);
  EXPECT_THAT(text.out, AllOf(HasSubstr("what the features are like"), HasSubstr("columns constant"),
                              HasSubstr("all 18 rows compared"), HasSubstr("too few users to tell: 0.")));
  const Outcome json = run({"info", data, "--json"});
  expect_done(json);
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"quality\""), HasSubstr("\"near_duplicates\""), HasSubstr("\"taste\""),
                              HasSubstr("\"auc\""), HasSubstr("\"leaks_between\": []"), HasSubstr("\"warnings\"")));
}

TEST_F(SynthInfo, ARawShopHasTablesAndPictures) {
  expect_done(run({"synth", "--layout", "raw", "--out", path_of("shop"), "--users", "30", "--items", "20",
                   "--interactions", "200", "--cold-items", "0.1", "--picture-size", "16"}));
  const auto files = snapshot(path_of("shop"));
  EXPECT_EQ(lines_of(files.at("interactions.csv")).size(), 201U);
  EXPECT_EQ(lines_of(files.at("catalogue.csv")).size(), 21U);
  EXPECT_EQ(files.at("pictures/item-19.png").substr(1, 3), "PNG");
  expect_done(run({"synth", "--layout", "raw", "--out", path_of("plain"), "--users", "30", "--items", "20",
                   "--sparsity", "0.75", "--pictures", "off"}));
  EXPECT_EQ(lines_of(read_text(folder_ / "plain/interactions.csv")).size(), 151U);
  EXPECT_EQ(snapshot(path_of("plain")).size(), 3U);
}

TEST_F(SynthInfo, SizesOfAPaperDatasetAndWhatDoesNotGoTogether) {
  const Outcome like =
      run({"synth", "--like", "men-clothing", "--items", "2000", "--modalities", "none", "--out", path_of("shop")});
  expect_done(like);
  EXPECT_THAT(like.out, AllOf(HasSubstr("4,955 users"), HasSubstr("2,000 items"), HasSubstr("32,363 interactions")));
  expect_usage_error(run({"synth", "--like", "mens-clothing", "--out", path_of("x")}), {"men-clothing"});
  expect_usage_error(run({"synth", "--layout", "raw", "--noise", "1", "--out", path_of("x")}), {"--noise", "raw"});
  expect_usage_error(run({"synth", "--picture-size", "64", "--out", path_of("x")}), {"--layout raw"});
  expect_usage_error(run({"synth", "--sparsity", "0.9", "--interactions", "10", "--out", path_of("x")}),
                     {"--interactions or --sparsity"});
  expect_refused(run({"synth", "--cold-items", "1", "--out", path_of("x")}), {"not cold"});
}

TEST_F(SynthInfo, InfoDescribesAnArtifact) {
  const Outcome outcome = run({"info", make_artifact()});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("monet"), HasSubstr("24"), HasSubstr("18"), HasSubstr("recall@20"),
                                 HasSubstr("target_aware")));
}

TEST_F(SynthInfo, InfoOfWhatIsNeitherSaysWhatItLookedFor) {
  write_text(folder_ / "stuff/readme.txt", "x");
  const Outcome outcome = run({"info", path_of("stuff")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("stuff"));
  write_text(folder_ / "found/auto.json", "{}");
  expect_refused(run({"info", path_of("found")}), {"results, auto.json", "monet report"});
}

}  // namespace
}  // namespace monet::test
