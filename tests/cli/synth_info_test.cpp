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
  EXPECT_THAT(outcome.out + outcome.err, AllOf(HasSubstr("1 interaction"), HasSubstr("more than one split")));
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
}

}  // namespace
}  // namespace monet::test
