// Recommending and evaluating from an artifact: formats, ids, exclusions, newcomers, explanations.
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <sstream>
#include <variant>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  std::string user;
  int rank = 0;
  std::string item;
  double score = 0.0;
};

std::vector<Row> parse_tsv(const std::string& text) {
  std::vector<Row> rows;
  for (const std::string& line : lines_of(text)) {
    std::istringstream fields(line);
    Row row;
    std::string rank;
    std::string score;
    std::string rest;
    EXPECT_TRUE(std::getline(fields, row.user, '\t') && std::getline(fields, rank, '\t') &&
                std::getline(fields, row.item, '\t') && std::getline(fields, score, '\t'))
        << line;
    EXPECT_FALSE(std::getline(fields, rest, '\t')) << line;
    row.rank = std::stoi(rank);
    row.score = std::stod(score);
    rows.push_back(row);
  }
  return rows;
}

class Recommend : public Scratch {
 protected:
  Recommend() {
    write_mmrec(folder_ / "data");
    expect_done(run(train_arguments(path_of("data"), artifact_, {"--epochs", "20"})));
  }
  std::vector<Row> recommend(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"recommend", "--artifact", artifact_, "--format", "tsv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments);
    expect_done(outcome);
    return parse_tsv(outcome.out);
  }

  std::string artifact_ = path_of("artifact");
};

TEST_F(Recommend, TsvHasUserRankItemScoreWithTheSourcesIdsBestFirst) {
  const auto rows = recommend({"--users", "user-3,user-17", "--k", "5"});
  ASSERT_EQ(rows.size(), 10U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t user = i < 5 ? 3 : 17;
    EXPECT_EQ(rows[i].user, "user-" + std::to_string(user));
    EXPECT_EQ(rows[i].rank, static_cast<int>(i % 5) + 1);
    if (i % 5 > 0) {
      EXPECT_LE(rows[i].score, rows[i - 1].score);
    }
    for (const std::size_t seen : training_items(user)) EXPECT_NE(rows[i].item, "B00" + std::to_string(seen));
  }
}

TEST_F(Recommend, AllUsersComeInTheirOrder) {
  const auto rows = recommend({"--users", "all", "--k", "3"});
  ASSERT_EQ(rows.size(), 3 * kUsers);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].user, "user-" + std::to_string(i / 3));
}

TEST_F(Recommend, TheResultDoesNotDependOnThreadsNorOnWhoElseIsAsked) {
  const auto all = recommend({"--users", "all", "--k", "4", "--threads", "1"});
  const auto parallel = recommend({"--users", "all", "--k", "4", "--threads", "3"});
  const auto alone = recommend({"--users", "user-9", "--k", "4"});
  ASSERT_EQ(all.size(), 4 * kUsers);
  ASSERT_EQ(parallel.size(), 4 * kUsers);
  ASSERT_EQ(alone.size(), 4U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].item, parallel[i].item);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(alone[i].item, all[std::size_t{9} * 4 + i].item);
}

TEST_F(Recommend, ExcludedItemsDoNotComeAndMoreThanThereAreIsAShortList) {
  const auto before = recommend({"--users", "user-0", "--k", "2"});
  ASSERT_EQ(before.size(), 2U);
  const auto rows = recommend({"--users", "user-0", "--k", "500", "--exclude", before[0].item + "," + before[1].item});
  // Without the 6 training items and the 2 excluded ones.
  EXPECT_EQ(rows.size(), kItems - 8);
  std::set<std::string> items;
  for (const Row& row : rows) {
    EXPECT_NE(row.item, before[0].item);
    EXPECT_NE(row.item, before[1].item);
    items.insert(row.item);
  }
  EXPECT_EQ(items.size(), rows.size());
}

