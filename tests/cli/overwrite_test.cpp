// What every command that writes does to what is there already. The commands are taken from the program's own help, so
// that a new one cannot be forgotten here.
#include "monet/store/store.h"
#include "tests/cli/scratch.h"

#include <fmt/ranges.h>

#include <functional>
#include <set>
#include <sstream>

namespace monet::test::overwrite_test {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

using Words = std::vector<std::string>;

/// An option of a command that names what is written.
struct Writer {
  std::string name;  // "analyze similarity --json"
  bool folder = false;
  Words words;  // the command without that option, --threads among them
};

class Overwrite : public Scratch {
 protected:
  Overwrite() {
    data_ = make_data();
    write_text(folder_ / "clicks.csv", "user,item\na,1\na,2\nb,1\nb,2\nc,1\n");
    store::open_store(path_of("shop.db"));
    expect_done(run(train_arguments(data_, path_of("model"), {"--epochs", "1"})));
    expect_done(run(train_arguments(data_, path_of("second"), {"--epochs", "1"})));
  }

  std::vector<Writer> writers() const {
    const Words short_run{"--threads", "1", "--epochs", "1", "--data", data_};
    const auto with = [&](Words words) {
      words.insert(words.end(), short_run.begin(), short_run.end());
      return words;
    };
    const Words of_model{"--threads", "1", "--artifact", path_of("model")};
    const auto ask = [&](Words words) {
      words.insert(words.end(), of_model.begin(), of_model.end());
      return words;
    };
    return {
        {"synth --out", true, {"synth", "--users", "20", "--items", "12", "--interactions", "60"}},
        {"synth raw --out",
         true,
         {"synth", "--layout", "raw", "--users", "20", "--items", "12", "--interactions", "60"}},
        {"prepare --out", true, {"prepare", path_of("clicks.csv")}},
        {"export --out", true, {"export", "--store", path_of("shop.db")}},
        {"train --out", true, with({"train", "--model", "mf"})},
        {"blend --out",
         true,
         {"blend", "--threads", "1", "--data", data_, "--artifacts", path_of("model") + "," + path_of("second"),
          "--weights", "1,1"}},
        {"auto --out", true, {"auto", "--threads", "1", "--data", data_, "--methods", "popularity,itemknn:shrink=1"}},
        {"compare --out", true, with({"compare", "--models", "popularity", "--seeds", "1"})},
        {"sweep --out", true, with({"sweep", "--model", "mf", "--grid", "dim=4"})},
        {"reproduce --out", true, with({"reproduce", "--quick", "--seeds", "1", "--only", "table-4"})},
        {"recommend --out", false, ask({"recommend", "--users", "all"})},
        {"similar --out", false, ask({"similar", "--items", "1"})},
        {"report --out", false, {"report", path_of("model")}},
        {"analyze similarity --json", false, {"analyze", "similarity", "--data", data_}},
        {"analyze avg-diff --json", false, ask({"analyze", "avg-diff", "--data", data_, "--samples", "10"})},
        {"evaluate --json", false, ask({"evaluate", "--data", data_})},
        {"evaluate --per-user", false, ask({"evaluate", "--data", data_})},
    };
  }

  static Outcome write(const Writer& writer, const std::string& out, bool force = false) {
    Words words = writer.words;
    words.push_back(writer.name.substr(writer.name.rfind(' ') + 1));
    words.push_back(out);
    if (force) words.emplace_back("--force");
    return run(words);
  }

