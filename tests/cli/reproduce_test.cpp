// The paper's experiments through the program, with trainings of an epoch.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <csignal>
#include <map>
#include <set>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Reproduce : public Scratch {
 protected:
  Reproduce() {
    write_five_core(folder_ / "shop");
    write_five_core(folder_ / "plain");
    for (const char* modality : {"image", "text"}) {
      std::filesystem::remove(folder_ / "plain" / (std::string(modality) + "_feat.npy"));
    }
  }

  std::vector<std::string> arguments(const std::string& data, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{
        "reproduce", "--quick", "--data",  data, "--out", path_of("out"), "--only", "table-2,table-4,table-6,figure-1",
        "--epochs",  "1",       "--seeds", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  json document() const { return json::parse(read_text(folder_ / "out" / "reproduction.json")); }
  const json find(const json& all, const std::string& id) const {
    for (const json& one : all) {
      if (one.at("id") == id) return one;
    }
    ADD_FAILURE() << "no " << id;
    return {};
  }
};

TEST_F(Reproduce, TablesFiguresAndClaimsOnTwoDatasetsAndNothingTwice) {
  const std::string data = path_of("shop") + "," + path_of("plain");
  const Outcome outcome = run(arguments(data));
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("RQ3"), HasSubstr("C1"), HasSubstr("reproduction.md")));
  const json found = document();
  EXPECT_EQ(found.at("format"), "monet-reproduction");
  EXPECT_EQ(found.at("quick"), true);
  EXPECT_EQ(found.at("complete"), true);
  ASSERT_EQ(found.at("datasets").size(), 2U);
  EXPECT_EQ(found.at("datasets").at(0).at("paper"), nullptr);

  const json two = find(found.at("tables"), "table-2");
  EXPECT_EQ(two.at("columns"), json({"avg.diff image", "avg.diff text", "recall@20"}));
  EXPECT_EQ(two.at("groups"), json({"shop", "plain"}));
  for (const json& row : two.at("rows")) {
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_TRUE(row.at("cells").at(c).at("value").is_number()) << row;
      EXPECT_EQ(row.at("cells").at(3 + c).at("value"), nullptr);
    }
    EXPECT_THAT(row.at("cells").at(5).at("note").get<std::string>(), HasSubstr("item features"));
  }
  const json six = find(found.at("tables"), "table-6");
  EXPECT_EQ(six.at("rows").size(), 3U);
  const json one = find(found.at("figures"), "figure-1");
  EXPECT_EQ(one.at("series").at(0).at("x").size(), 2U);

  std::set<std::string> claims;
  for (const json& claim : found.at("claims")) claims.insert(claim.at("id").get<std::string>());
  EXPECT_EQ(claims, (std::set<std::string>{"C1", "RQ3", "figure-1", "table-2"}));
  EXPECT_THAT(find(found.at("claims"), "RQ3").at("evidence").get<std::string>(),
              AllOf(HasSubstr("shop: "), HasSubstr("plain: cannot run"), HasSubstr("p ")));
  EXPECT_THAT(read_text(folder_ / "out/reproduction.md"), AllOf(HasSubstr("## Claims"), HasSubstr("MMGCN-s+l")));
  EXPECT_THAT(read_text(folder_ / "out/csv/table-6.csv"), HasSubstr("MONET-TA,shop,recall@20,"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/shop/comparison.json"));

  const auto before = snapshot(folder_ / "out");
  const Outcome again = run(arguments(data));
  expect_done(again);
  EXPECT_EQ(again.out, outcome.out);
  EXPECT_EQ(snapshot(folder_ / "out"), before);
}

TEST_F(Reproduce, WhatIsThereIsNotOverwritten) {
  expect_done(run(arguments(path_of("plain"))));
  const auto before = snapshot(folder_ / "out");
  expect_refused(run(arguments(path_of("shop"))), {"another dataset", "plain", "--force"});
  expect_refused(run(arguments(path_of("plain"), {"--epochs", "2"})), {"reproduction.json", "epochs=1", "--force"});
  EXPECT_EQ(snapshot(folder_ / "out"), before);
  expect_done(run(arguments(path_of("shop"), {"--only", "table-4", "--force"})));
  EXPECT_EQ(document().at("datasets").at(0).at("name"), "shop");

  for (const std::string broken : {"{\"format\": ", "{}", "[1]"}) {
    write_text(folder_ / "out/reproduction.json", broken);
    expect_refused(run(arguments(path_of("shop"))), {"reproduction.json"});
    EXPECT_EQ(read_text(folder_ / "out/reproduction.json"), broken);
  }
  std::filesystem::remove(folder_ / "out/reproduction.json");
  expect_refused(run(arguments(path_of("shop"))), {"out", "something else"});
}

TEST_F(Reproduce, RefusesBeforeAnythingIsWritten) {
  write_five_core(folder_ / "other/shop");
  expect_refused(run(arguments(path_of("nowhere"))), {"nowhere"});
  expect_refused(run(arguments(path_of("shop") + "," + path_of("nowhere"))), {"nowhere"});
  expect_refused(run(arguments(path_of("shop") + "," + path_of("other/shop"))), {"two datasets are named shop"});
  write_text(folder_ / "shop/5-core/test.json", "{}");
  expect_refused(run(arguments(path_of("shop"))), {"no test split"});
  expect_usage_error(run(arguments(path_of("plain"), {"--only", "table-55"})), {"--only", "'table-5'"});
  expect_usage_error(run(arguments(path_of("plain"), {"--seeds", "0"})), {"--seeds"});
  EXPECT_FALSE(std::filesystem::exists(path_of("out")));
}

TEST_F(Reproduce, AnInterruptedOneCanBeGoneOnWith) {
  Program program(arguments(path_of("shop"), {"--epochs", "100000000"}));
  ASSERT_TRUE(program.wait_for(folder_ / "out/shop/comparison.json"));
  ASSERT_TRUE(program.wait_for(folder_ / "out/shop/runs"));
  program.send(SIGINT);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("the same command goes on"));
  EXPECT_EQ(document().at("complete"), false);
  EXPECT_THAT(read_text(folder_ / "out/reproduction.md"), HasSubstr("Unfinished"));
}