TEST_F(Recommend, OnlyTheseItemsComeInTheOrderOfTheWholeList) {
  const auto all = recommend({"--users", "user-0", "--k", "500"});
  ASSERT_GE(all.size(), 6U);
  std::vector<std::string> wanted{all[5].item, all[1].item, all[3].item, "B00" + std::to_string(training_items(0)[0])};
  const std::string list = wanted[0] + "," + wanted[1] + "," + wanted[2] + "," + wanted[3];
  const std::vector<Row> by_list = recommend({"--users", "user-0", "--only", list});
  ASSERT_EQ(by_list.size(), 3U) << "the training item does not come";
  EXPECT_EQ(by_list[0].item, all[1].item);
  EXPECT_EQ(by_list[1].item, all[3].item);
  EXPECT_EQ(by_list[2].item, all[5].item);
  for (std::size_t r = 0; r < 3; ++r) EXPECT_NEAR(by_list[r].score, all[2 * r + 1].score, 1e-5);

  write_text(folder_ / "only.txt", wanted[0] + "\r\n\n" + wanted[1] + "\n" + wanted[2]);
  const std::vector<Row> by_file = recommend({"--users", "user-0", "--only", path_of("only.txt")});
  ASSERT_EQ(by_file.size(), 3U);
  for (std::size_t r = 0; r < 3; ++r) EXPECT_EQ(by_file[r].item, by_list[r].item);
  EXPECT_EQ(recommend({"--users", "user-0", "--only", list, "--exclude", all[3].item, "--k", "1"}).size(), 1U);
}

TEST_F(Recommend, OnlyNamesWhatItDoesNotKnow) {
  const auto only = [&](const std::string& value) {
    return run({"recommend", "--artifact", artifact_, "--users", "user-0", "--only", value});
  };
  expect_refused(only("B001,nothing"), {"--only", "'nothing'", "items.tsv"});
  write_text(folder_ / "only.txt", "B001\n\nnone\n");
  expect_refused(only(path_of("only.txt")), {"only.txt:3", "'none'", "items.tsv"});
  write_text(folder_ / "bad.txt", "B001\nB0\\x\n");
  expect_refused(only(path_of("bad.txt")), {"bad.txt:2", "'\\'"});
  write_text(folder_ / "empty.txt", "\n");
  expect_refused(only(path_of("empty.txt")), {"empty.txt", "names no item"});
  expect_usage_error(only(",,"), {"--only"});
}

TEST_F(Recommend, CandidatesAreRankedExactly) {
  const std::string past = "B00" + std::to_string(training_items(3)[0]);
  write_text(folder_ / "candidates.tsv",
             "user-3\tB001\nuser-17\tB002\nuser-3\t" + past + "\nuser-17\tB004\nuser-17\tB003\nuser-3\tB001\n");
  const auto rows = recommend({"--candidates", path_of("candidates.tsv")});
  std::set<std::string> of_three, of_seventeen;
  for (const Row& row : rows) (row.user == "user-3" ? of_three : of_seventeen).insert(row.item);
  EXPECT_THAT(of_three, ::testing::ElementsAreArray(std::set<std::string>{"B001", past}));
  EXPECT_THAT(of_seventeen, ::testing::ElementsAre("B002", "B003", "B004"));
  EXPECT_EQ(rows.front().user, "user-3") << "users come in the order of their first line";
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].user == rows[i - 1].user) {
      EXPECT_LE(rows[i].score, rows[i - 1].score);
    }
  }
  // The same scores as where all items are ranked.
  for (const Row& row : rows) {
    for (const Row& other : recommend({"--users", row.user, "--k", "500"})) {
      if (row.item == other.item) {
        EXPECT_NEAR(row.score, other.score, 1e-5);
      }
    }
  }
  EXPECT_EQ(recommend({"--candidates", path_of("candidates.tsv"), "--k", "1"}).size(), 2U);
}

