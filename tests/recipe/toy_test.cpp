// A model that is added by its file pair and one word is everywhere: nothing else had to be told of it.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ToyModel : public Scratch {
 protected:
  ToyModel() { write_mmrec(folder_ / "data"); }

  static Outcome toy(const std::vector<std::string>& arguments) {
    Launch launch;
    launch.program = MONET_WITH_TOY;
    return run(arguments, launch);
  }
  std::string text_of(const std::string& name) const {
    std::ifstream file(path_of(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(ToyModel, IsTrainedEvaluatedRecommendedFromAndReported) {
  expect_done(toy({"train", "--data", path_of("data"), "--model", "toy", "--gain", "2", "--mood", "merry", "--epochs",
                   "2", "--out", path_of("artifact")}));
  const auto config = nlohmann::json::parse(text_of("artifact/config.json"));
  EXPECT_EQ(config.at("hyper_parameters").at("gain"), 2.0);
  EXPECT_EQ(config.at("hyper_parameters").at("mood"), "merry");
  EXPECT_EQ(config.at("hyper_parameters").at("learning_rate"), 0.01) << "its own default";
  expect_done(toy({"evaluate", "--artifact", path_of("artifact"), "--data", path_of("data"), "--k", "5"}));
  expect_done(toy({"recommend", "--artifact", path_of("artifact"), "--users", "user-1", "--k", "2"}));
  expect_done(toy({"report", path_of("artifact"), "--out", path_of("artifact.html")}));
  EXPECT_THAT(text_of("artifact.html"), HasSubstr("toy"));
}

TEST_F(ToyModel, IsComparedTunedAndSwept) {
  const Outcome compared = toy({"compare", "--data", path_of("data"), "--models", "toy:gain=2,popularity", "--seeds",
                                "2", "--tune", "2", "--epochs", "2", "--out", path_of("comparison")});
  expect_done(compared);
  EXPECT_THAT(compared.out, HasSubstr("toy:gain=2"));
  expect_done(toy({"report", path_of("comparison"), "--out", path_of("comparison.html")}));
  EXPECT_THAT(text_of("comparison.html"), HasSubstr("toy:gain=2"));
  const Outcome swept = toy({"sweep", "--data", path_of("data"), "--model", "toy", "--epochs", "2", "--out",
                             path_of("sweep"), "--metric", "recall@10"});
  expect_done(swept);
  EXPECT_THAT(swept.out, AllOf(HasSubstr("gain=0.5"), HasSubstr("gain=1"))) << "its own grid";
}

TEST_F(ToyModel, IsListedWithItsOptions) {
  EXPECT_THAT(toy({"models"}).out, HasSubstr("a model of the recipe"));
  EXPECT_THAT(toy({"models", "toy"}).out,
              AllOf(HasSubstr("--gain"), HasSubstr("a number between 0 and 10"), HasSubstr("calm, merry")));
  EXPECT_THAT(toy({"train", "--model", "toy", "--help"}).out, HasSubstr("--gain"));
  EXPECT_THAT(toy({"train", "--model", "mf", "--help"}).out, ::testing::Not(HasSubstr("--gain")));
}

TEST_F(ToyModel, ItsOptionsAreCheckedEverywhere) {
  const auto train = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"train", "--data", path_of("data"), "--model", "toy", "--out", path_of("a")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return toy(arguments);
  };
  expect_usage_error(train({"--gain", "11"}), {"--gain", "'11'", "between 0 and 10"});
  expect_usage_error(train({"--mood", "mery"}), {"--mood", "'merry'"});
  expect_usage_error(train({"--alpha", "1"}), {"--alpha", "toy", "--gain"});
  expect_usage_error(toy({"compare", "--data", path_of("data"), "--models", "toy:gian=2", "--out", path_of("c")}),
                     {"--models", "toy", "'gian'", "'gain'"});
  expect_usage_error(
      toy({"sweep", "--data", path_of("data"), "--model", "toy", "--grid", "gain=1,99", "--out", path_of("s")}),
      {"--grid", "'99'"});
  EXPECT_FALSE(std::filesystem::exists(path_of("a")));
}

}  // namespace
}  // namespace monet::test
