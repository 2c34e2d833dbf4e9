// Wrong usage: exit code 2, with the nearest right word.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

namespace monet::test {
namespace {

using ::testing::HasSubstr;

class Usage : public Scratch {};

TEST_F(Usage, AnUnknownCommandOptionOrValueIsAnsweredWithTheNearestRightOne) {
  const std::string data = make_data();
  const auto train = [&](const std::vector<std::string>& more) {
    return run(train_arguments(data, path_of("artifact"), more));
  };
  expect_usage_error(run({"trian", "--data", data}), {"trian", "train"});
  expect_usage_error(run({"train", "--data", data, "--model", "monnet", "--out", path_of("artifact")}),
                     {"monnet", "'monet'"});
  expect_usage_error(train({"--alhpa", "0.5"}), {"--alhpa", "'--alpha'"});
  expect_usage_error(train({"--learning_rate", "0.5"}), {"--learning_rate", "'--learning-rate'"});
  expect_usage_error(train({"--encoder", "ligthgcn"}), {"--encoder", "ligthgcn", "'lightgcn'"});
  expect_usage_error(train({"--fusion", "weigthed-sum"}), {"--fusion", "weigthed-sum", "'weighted-sum'"});
  expect_usage_error(run({"evaluate", "--artifact", path_of("a"), "--data", data, "--split", "tset"}),
                     {"--split", "'test'"});
  expect_usage_error(run({"recommend", "--artifact", path_of("a"), "--users", "0", "--format", "jsnol"}),
                     {"--format", "'jsonl'"});
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(Usage, TheListOfCommandsIsOfThoseForPeople) {
  for (const Outcome& outcome : {run({"zzzz"}), run({})}) {
    expect_usage_error(outcome, {"train", "prepare", "models"});
    EXPECT_EQ(outcome.err.find("run-task"), std::string::npos) << outcome.err;
  }
}

TEST_F(Usage, ValuesOutsideTheirDomain) {
  const std::string data = make_data();
  const auto train = [&](const std::vector<std::string>& more) {
    return run(train_arguments(data, path_of("artifact"), more));
  };
  expect_usage_error(train({"--dim", "sixty"}), {"--dim", "sixty"});
  expect_usage_error(train({"--dim", "0"}), {"--dim", "0"});
  expect_usage_error(train({"--beta", "1.5"}), {"--beta", "1.5"});
  expect_usage_error(train({"--alpha", "-1"}), {"--alpha", "-1"});
  expect_usage_error(train({"--learning-rate", "nan"}), {"--learning-rate"});
  expect_usage_error(train({"--epochs", "1e3"}), {"--epochs", "1e3"});
  expect_usage_error(train({"--threads", "0"}), {"--threads"});
  expect_usage_error(train({"--seed", "-1"}), {"--seed"});
  expect_usage_error(run({"evaluate", "--artifact", path_of("a"), "--data", data, "--k", "10,x"}), {"--k", "x"});
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(Usage, AnOptionTheModelDoesNotReadIsNotPassedOver) {
  const std::vector<std::string> base = {"train", "--data", make_data(), "--out", path_of("artifact"), "--model"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = base;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  expect_usage_error(with({"lightgcn", "--alpha", "0.5"}), {"--alpha", "lightgcn", "--layers"});
  expect_usage_error(with({"mf", "--layers", "2"}), {"--layers", "mf", "--dim"});
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(Usage, EachModelHasItsOwnDefaultsAndWhatIsGivenStays) {
  expect_done(run({"train", "--layers", "1", "--data", make_data(), "--out", path_of("artifact"), "--model", "lightgcn",
                   "--epochs", "0"}));
  const auto config = nlohmann::json::parse(read_text(folder_ / "artifact" / "config.json"));
  const auto& given = config.at("hyper_parameters");
  EXPECT_EQ(given.at("layers"), 1);
  EXPECT_EQ(given.at("weight_decay"), 1e-4);
  EXPECT_EQ(given.at("learning_rate"), 1e-3);
  EXPECT_FALSE(given.contains("alpha"));
}

TEST_F(Usage, WhatIsMissingIsNamed) {
  expect_usage_error(run({"train", "--out", path_of("artifact")}), {"--data"});
  expect_usage_error(run({"train", "--data", make_data()}), {"--out"});
  expect_usage_error(run({"recommend", "--users", "all"}), {"--artifact"});
  expect_usage_error(run({"train", "--data"}), {"--data"});
  const Outcome nothing = run({});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("monet"));
}

TEST_F(Usage, WhatContradictsItselfIsRefused) {
  const std::string data = make_data();
  expect_usage_error(
      run({"evaluate", "--artifact", path_of("a"), "--data", data, "--split", "val", "--mask-validation"}),
      {"--mask-validation", "--split val"});
  expect_usage_error(run({"evaluate", "--artifact", path_of("a"), "--data", data, "--json", "-", "--per-user", "-"}),
                     {"--json", "--per-user"});
  expect_usage_error(run({"synth", "--modalities", "image:8,image:9", "--out", path_of("x")}), {"'image' comes twice"});
  expect_usage_error(run({"info", data, "--modalities", "text,text"}), {"'text' comes twice"});
  expect_usage_error(run({"serve", "--artifact", path_of("a"), "--allow-origin", "foo"}), {"foo", "https://"});
  expect_refused(run({"serve", "--artifact", path_of("a"), "--pictures", path_of("none")}), {"no such folder"});
  expect_usage_error(run({"export", "--store", path_of("a.db")}), {"--out"});
  expect_usage_error(run({"retrain", "--artifact", path_of("a")}), {"--store"});
}

TEST_F(Usage, AConfigurationFileIsCheckedLikeTheCommandLine) {
  const std::string data = make_data();
  const auto train_with = [&](const std::string& toml) {
    write_text(folder_ / "train.toml", toml);
    return run(train_arguments(data, path_of("artifact"), {"--config", path_of("train.toml")}));
  };
  expect_usage_error(train_with("alpah = 0.5\n"), {"train.toml", "alpah", "'alpha'"});
  expect_usage_error(train_with("layers = 2\nencoder = \"megcnn\"\n"), {"megcnn", "'megcn'"});
  expect_usage_error(train_with("[train]\nalpha = 0.5\n"), {"train.toml"});
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(Usage, TheCommandLineWinsOverTheConfigurationFile) {
  const std::string data = make_data();
  write_text(folder_ / "train.toml", "alpha = 0.25\ndim = 4\n");
  expect_done(run({"train", "--data", data, "--model", "monet", "--out", path_of("artifact"), "--epochs", "1",
                   "--alpha", "0.75", "--config", path_of("train.toml")}));
  const std::string config = read_text(folder_ / "artifact/config.json");
  EXPECT_THAT(config, HasSubstr("\"alpha\": 0.75"));
  EXPECT_THAT(config, HasSubstr("\"dim\": 4"));
}

TEST_F(Usage, HelpAndVersionGoToStdout) {
  for (const char* command :
       {"synth", "info", "train", "blend", "evaluate", "recommend", "similar", "analyze", "report", "reproduce"}) {
    const Outcome outcome = run({command, "--help"});
    EXPECT_EQ(outcome.exit_code, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr(command));
    EXPECT_EQ(outcome.err, "") << command;
  }
  const Outcome help = run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command :
       {"synth", "info", "train", "blend", "evaluate", "recommend", "similar", "analyze", "report", "reproduce"})
    EXPECT_THAT(help.out, HasSubstr(command));
  const Outcome version = run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, HasSubstr(MONET_VERSION));
}

}  // namespace
}  // namespace monet::test