  std::string data_;
};

/// Names of commands in a help text, below "Subcommands:".
Words commands_in(const std::string& help) {
  Words commands;
  bool within = false;
  for (const std::string& line : lines_of(help)) {
    if (line.starts_with("Subcommands:")) within = true;
    if (!within || !line.starts_with("  ") || line.starts_with("   ")) continue;
    std::istringstream words(line);
    words >> commands.emplace_back();
  }
  return commands;
}

/// Options of a command that name a file or folder to write, as "command --option"; commands in it are followed.
void collect_writers(const Words& command, std::set<std::string>& writers) {
  Words words = command;
  words.emplace_back("--help");
  const Outcome help = run(words);
  expect_done(help);
  std::string name;
  for (const std::string& word : command) name += word + " ";
  bool forces = false;
  bool writes = false;
  for (const std::string& line : lines_of(help.out)) {
    if (!line.starts_with("  --")) continue;
    std::istringstream text(line);
    std::string option;
    std::string type;
    text >> option >> type;
    forces = forces || option == "--force";
    const bool says_so = type == "PATH" && line.find("write") != std::string::npos;
    if (option != "--out" && !says_so) continue;
    writes = true;
    writers.insert(name + option);
  }
  EXPECT_TRUE(writes || !forces) << name << "has --force and nothing that it writes";
  for (const std::string& inner : commands_in(help.out)) {
    Words below = command;
    below.push_back(inner);
    collect_writers(below, writers);
  }
}

TEST_F(Overwrite, EveryOptionThatWritesIsTriedHere) {
  std::set<std::string> found;
  const Outcome help = run({"--help"});
  const Words commands = commands_in(help.out);
  EXPECT_GT(commands.size(), 10U);
  for (const std::string& command : commands) collect_writers({command}, found);
  std::set<std::string> tried{"synth --features-for"};  // has a test of its own
  for (const Writer& writer : writers()) {
    if (writer.name != "synth raw --out") tried.insert(writer.name);
  }
  EXPECT_EQ(found, tried);
}

TEST_F(Overwrite, AStrangersFolderSurvivesEveryCommand) {
  write_text(folder_ / "thesis/chapter1.txt", "four years of work");
  write_text(folder_ / "thesis/figures/one.png", "a week");
  const auto before = snapshot(folder_ / "thesis");
  for (const Writer& writer : writers()) {
    SCOPED_TRACE(writer.name);
    expect_refused(write(writer, path_of("thesis"), true), {"thesis", "choose another"});
    EXPECT_EQ(snapshot(folder_ / "thesis"), before);
  }
}

TEST_F(Overwrite, OwnOutputIsReplacedOnlyWithForceAndParentsAreMade) {
  for (const Writer& writer : writers()) {
    SCOPED_TRACE(writer.name);
    const std::string out = path_of("new/" + writer.name + "/out");
    expect_done(write(writer, out));
    EXPECT_TRUE(writer.folder ? fs::is_directory(out) : fs::is_regular_file(out));
    const std::set<std::string> experiments{"auto", "compare", "sweep", "reproduce"};
    const bool goes_on = experiments.contains(writer.words.front());  // with what is there
    if (!goes_on) expect_refused(write(writer, out), {"exists", "--force"});
    expect_done(write(writer, out, true));
  }
}

TEST_F(Overwrite, AFileAmongItsOwnSurvivesEveryCommand) {
  for (const Writer& writer : writers()) {
    if (!writer.folder) continue;
    SCOPED_TRACE(writer.name);
    const std::string out = path_of("mixed/" + writer.name + "/out");
    expect_done(write(writer, out));
    write_text(fs::path(out) / "notes.txt", "precious");
    const auto before = snapshot(out);
    expect_refused(write(writer, out, true), {"holds notes.txt", "--out"});
    EXPECT_EQ(snapshot(out), before);
    fs::remove(fs::path(out) / "notes.txt");
    write_text(fs::path(out) / "photos/sea.jpg", "precious");
    expect_refused(write(writer, out, true), {"holds photos/", "--out"});
    EXPECT_EQ(read_text(fs::path(out) / "photos/sea.jpg"), "precious");
  }
}

TEST_F(Overwrite, AFolderDoesNotReplaceAFileNorComeUnderOne) {
  write_text(folder_ / "book", "precious");
  for (const Writer& writer : writers()) {
    SCOPED_TRACE(writer.name);
    if (writer.folder) expect_refused(write(writer, path_of("book"), true), {"book", "not a folder"});
    expect_refused(write(writer, path_of("book/out"), true), {"book", "not a folder"});
    EXPECT_EQ(read_text(folder_ / "book"), "precious");
  }
}

TEST_F(Overwrite, TheCurrentFolderTheRootAndHomeAreNeverReplaced) {
  for (const Writer& writer : writers()) {
    if (!writer.folder) continue;
    SCOPED_TRACE(writer.name);
    for (const char* out : {".", "..", "/", "~", "~/shop"}) {
      expect_refused(write(writer, out, true), {out, "choose another"});
    }
  }
}

TEST_F(Overwrite, ParentsOfAFailureGoAgain) {
  fs::create_directory(folder_ / "a");
  write_text(folder_ / "broken.csv", "user,item\na\n");
  expect_refused(run({"prepare", path_of("broken.csv"), "--out", path_of("a/b/c/out")}), {"broken.csv"});
  expect_refused(run({"train", "--data", path_of("absent"), "--model", "mf", "--out", path_of("a/b/c/out")}),
                 {"absent"});
  expect_refused(run({"recommend", "--artifact", path_of("absent"), "--users", "all", "--out", path_of("a/b/c/out")}),
                 {"absent"});
  expect_refused(run({"compare", "--data", path_of("absent"), "--models", "mf", "--out", path_of("a/b/c/out")}),
                 {"absent"});
  EXPECT_TRUE(fs::is_empty(folder_ / "a"));
}

TEST_F(Overwrite, ALinkIsJudgedByItsFolder) {
  write_text(folder_ / "thesis/chapter1.txt", "four years of work");
  fs::create_directory_symlink(folder_ / "thesis", folder_ / "link");
  for (const Writer& writer : writers()) {
    if (!writer.folder) continue;
    SCOPED_TRACE(writer.name);
    expect_refused(write(writer, path_of("link"), true), {"link", "chapter1.txt"});
  }
  EXPECT_EQ(read_text(folder_ / "thesis/chapter1.txt"), "four years of work");
}

TEST_F(Overwrite, TheCheckpointsOfATrainingTakeNobodysFilesWithThem) {
  write_text(folder_ / "artifact.partial/notes.txt", "precious");
  expect_refused(run(train_arguments(data_, path_of("artifact"), {"--force"})), {"artifact.partial", "notes.txt"});
  EXPECT_EQ(read_text(folder_ / "artifact.partial/notes.txt"), "precious");
}

TEST_F(Overwrite, AReportBesideItsResultIsTheProgramsOwn) {
  expect_done(run({"report", path_of("model")}));
  expect_done(run(train_arguments(data_, path_of("model"), {"--epochs", "1", "--force"})));
  write_text(folder_ / "model/report.html", "<html>my own page</html>");
  expect_refused(run(train_arguments(data_, path_of("model"), {"--epochs", "1", "--force"})), {"holds report.html"});
}

TEST_F(Overwrite, AReportDoesNotReplaceItsSource) {
  expect_done(run({"analyze", "similarity", "--data", data_, "--json", path_of("result.json")}));
  const std::string before = read_text(folder_ / "result.json");
  expect_refused(run({"report", path_of("result.json"), "--out", path_of("result.json"), "--force"}), {"is read"});
  EXPECT_EQ(read_text(folder_ / "result.json"), before);
}

TEST_F(Overwrite, AFileOfAFolderOfOursIsNotReplacedByItself) {
  write_text(folder_ / "x.csv", "user_id,item_id\nu1,a\nu1,b\nu2,a\nu2,c\n");
  expect_done(run({"prepare", path_of("x.csv"), "--out", path_of("set")}));
  const auto before = snapshot(folder_);
  for (const char* file : {"model/users.tsv", "model/config.json", "set/x.inter", "set/prepare.json"}) {
    for (const std::string format : {"tsv", "parquet"}) {
      const Outcome outcome = run({"recommend", "--artifact", path_of("model"), "--users", "all", "--format", format,
                                   "--out", path_of(file), "--force"});
      if (format == "parquet" && outcome.err.find("DuckDB") != std::string::npos) continue;
      expect_refused(outcome, {file, "as a whole", "choose another name"});
    }
  }
  EXPECT_EQ(snapshot(folder_), before);
  write_text(folder_ / "set/answers.tsv", "");
  expect_done(run(
      {"recommend", "--artifact", path_of("model"), "--users", "all", "--out", path_of("set/answers.tsv"), "--force"}));
}

TEST_F(Overwrite, AStrangersFileSurvivesEveryCommand) {
  for (const std::string text :
       {"four years of work", "user,item\na,1\n", "user\titem\na\t1\n", "a\t1\tb\n", "a\t1\tb\tc\n",
        "196\t1\t3\t881250949\n186\t302\t3\t891717742\n", "7\t1\t4\t10\n7\t2\t4\t20\n", "user a\n", "item a\nx",
        "{\"user\": \"a\", \"item\": \"b\"}\n", "{\"split\": \"test\"}", "<!DOCTYPE html><title>mine</title>",
        "PAR1 user_id item_id PAR1", "PAR1"}) {
    write_text(folder_ / "file", text);
    for (const Writer& writer : writers()) {
      if (writer.folder) continue;
      SCOPED_TRACE(writer.name + ": " + text);
      expect_refused(write(writer, path_of("file"), true), {"file", "replaces only its own", "choose another name"});
      EXPECT_EQ(read_text(folder_ / "file"), text);
    }
  }
}

TEST_F(Overwrite, AnswersOfEveryFormatAreKnownAgain) {
  const Words of_model{"--artifact", path_of("model"), "--force", "--out", path_of("answers")};
  const std::vector<Words> commands{{"recommend", "--users", "all"},
                                    {"recommend", "--users", "all", "--explain"},
                                    {"recommend", "--history", "1"},
                                    {"similar", "--items", "1"}};
  for (const Words& command : commands) {
    for (const std::string format : {"table", "tsv", "jsonl", "parquet"}) {
      if (command.front() == "similar" && format == "parquet") continue;
      if (command.back() == "--explain" && (format == "tsv" || format == "parquet")) continue;
      Words words = command;
      words.insert(words.end(), of_model.begin(), of_model.end());
      words.insert(words.end(), {"--format", format});
      SCOPED_TRACE(fmt::format("{}", fmt::join(words, " ")));
      fs::remove(folder_ / "answers");
      const Outcome first = run(words);
      if (first.err.find("DuckDB") != std::string::npos) continue;
      expect_done(first);
      expect_done(run(words));
    }
  }
}

TEST_F(Overwrite, RandomFeaturesReplaceOnlyRandomOnes) {
  const auto features = [&](const Words& more) {
    Words words{"synth", "--features-for", data_, "--modalities", "image:4,noise:5"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  };
  const auto before = snapshot(data_);
  expect_refused(features({}), {"image_feat.npy", "--force"});
  expect_refused(features({"--force"}), {"image_feat.npy", "not listed in"});
  EXPECT_EQ(snapshot(data_), before);
  fs::remove(fs::path(data_) / "image_feat.npy");
  expect_done(features({}));
  expect_refused(features({}), {"exists", "--force"});
  expect_done(features({"--force"}));
}

TEST_F(Overwrite, RandomFeaturesInAPreparedDatasetAreTheProgramsOwn) {
  const Words prepare{"prepare", path_of("clicks.csv"), "--out", path_of("out"), "--force"};
  expect_done(run(prepare));
  expect_done(run({"synth", "--features-for", path_of("out"), "--modalities", "noise:5"}));
  // Beside interactions, neither it nor what synth notes of a shop is taken for them.
  expect_done(run({"prepare", path_of("out"), "--out", path_of("again")}));
  write_text(folder_ / "out/noise_feat.npy", npy_features(2, 5));
  expect_refused(run(prepare), {"holds noise_feat.npy"});
  fs::remove(folder_ / "out/noise_feat.npy");
  expect_done(run(prepare));
  expect_done(run({"synth", "--layout", "raw", "--users", "20", "--items", "12", "--interactions", "60", "--pictures",
                   "off", "--out", path_of("shop")}));
  fs::rename(folder_ / "shop/interactions.csv", folder_ / "shop/orders.csv");
  expect_done(run({"prepare", path_of("shop"), "--out", path_of("of-shop")}));
}

TEST_F(Overwrite, WhatAKilledExperimentLeftIsItsOwn) {
  for (const char* file : {"lock", ".comparison.json.tmp"}) write_text(folder_ / "out" / file, "");
  const Words compare{"compare", "--data", data_, "--models", "popularity", "--seeds", "1", "--out", path_of("out")};
  expect_done(run(compare));
  for (const char* file :
       {"runs/mf-seed0/model.partial/.checkpoint.safetensors.tmp", "runs/mf-seed0/.model.tmp/items.tsv",
        "runs/mf-seed0/model.partial/best-3.safetensors", "runs/mf-seed0/1-train.err"}) {
    write_text(folder_ / "out" / file, "half");
  }
  Words again = compare;
  again.emplace_back("--force");
  expect_done(run(again));
  EXPECT_FALSE(fs::exists(folder_ / "out/runs/mf-seed0"));
  write_text(folder_ / "out/runs/mf-seed0/analysis.ipynb", "precious");
  expect_refused(run(again), {"holds runs/mf-seed0/analysis.ipynb"});
  expect_done(run(compare));  // goes on, and removes nothing
  EXPECT_EQ(read_text(folder_ / "out/runs/mf-seed0/analysis.ipynb"), "precious");
}

}  // namespace
}  // namespace monet::test::overwrite_test
