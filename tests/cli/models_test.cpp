// Every model through the program: what is not trained, and what each kind of score can tell.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <set>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array<const char*, 5> kUntrained = {"popularity", "itemknn", "p3alpha", "rp3beta", "ease"};

class Models : public Scratch {
 protected:
  Models() { write_mmrec(folder_ / "data"); }

  /// Trains `model` into an artifact of its name.
  Outcome train(const std::string& model, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"train", "--data", path_of("data"), "--model", model, "--out", path_of(model)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  /// One user's recommendations as JSON.
  json recommend(const std::string& model, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"recommend", "--artifact", path_of(model), "--format", "jsonl"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments);
    expect_done(outcome);
    return json::parse(outcome.out);
  }
  std::string in_words(const std::string& model, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"recommend", "--artifact", path_of(model), "--k", "2", "--explain"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments);
    expect_done(outcome);
    return outcome.out;
  }
  void expect_evaluates(const std::string& model) const {
    expect_done(run({"evaluate", "--artifact", path_of(model), "--data", path_of("data"), "--k", "5"}));
  }
};

/// Training interactions of an item.
int popularity_of(std::size_t item) {
  int count = 0;
  for (std::size_t user = 0; user < kUsers; ++user) {
    const auto items = training_items(user);
    count += std::find(items.begin(), items.end(), item) != items.end() ? 1 : 0;
  }
  return count;
}

std::set<std::string> items_of(const json& recommendations) {
  std::set<std::string> items;
  for (const json& entry : recommendations.at("items")) items.insert(entry.at("item").get<std::string>());
  return items;
}

TEST_F(Models, WhatIsNotTrainedTakesTrainingOptionsAndIgnoresThem) {
  for (const std::string model : kUntrained) {
    const Outcome outcome = train(model, {"--epochs", "7", "--batch-size", "3", "--learning-rate", "5", "--sampling",
                                          "interactions", "--seed", "9"});
    expect_done(outcome);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("no training steps"), HasSubstr("recall@20")));
    expect_evaluates(model);
    EXPECT_FALSE(std::filesystem::exists(path_of(model) + ".partial"));
    expect_done(train(model, {"--epochs", "0", "--force"}));
  }
}

TEST_F(Models, WhatIsNotTrainedRefusesToStartFromParameters) {
  expect_done(train("mf", {"--epochs", "1", "--dim", "4"}));
  for (const std::string model : kUntrained) {
    expect_refused(train(model, {"--init", path_of("mf")}), {model, "no parameters", "--init"});
    EXPECT_FALSE(std::filesystem::exists(path_of(model)));
  }
}

TEST_F(Models, WhatIsNotTrainedDiscardsNoUnfinishedTraining) {
  Program training({"train", "--data", path_of("data"), "--model", "mf", "--dim", "4", "--epochs", "100000000",
                    "--patience", "100000000", "--out", path_of("itemknn")});
  ASSERT_TRUE(training.wait_for(path_of("itemknn.partial/checkpoint.safetensors")));
  training.send(SIGINT);
  ASSERT_EQ(training.wait().exit_code, 130);
  const auto before = snapshot(path_of("itemknn") + ".partial");
  expect_refused(train("itemknn"), {"itemknn.partial", "unfinished training", "--force"});
  EXPECT_EQ(snapshot(path_of("itemknn") + ".partial"), before);
  expect_done(train("itemknn", {"--force"}));
}

TEST_F(Models, OptionsOfOtherModelsAreRefused) {
  expect_usage_error(train("popularity", {"--neighbours", "3"}), {"--neighbours", "popularity"});
  expect_usage_error(train("p3alpha", {"--shrink", "3"}), {"--shrink", "p3alpha", "--neighbours"});
  expect_usage_error(train("vbpr", {"--layers", "3"}), {"--layers", "vbpr", "--biases"});
}

TEST_F(Models, AnUnknownNameIsNamedOnce) {
  const Outcome outcome = run({"models", "monett"});
  expect_usage_error(outcome, {"NAME: 'monett' is not one of", "lightgcn", "did you mean 'monet'"});
  EXPECT_EQ(outcome.err.find("monett"), outcome.err.rfind("monett"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("models: models")));
}

