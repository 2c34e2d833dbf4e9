// `monet prepare` as a user starts it: what it prints, how it refuses, and that nothing is left behind.
#include "tests/cli/scratch.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>

namespace monet::test {
namespace {

using ::testing::HasSubstr;

class PrepareProgram : public Scratch {
 protected:
  static std::string sample(const std::string& name) {
    return std::string(MONET_SOURCE_DIR) + "/tests/prepare/samples/" + name;
  }
  std::vector<std::string> arguments(const std::string& source, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"prepare", source, "--out", path_of("out")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(PrepareProgram, MakesADatasetThatTrainingTakes) {
  const Outcome outcome = run(arguments(sample("recbole"), {"--split", "leave-one-out", "--min-rating", "1"}));
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("recbole (recbole): 4 users, 5 items, 13 interactions\n"));
  EXPECT_THAT(outcome.out, HasSubstr("split leave-one-out: 7 training, 3 validation, 3 test\n"));
  EXPECT_THAT(outcome.out, HasSubstr("image_emb: 3 wide, 3 of 5 items, the others filled with the mean\n"));
  EXPECT_THAT(outcome.err, HasSubstr("1 of 5 items have no entry"));
  const Outcome info = run({"info", path_of("out")});
  expect_done(info);
  EXPECT_THAT(info.out, HasSubstr("modality image_emb: 5 × 3, covers 60.0 % (2 items without)"));
  EXPECT_THAT(info.out,
              HasSubstr("2 items have no features of their own (60.0 % covered): of its rows 2 are the mean"));
  expect_done(run(train_arguments(path_of("out"), path_of("artifact"), {"--epochs", "1"})));
}

TEST_F(PrepareProgram, OptionsNameColumnsFormatsAndFeatures) {
  write_text(folder_ / "in.csv", "who|what|how\na|1|5\na|2|4\nb|1|1\n");
  write_text(folder_ / "things.csv", "nr,label\n1,One\n2,Two\n");
  write_text(folder_ / "f.npy", npy_features(2, 3));
  write_text(folder_ / "ids", "2\n1\n");
  const Outcome outcome = run(arguments(
      path_of("in.csv"), {"--user-column", "who", "--item-column", "what", "--rating-column", "how", "--catalogue",
                          path_of("things.csv"), "--item-id-column", "nr", "--title-column", "label", "--min-rating",
                          "2", "--features", "image=" + path_of("f.npy") + "," + path_of("ids"), "--name", "things"}));
  expect_done(outcome);
  EXPECT_EQ(snapshot(folder_ / "out").at("items.csv"),
            "item_id,title,description,categories,brand,price,image\n1,One,,,,,\n2,Two,,,,,\n");
  EXPECT_EQ(snapshot(folder_ / "out").count("things.inter"), 1U);
  EXPECT_EQ(snapshot(folder_ / "out").count("image_feat.npy"), 1U);
  EXPECT_THAT(outcome.err, HasSubstr("1 interactions rated below 2"));
}

TEST_F(PrepareProgram, NoneDeclinesAColumnInEachWayOfSayingIt) {
  write_text(folder_ / "films.csv", "user_id,item_id,rating,time\nu1,a,5,1609459200\nu1,b,4,1609459201\n");
  for (const char* word : {"none", "off", ""}) {
    const Outcome outcome =
        run(arguments(path_of("films.csv"), {"--rating-column", word, "--time-column", word, "--force"}));
    expect_done(outcome);
    EXPECT_EQ(snapshot(folder_ / "out").at("films.inter"), "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n") << word;
  }
  write_text(folder_ / "text.csv", "user_id,item_id,rating\nu1,a,PG-13\nu1,b,R\n");
  const Outcome guessed = run(arguments(path_of("text.csv"), {"--force"}));
  expect_done(guessed);
  EXPECT_THAT(guessed.err, HasSubstr("'PG-13'; --rating-column NAME names another, --rating-column none says"));
  expect_refused(run(arguments(path_of("text.csv"), {"--force", "--rating-column", "rating"})),
                 {"text.csv:2", "'PG-13'", "--rating-column none"});
}

TEST_F(PrepareProgram, KindsOfInteractionsAreChosenAndWeighed) {
  std::string text = "user_id,item_id,event_type\n";
  for (int user = 0; user < 6; ++user) {
    for (int item = 0; item < 8; ++item) {
      text += fmt::format("u{},i{},{}\n", user, (user + item) % 11,
                          item == 0  ? "purchase"
                          : item < 5 ? "cart"
                                     : "view");
    }
  }
  write_text(folder_ / "clicks.csv", text);
  const Outcome told = run(arguments(path_of("clicks.csv")));
  expect_done(told);
  EXPECT_THAT(told.err, HasSubstr("column event_type has 3 kinds of interactions: cart 24, view 18, purchase 6; all "
                                  "count the same; --events purchase:1,view:0.5,cart:0.1 chooses and weighs\n"));
  const Outcome chosen = run(arguments(path_of("clicks.csv"), {"--events", "purchase:1,cart:0.5", "--force"}));
  expect_done(chosen);
  EXPECT_THAT(chosen.err, HasSubstr("18 interactions of other kinds left out: view 18\n"));
  EXPECT_THAT(snapshot(folder_ / "out").at("clicks.inter"), HasSubstr("userID\titemID\tweight\tx_label\n0\t0\t1\t"));
  const Outcome info = run({"info", path_of("out")});
  EXPECT_THAT(info.out, HasSubstr("weights 0.5–1, mean 0."));
  const Outcome json = run({"info", path_of("out"), "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"least\": 0.5"));
  const Outcome counted =
      run({"train", "--data", path_of("out"), "--out", path_of("artifact"), "--model", "popularity"});
  expect_done(counted);
  EXPECT_THAT(counted.err, HasSubstr("popularity counts every interaction as one, whatever it weighs"));
  // The configuration takes a list.
  write_text(folder_ / "p.toml", "events = [\"purchase:1\", \"cart:0.5\"]\nevent-column = \"event_type\"\n");
  const auto before = snapshot(folder_ / "out").at("clicks.inter");
  expect_done(run(arguments(path_of("clicks.csv"), {"--config", path_of("p.toml"), "--force"})));
  EXPECT_EQ(snapshot(folder_ / "out").at("clicks.inter"), before);
}

TEST_F(PrepareProgram, KindsThatCannotBeChosenAreRefusedInOneLine) {
  write_text(folder_ / "clicks.csv", "user_id,item_id,event_type\nu1,a,view\nu1,b,purchase\n");
  const std::string source = path_of("clicks.csv");
  expect_refused(run(arguments(source, {"--events", "purchase,crat"})),
                 {"--events names 'crat'", "view 1, purchase 1"});
  expect_refused(run(arguments(source, {"--events", "buy", "--event-column", "deed"})), {"'deed'", "event_type"});
  for (const char* bad : {"view:0", "view:-1", "view:nan", "view:x", "view:1e9", ",", "view,view"}) {
    const Outcome outcome = run(arguments(source, {"--events", bad}));
    EXPECT_EQ(outcome.exit_code, 2) << bad;
    EXPECT_THAT(outcome.err, HasSubstr("--events")) << bad;
  }
  EXPECT_EQ(run(arguments(source, {"--events", "view", "--event-column", "none"})).exit_code, 2);
  write_text(folder_ / "plain.csv", "user_id,item_id\nu1,a\nu1,b\n");
  expect_refused(run(arguments(path_of("plain.csv"), {"--events", "purchase"})),
                 {"among user_id, item_id", "--event-column"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(PrepareProgram, KeysInsideObjectsAreNamedByDots) {
  write_text(folder_ / "orders.json",
             "[{\"buyer\": {\"nr\": 7}, \"lines\": [{\"article\": {\"nr\": 1}}, {\"article\": {\"nr\": 2}}]}]");
  expect_done(
      run(arguments(path_of("orders.json"), {"--user-column", "buyer.nr", "--item-column", "lines.article.nr"})));
  EXPECT_EQ(snapshot(folder_ / "out").at("u_id_mapping.csv"), "user_id\tuserID\n7\t0\n");
  EXPECT_EQ(snapshot(folder_ / "out").at("i_id_mapping.csv"), "asin\titemID\n1\t0\n2\t1\n");
  expect_refused(run(arguments(path_of("orders.json"), {"--force", "--user-column", "buyer.name"})),
                 {"no key 'buyer.name'", "buyer.nr"});
}

TEST_F(PrepareProgram, RefusesInOneLineAndLeavesNothing) {
  write_text(folder_ / "nan.csv", "user,item,rating\na,x,5\nb,y,nan\n");
  expect_refused(run(arguments(path_of("nan.csv"))), {"nan.csv:3", "'nan'"});
  expect_done(run(arguments(path_of("nan.csv"), {"--bad-lines", "skip"})));
  expect_refused(run(arguments(path_of("nan.csv"), {"--bad-lines", "skip"})), {"exists", "--force"});
  expect_refused(run(arguments(path_of("none.csv"), {"--force"})), {"none.csv", "no such file"});
  write_text(folder_ / "cut.json.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10));
  expect_refused(run(arguments(path_of("cut.json.gz"), {"--force"})), {"cut.json.gz", "cut off", "fetch"});
  expect_refused(run(arguments(sample("ratings-2014"), {"--force", "--catalogue", path_of("none")})), {"none"});
  expect_refused(run(arguments(sample("ratings-2014"), {"--force", "--split", "given"})), {"x_label"});
  EXPECT_EQ(snapshot(folder_).count(".out.tmp/"), 0U);
}

TEST_F(PrepareProgram, UsageErrors) {
  expect_usage_error(run({"prepare", sample("table")}), {"--out"});
  expect_usage_error(run(arguments(sample("table"), {"--split", "leave-one-ot"})), {"--split", "leave-one-out"});
  expect_usage_error(run(arguments(sample("table"), {"--format", "amazon"})), {"--format", "amazon-2014"});
  expect_usage_error(run(arguments(sample("table"), {"--name", "../x"})), {"--name"});
  expect_usage_error(run(arguments(sample("table"), {"--features", "../x=f.npy"})), {"--features", "NAME=FILE"});
  expect_usage_error(run(arguments(sample("table"), {"--min-rating", "much"})), {"--min-rating"});
  expect_usage_error(run(arguments(sample("table"), {"--missing", "median"})), {"--missing"});
}

TEST_F(PrepareProgram, AnInterruptLeavesNothing) {
  std::string text = "user,item,time\n";
  for (int line = 0; line < 400'000; ++line) {
    text += "user" + std::to_string(line % 50'000) + ",item" + std::to_string(line % 997) + "," + std::to_string(line) +
            "\n";
  }
  write_text(folder_ / "big.csv", text);
  Program program(arguments(path_of("big.csv")));
  ASSERT_TRUE(program.spin_until(folder_ / ".out.tmp"));
  program.send(SIGINT);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  EXPECT_EQ(snapshot(folder_).size(), 1U);
}

TEST_F(PrepareProgram, ADryRunShowsWhatWouldBeReadAndWritesNothing) {
  write_text(folder_ / "in/clicks.csv", "user_id,item_id,rating\nu1,a,5\nu1,b,PG\nu2,a,4\n");
  const auto before = snapshot(path_of("in"));
  const Outcome outcome = run({"prepare", path_of("in"), "--dry-run"});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("in is read as table, split random\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  rating  rating\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  user  item  rating\n  u1    a     5\n  u2    a     4\n"));
  EXPECT_THAT(outcome.out, HasSubstr("all 2 interactions: 2 users, 1 items\n"));
  EXPECT_THAT(outcome.out, HasSubstr("--bad-lines skip"));
  EXPECT_THAT(outcome.out, HasSubstr("clicks.csv:3"));
  EXPECT_THAT(outcome.out, ::testing::EndsWith("nothing was written\n"));
  EXPECT_TRUE(snapshot(path_of("in")) == before);
  expect_usage_error(run({"prepare", path_of("in")}), {"--out"});
}

}  // namespace
}  // namespace monet::test