TEST_F(Recommend, CandidatesAreReadLineByLine) {
  const auto with = [&](const std::string& text, const std::vector<std::string>& more = {}) {
    write_text(folder_ / "c.tsv", text);
    std::vector<std::string> arguments{"recommend", "--artifact", artifact_, "--candidates", path_of("c.tsv")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  expect_refused(with("user-1\tB001\nuser-1 B002\n"), {"c.tsv:2", "user⇥item"});
  expect_refused(with("user-1\tB001\t0.5\n"), {"c.tsv:1", "user⇥item"});
  expect_refused(with("user-1\tB001\nnobody\tB001\n"), {"c.tsv:2", "unknown user 'nobody'", "users.tsv"});
  expect_refused(with("user-1\tnothing\n"), {"c.tsv:1", "unknown item 'nothing'", "items.tsv"});
  expect_refused(with(""), {"c.tsv", "no line"});
  for (const char* option : {"--users", "--history", "--exclude", "--only"}) {
    expect_usage_error(with("user-1\tB001\n", {option, "B001"}), {"--candidates", option});
  }
  expect_refused(run({"recommend", "--artifact", artifact_, "--candidates", path_of("absent.tsv")}), {"absent.tsv"});
}

TEST_F(Recommend, AUserNeverSeenIsServedByAHistory) {
  const auto rows = recommend({"--history", "B002,B005,B007", "--k", "4"});
  ASSERT_EQ(rows.size(), 4U);
  for (const Row& row : rows) {
    EXPECT_NE(row.item, "B002");
    EXPECT_NE(row.item, "B005");
    EXPECT_NE(row.item, "B007");
  }
  // The order of the history does not matter, its content does.
  const auto shuffled = recommend({"--history", "B007,B002,B005", "--k", "4"});
  ASSERT_EQ(shuffled.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(shuffled[i].item, rows[i].item);
  const auto others = recommend({"--history", "B0011", "--k", "4"});
  ASSERT_EQ(others.size(), 4U);
  EXPECT_NE(others[0].score, rows[0].score);
}

TEST_F(Recommend, JsonLinesParseAndAgreeWithTsv) {
  const auto rows = recommend({"--users", "user-5,user-6", "--k", "3"});
  const Outcome outcome =
      run({"recommend", "--artifact", artifact_, "--users", "user-5,user-6", "--k", "3", "--format", "jsonl"});
  expect_done(outcome);
  const std::string all = outcome.out;
  for (const std::string& line : lines_of(all)) EXPECT_TRUE(json::accept(line)) << line;
  for (const Row& row : rows) EXPECT_THAT(all, HasSubstr("\"" + row.item + "\""));
}

TEST_F(Recommend, ExplainGivesHistoryWeightsAndShares) {
  const Outcome outcome =
      run({"recommend", "--artifact", artifact_, "--users", "user-5", "--k", "2", "--explain", "--format", "jsonl"});
  expect_done(outcome);
  const Outcome readable = run({"recommend", "--artifact", artifact_, "--users", "user-5", "--k", "2", "--explain"});
  expect_done(readable);
  EXPECT_THAT(readable.out, AllOf(HasSubstr("image"), HasSubstr("text")));
  EXPECT_THAT(readable.out, ::testing::ContainsRegex("[0-9]+ ?%"));
  std::size_t named = 0;
  for (const std::size_t item : training_items(5))
    named += readable.out.find("B00" + std::to_string(item)) != std::string::npos ? 1 : 0;
  EXPECT_GT(named, 0U) << readable.out;
}

TEST_F(Recommend, StdoutIsOnlyTheResult) {
  const Outcome outcome =
      run({"recommend", "--artifact", artifact_, "--users", "user-1", "--k", "3", "--format", "tsv"});
  expect_done(outcome);
  EXPECT_EQ(parse_tsv(outcome.out).size(), 3U);
}

TEST_F(Recommend, EvaluateWritesTheMetricsOfEachCut) {
  const Outcome outcome = run({"evaluate", "--artifact", artifact_, "--data", path_of("data"), "--split", "test", "--k",
                               "3,5", "--json", path_of("metrics.json")});
  expect_done(outcome);
  const json metrics = json::parse(read_text(folder_ / "metrics.json"));
  EXPECT_EQ(metrics.at("split"), "test");
  EXPECT_EQ(metrics.at("users"), kUsers);
  for (const char* name : {"recall", "precision", "ndcg", "ndcg_paper", "hit", "map", "mrr"}) {
    for (const char* cut : {"@3", "@5"}) {
      const double value = metrics.at("metrics").at(std::string(name) + cut);
      EXPECT_GE(value, 0.0);
      EXPECT_LE(value, 1.0);
    }
  }
  EXPECT_LE(metrics.at("metrics").at("recall@3"), metrics.at("metrics").at("recall@5"));

  // Counted by hand from the recommendations: one test item each, so recall is the share of users whose list has it.
  int hits = 0;
  for (const Row& row : recommend({"--users", "all", "--k", "5"})) {
    const std::size_t user = std::stoul(row.user.substr(5));
    hits += row.item == "B00" + std::to_string(test_item(user)) ? 1 : 0;
  }
  EXPECT_NEAR(metrics.at("metrics").at("recall@5").get<double>(), static_cast<double>(hits) / kUsers, 1e-9);
  EXPECT_NEAR(metrics.at("metrics").at("precision@5").get<double>(), static_cast<double>(hits) / kUsers / 5, 1e-9);
}

TEST_F(Recommend, EvaluateTellsEveryMetricOfTheList) {
  const std::vector<std::string> words{"evaluate", "--artifact", artifact_, "--data", path_of("data"), "--k", "3,5"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = words;
    all.insert(all.end(), more.begin(), more.end());
    const Outcome outcome = run(all);
    expect_done(outcome);
    return outcome.out;
  };
  const std::string text = with({"--auc"});
  const json metrics = json::parse(with({"--auc", "--json", "-"})).at("metrics");
  const std::size_t second = text.find("\nbeyond accuracy\nmetric");
  ASSERT_NE(second, std::string::npos) << text;
  std::size_t expected = 0;
  for (const eval::Metric& metric : eval::all_metrics()) {
    const bool pairs = std::holds_alternative<eval::OfPairs>(metric.rule);
    for (const std::string& modality :
         pairs ? std::vector<std::string>{"image", "text"} : std::vector<std::string>{""}) {
      eval::MetricName name{std::string(metric.name), modality};
      const std::size_t at = text.find("\n" + eval::to_string(name) + " ");
      ASSERT_NE(at, std::string::npos) << metric.name;
      EXPECT_EQ(at > second, metric.beyond_accuracy()) << metric.name;
      if (std::holds_alternative<eval::OfScores>(metric.rule)) {
        EXPECT_TRUE(metrics.contains(metric.name)) << metric.name;
        ++expected;
        continue;
      }
      for (const Index k : {3, 5}) {
        name.k = k;
        EXPECT_TRUE(metrics.contains(eval::to_string(name))) << eval::to_string(name);
        ++expected;
      }
    }
  }
  EXPECT_EQ(metrics.size(), expected);

  // Counted by hand from the recommendations.
  std::set<std::string> items;
  double interactions = 0.0;
  for (const Row& row : recommend({"--users", "all", "--k", "5"})) {
    items.insert(row.item);
    for (std::size_t user = 0; user < kUsers; ++user) {
      for (const std::size_t item : training_items(user))
        interactions += row.item == "B00" + std::to_string(item) ? 1 : 0;
    }
  }
  EXPECT_DOUBLE_EQ(metrics.at("coverage@5"), static_cast<double>(items.size()) / static_cast<double>(kItems));
  EXPECT_DOUBLE_EQ(metrics.at("popularity@5"), interactions / static_cast<double>(5 * kUsers));

  // Without features nothing is said of similarity.
  expect_done(run({"train", "--data", path_of("data"), "--model", "popularity", "--modalities", "none", "--out",
                   path_of("plain")}));
  const Outcome plain = run({"evaluate", "--artifact", path_of("plain"), "--data", path_of("data")});
  expect_done(plain);
  EXPECT_THAT(plain.out, AllOf(HasSubstr("novelty "), Not(HasSubstr("ils"))));
}

TEST_F(Recommend, EvaluateTellsTheSameForAnyNumberOfThreads) {
  for (const char* threads : {"1", "2", "3"}) {
    expect_done(run({"evaluate", "--artifact", artifact_, "--data", path_of("data"), "--split", "val", "--threads",
                     threads, "--json", path_of(std::string("metrics") + threads)}));
  }
  EXPECT_EQ(read_text(folder_ / "metrics1"), read_text(folder_ / "metrics2"));
  EXPECT_EQ(read_text(folder_ / "metrics1"), read_text(folder_ / "metrics3"));
}

TEST_F(Recommend, AnOldJsonFileIsReplacedWhole) {
  const std::vector<std::string> evaluate{"evaluate", "--artifact",           artifact_, "--data", path_of("data"),
                                          "--json",   path_of("metrics.json")};
  expect_done(run(evaluate));
  const std::string before = read_text(folder_ / "metrics.json");
  write_text(folder_ / "metrics.json", before + std::string(100000, 'x'));
  expect_refused(run(evaluate), {"metrics.json", "exists", "--force"});
  std::vector<std::string> forced = evaluate;
  forced.emplace_back("--force");
  expect_done(run(forced));
  EXPECT_EQ(read_text(folder_ / "metrics.json"), before);
}

}  // namespace
}  // namespace monet::test