TEST_F(Reproduce, SomeModelsOnlyTunedByThePapersGridWhichTheirVariantsTakeOver) {
  const std::vector<std::string> chosen{"--models", "monet,lightgcn", "--only", "table-5,table-6", "--tune", "2"};
  std::vector<std::string> all{"reproduce", "--data", path_of("shop"), "--out", path_of("out"),
                               "--epochs",  "1",      "--seeds",       "1"};
  all.insert(all.end(), chosen.begin(), chosen.end());
  expect_done(run(all));
  const json comparison = json::parse(read_text(folder_ / "out/shop/comparison.json"));
  std::map<std::string, json> methods;
  for (const json& method : comparison.at("methods")) methods[method.at("label")] = method;
  ASSERT_EQ(methods.size(), 4U);
  EXPECT_EQ(methods.at("monet").at("trials").size(), 2U);
  EXPECT_EQ(methods.at("lightgcn").at("trials").size(), 2U);
  EXPECT_EQ(methods.at("monet:encoder=lightgcn").at("trials").size(), 0U);
  for (const char* option : {"learning-rate", "weight-decay"}) {
    const json& found = methods.at("monet").at("options").at(option);
    EXPECT_EQ(methods.at("monet:encoder=lightgcn").at("options").at(option), found);
    EXPECT_EQ(methods.at("monet:target-aware=off").at("options").at(option), found);
  }
  const json found = document();
  EXPECT_EQ(found.at("settings").at("tuning trials"), "2");
  EXPECT_THAT(find(found.at("claims"), "RQ1").at("claim").get<std::string>(),
              HasSubstr("judged without grcn, lattice"));
  EXPECT_THAT(read_text(folder_ / "out/reproduction.md"),
              AllOf(HasSubstr("2 of the 25 settings"), HasSubstr("only monet, lightgcn and variants"),
                    HasSubstr("shop: none of the paper's datasets"), HasSubstr("not among the models asked for")));
  all.erase(all.end() - 2, all.end());
  expect_refused(run(all), {"reproduction.json", "tuning trials '2', not nothing", "--force"});
  expect_usage_error(run({"reproduce", "--data", path_of("shop"), "--out", path_of("x"), "--models", "moent"}),
                     {"--models", "'monet'"});
}

TEST_F(Reproduce, SlowMethodsGetFewerSeedsAndTheDocumentsSaySo) {
  const auto arguments = [&](const std::string& minutes) -> std::vector<std::string> {
    return {
        "reproduce", "--data", path_of("shop"), "--out", path_of("out"), "--only", "table-6",        "--epochs", "1",
        "--seeds",   "3",      "--k",           "20",    "--slow-seeds", "2",      "--slow-minutes", minutes};
  };
  const auto whole = [&] { return find(document().at("tables"), "table-6").at("rows").at(2).at("cells").at(1); };
  expect_done(run(arguments("0")));  // every training takes longer
  EXPECT_EQ(whole().at("seeds"), 2);
  EXPECT_EQ(whole().at("note"), "2 of 3 seeds; 2 trainings ended by epochs while still gaining");
  expect_done(run(arguments("1000")));
  EXPECT_EQ(whole().at("seeds"), 3);
  EXPECT_EQ(whole().at("note"), "3 trainings ended by epochs while still gaining");
}

TEST_F(Reproduce, AnInterruptedOneShowsWhatIsDone) {
  Program program({"reproduce", "--data", path_of("shop"), "--out", path_of("out"), "--only", "table-6", "--epochs",
                   "100000000", "--max-minutes-per-model", "0.02", "--seeds", "20"});
  ASSERT_TRUE(program.wait_for(folder_ / "out/shop/runs/monet-encoder=lightgcn-seed0/run.json"));
  program.send(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 130);
  EXPECT_EQ(document().at("complete"), false);
  const json done = find(document().at("tables"), "table-6").at("rows").at(0).at("cells").at(1);
  EXPECT_TRUE(done.at("value").is_number());
  EXPECT_THAT(done.at("note").get<std::string>(), HasSubstr("of 20 seeds"));
}

}  // namespace
}  // namespace monet::test