TEST_F(Models, PopularityCountsForEverybodyAlsoForNewcomers) {
  expect_done(train("popularity"));
  for (const std::vector<std::string>& who : {std::vector<std::string>{"--users", "user-3"},
                                              {"--history", "B002,B005"},
                                              {"--users", "user-3", "--history", "B002"}}) {
    std::vector<std::string> arguments = who;
    arguments.insert(arguments.end(), {"--k", "100"});
    const json found = recommend("popularity", arguments);
    std::set<std::string> past;
    if (who.front() == "--users") {
      for (const std::size_t item : training_items(3)) past.insert("B00" + std::to_string(item));
    }
    if (who.size() == 4) past.insert("B002");
    if (who.front() == "--history") past = {"B002", "B005"};
    EXPECT_EQ(items_of(found).size(), kItems - past.size());
    int previous = static_cast<int>(kUsers);
    for (const json& entry : found.at("items")) {
      const std::string item = entry.at("item");
      EXPECT_EQ(past.count(item), 0U) << item;
      EXPECT_EQ(entry.at("score").get<int>(), popularity_of(std::stoul(item.substr(3)))) << item;
      EXPECT_LE(entry.at("score").get<int>(), previous);
      previous = entry.at("score");
    }
  }
  EXPECT_THAT(in_words("popularity", {"--users", "user-3"}), HasSubstr("popularity does not score by past items"));
}

TEST_F(Models, SimilaritiesServeNewcomersAndNameThePastItemsTheyRestOn) {
  for (const std::string model : {"itemknn", "p3alpha", "rp3beta", "ease"}) {
    expect_done(train(model));
    // A newcomer with a user's training items is that user.
    std::string history;
    for (const std::size_t item : training_items(4))
      history += (history.empty() ? "B00" : ",B00") + std::to_string(item);
    const json known = recommend(model, {"--users", "user-4", "--k", "5", "--explain"});
    const json newcomer = recommend(model, {"--history", history, "--k", "5", "--explain"});
    EXPECT_EQ(known.at("items"), newcomer.at("items"));
    for (const json& entry : known.at("items")) {
      double shares = 0.0;
      for (const json& past : entry.at("explanation").at("because")) {
        EXPECT_THAT(history, HasSubstr(past.at("item").get<std::string>()));
        shares += past.at("weight").get<double>();
      }
      EXPECT_GT(shares, 0.0);
      EXPECT_LE(shares, 1.0 + 1e-9);
      EXPECT_NEAR(entry.at("explanation").at("target_oriented").at("value").get<double>(),
                  entry.at("score").get<double>(), 1e-6);
    }
    const std::string text = in_words(model, {"--users", "user-4"});
    EXPECT_THAT(text, AllOf(HasSubstr("because of B00"), HasSubstr(" %)"), Not(HasSubstr("target-oriented"))));
  }
}

TEST_F(Models, AModelWithoutFoldInSaysWhoCan) {
  for (const std::string model : {"mf", "ngcf", "vbpr", "mmgcn", "grcn"}) {
    expect_done(train(model, {"--epochs", "1", "--dim", "4"}));
    expect_evaluates(model);
    expect_refused(run({"recommend", "--artifact", path_of(model), "--history", "B002"}),
                   {model, "--history", "itemknn"});
    EXPECT_THAT(in_words(model, {"--users", "user-4"}), HasSubstr(model + " does not score by past items"));
  }
}

TEST_F(Models, SizesComeFromTheParametersGiven) {
  expect_done(train("ngcf", {"--epochs", "1", "--dim", "5", "--layer-widths", "7,3,2"}));
  expect_done(train("vbpr", {"--epochs", "1", "--dim", "6", "--biases", "on"}));
  expect_done(train("mmgcn", {"--epochs", "1", "--dim", "3", "--map-dim", "5"}));
  expect_done(train("grcn", {"--epochs", "1", "--dim", "3", "--content-dim", "5"}));
  const auto again = [&](const std::string& model, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{
        "train",        "--data", path_of("data"),          "--model", model, "--epochs", "0", "--init",
        path_of(model), "--out",  path_of(model + "-again")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  for (const std::string model : {"ngcf", "mmgcn", "grcn"}) expect_done(again(model, {}));
  expect_done(again("vbpr", {"--biases", "on"}));
  for (const std::string model : {"ngcf", "vbpr", "mmgcn", "grcn"}) {
    EXPECT_EQ(recommend(model, {"--users", "user-1"}), recommend(model + "-again", {"--users", "user-1"}));
  }
}

}  // namespace
}  // namespace monet::test
