// Ids on the command line: with commas, in files, in a configuration.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

namespace monet::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Ids : public Scratch {
 protected:
  void SetUp() override {
    write_text(folder_ / "x.csv",
               "user_id,item_id\n\"Smith, John\",a\n\"Smith, John\",\"b, c\"\nu2,a\nu2,\"say \"\"hi\"\"\"\n"
               "@home,a\n@home,\"b, c\"\n");
    expect_done(run({"train", "--data", path_of("x.csv"), "--model", "popularity", "--out", path_of("a")}));
  }
  /// The users of the answers.
  std::vector<std::string> users(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"recommend", "--artifact", path_of("a"), "--format", "jsonl"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    outcome_ = run(arguments);
    std::vector<std::string> found;
    for (const std::string& line : lines_of(outcome_.out)) {
      const auto answer = nlohmann::json::parse(line, nullptr, false);
      if (answer.is_object()) found.push_back(answer.at("user"));
    }
    return found;
  }
  Outcome outcome_;
};

TEST_F(Ids, AnIdWithACommaIsQuotedOrStandsAlone) {
  EXPECT_THAT(users({"--users", "\"Smith, John\",u2"}), ElementsAre("Smith, John", "u2"));
  EXPECT_THAT(users({"--users", "u2, \"Smith, John\""}), ElementsAre("u2", "Smith, John"));
  EXPECT_THAT(users({"--users", "Smith, John"}), ElementsAre("Smith, John"));
  EXPECT_THAT(users({"--users", "@home"}), ElementsAre("@home")) << "no file: an id";
  users({"--users", "Smith, Jon"});
  EXPECT_EQ(outcome_.exit_code, 1);
  EXPECT_THAT(outcome_.err, HasSubstr("'Smith', 'Jon'"));
  EXPECT_THAT(outcome_.err, HasSubstr("in quotes: '\"A, B\"'"));
}

TEST_F(Ids, AFileHasOneIdALine) {
  write_text(folder_ / "users.txt", "\xef\xbb\xbfSmith, John\r\n\r\n  u2 \n");
  EXPECT_THAT(users({"--users", "@" + path_of("users.txt")}), ElementsAre("Smith, John", "u2"));
  write_text(folder_ / "users.txt", "u2\nnobody\n");
  expect_refused(run({"recommend", "--artifact", path_of("a"), "--users", "@" + path_of("users.txt")}),
                 {"users.txt:2", "'nobody'", "users.tsv"});
  expect_refused(run({"recommend", "--artifact", path_of("a"), "--users", "@" + path_of("none.txt")}), {"none.txt"});
}

TEST_F(Ids, AFileAsProgramsExportItIsRead) {
  write_text(folder_ / "users.csv", "user_id\n\"Smith, John\"\nu2\n");
  EXPECT_THAT(users({"--users", "@" + path_of("users.csv")}), ElementsAre("Smith, John", "u2"));
  write_text(folder_ / "x.csv", "user_id,item_id\nA\\B,a\nA\\B,b\nuser,b\n\"q\"\"\",b\n");
  expect_done(run({"train", "--data", path_of("x.csv"), "--model", "popularity", "--out", path_of("a"), "--force"}));
  write_text(folder_ / "users.csv", "user\nA\\\\B\n\"q\"\"\"\n");
  EXPECT_THAT(users({"--users", "@" + path_of("users.csv")}), ElementsAre("user", "A\\B", "q\""))
      << "'user' is a user here";
  write_text(folder_ / "users.csv", "A\\B\nuser_id\n");
  expect_refused(run({"recommend", "--artifact", path_of("a"), "--users", "@" + path_of("users.csv")}),
                 {"users.csv:2", "'user_id'"});
}

TEST_F(Ids, NothingBehindAnEqualsSignIsNothing) {
  expect_usage_error(run({"recommend", "--artifact", path_of("a"), "--users=", "--k", "1"}), {"names nothing"});
  write_text(folder_ / "c.toml", "users = []\n");
  expect_usage_error(run({"recommend", "--artifact", path_of("a"), "--config", path_of("c.toml")}), {"names nothing"});
  write_text(folder_ / "r.csv", "user_id,item_id,rating\nu1,a,PG-13\nu1,b,R\n");
  expect_done(run({"prepare", "--rating-column=", path_of("r.csv"), "--out", path_of("r")}));
  EXPECT_THAT(read_text(folder_ / "r/r.inter"), HasSubstr("userID\titemID\tx_label"));
}

TEST_F(Ids, AListOfAConfigurationNeedsNoQuotes) {
  write_text(folder_ / "c.toml", "users = [\"Smith, John\", \"u2\"]\nexclude = [\"b, c\", 'say \"hi\"']\n");
  EXPECT_THAT(users({"--config", path_of("c.toml")}), ElementsAre("Smith, John", "u2"));
  EXPECT_EQ(outcome_.out.find("b, c"), std::string::npos) << "excluded";
  EXPECT_EQ(outcome_.out.find("say"), std::string::npos) << "excluded";
}

TEST_F(Ids, TheSameHoldsForItems) {
  users({"--users", "u2", "--only", "\"b, c\",a"});
  EXPECT_THAT(outcome_.out, HasSubstr("b, c"));
  users({"--users", "Smith, John", "--only", "\"say \"\"hi\"\"\""});
  EXPECT_THAT(outcome_.out, HasSubstr("hi"));
  expect_usage_error(run({"recommend", "--artifact", path_of("a"), "--users", "\"u2"}), {"never closes"});
  expect_usage_error(run({"recommend", "--artifact", path_of("a"), "--users", "\"u2\"x"}), {"a comma has to follow"});
}

}  // namespace
}  // namespace monet::test
