// From raw files to a dataset and back: each layout's sample, and what holds for all of them.
#include "monet/core/files/npy.h"
#include "monet/data/load.h"
#include "monet/data/split.h"
#include "monet/prepare/prepare.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

namespace monet::test {
namespace {

namespace fs = std::filesystem;
using namespace input;
using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::set<std::string> lines_in(const fs::path& path) {
  std::set<std::string> lines;
  std::istringstream stream(read_text(path));
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

/// "user⇥item" of every interaction of a split.
std::set<std::string> pairs_of(const data::Dataset& dataset, const Csr& part) {
  std::set<std::string> pairs;
  for (Index u = 0; u < part.rows(); ++u) {
    for (const std::int32_t item : part.row(u)) {
      pairs.insert(dataset.user_ids[static_cast<std::size_t>(u)] + "\t" +
                   dataset.item_ids[static_cast<std::size_t>(item)]);
    }
  }
  return pairs;
}

std::set<std::string> all_pairs(const data::Dataset& dataset) {
  std::set<std::string> pairs;
  for (const Csr* part : {&dataset.train, &dataset.validation, &dataset.test}) pairs.merge(pairs_of(dataset, *part));
  return pairs;
}

std::string title_of(const data::Dataset& dataset, const std::string& id) {
  const auto found = std::find(dataset.item_ids.begin(), dataset.item_ids.end(), id);
  return dataset.items.titles.at(static_cast<std::size_t>(found - dataset.item_ids.begin()));
}

class Prepare : public TemporaryFolder {
 protected:
  PrepareOptions options(const fs::path& source) const {
    PrepareOptions made;
    made.source = source;
    made.out = folder_ / "out";
    made.program = "monet test";
    return made;
  }
  data::Dataset prepared(const PrepareOptions& options) {
    result_ = prepare_quietly(options);
    return data::load(options.out);
  }
  std::map<std::string, std::string> files_of(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) files[entry.path().filename()] = read_text(entry.path());
    return files;
  }
  PrepareResult result_;
};

struct Expected {
  const char* sample;
  const char* format;
  const char* pairs;  // the file of expected interactions
  const char* item;   // with this title; empty where there is no catalogue
  const char* title;
};

class EverySample : public Prepare, public ::testing::WithParamInterface<Expected> {};

TEST_P(EverySample, ReadsBackAsWhatItSays) {
  const Expected& expected = GetParam();
  const data::Dataset dataset = prepared(options(sample(expected.sample)));
  EXPECT_EQ(result_.format, expected.format);
  EXPECT_EQ(dataset.format, "mmrec");
  EXPECT_EQ(dataset.num_users(), 4);
  EXPECT_EQ(dataset.num_items(), 5);
  EXPECT_EQ(all_pairs(dataset), lines_in(sample(expected.pairs)));
  EXPECT_EQ(result_.train + result_.validation + result_.test, 13);
  EXPECT_EQ(dataset.test.nnz(), result_.test);
  EXPECT_EQ(dataset.validation.nnz(), result_.validation);
  if (expected.item[0] != '\0') {
    EXPECT_EQ(title_of(dataset, expected.item), expected.title);
  } else {
    EXPECT_TRUE(dataset.items.titles.empty());
  }
}

constexpr const char* kAsin = "expected-asin.tsv";
constexpr const char* kNumber = "expected-number.tsv";
INSTANTIATE_TEST_SUITE_P(
    Layouts, EverySample,
    ::testing::Values(
        Expected{"amazon-2014", "amazon-2014", kAsin, "B00DRUM002", "Caf\u00e9 drum \"\u30c9\u30e9\u30e0\" \U0001f941"},
        Expected{"amazon-2018", "amazon-2018", kAsin, "B00KITE001", "Kite \u2018Blue Whale\u2019 \u2013 1.2m"},
        Expected{"amazon-2023", "amazon-2023", kAsin, "B00DRUM002", "Drum"},
        Expected{"ratings-2014", "ratings-user-item", kAsin, "", ""},
        Expected{"ratings-2018", "ratings-item-user", kAsin, "", ""},
        Expected{"table", "table", kAsin, "B00TRAIN03", "Train, wooden"},
        Expected{"jsonl", "jsonl", kAsin, "B00BALL004", "Ball"},
        Expected{"recbole", "recbole", kAsin, "B00KITE001", "\"Blue Whale\" kite"},
        Expected{"maml", "maml", kAsin, "", ""},
        Expected{"movielens-100k", "movielens", kNumber, "2", "Caf\u00e9 Drum (1994)"},
        Expected{"movielens-1m", "movielens", kNumber, "1", "Kite: The Movie (1995)"},
        Expected{"movielens-csv", "movielens", kNumber, "1", "Kite, The (1995)"},
        Expected{"mmrec", "mmrec", kAsin, "B00PLAIN05", "Plain, no. 5"}),
    [](const auto& info) {
      std::string name = info.param.sample;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST_F(Prepare, TheCatalogueIsWrittenInTheOrderOfTheItems) {
  prepared(options(sample("amazon-2014")));
  const std::string items = read_text(folder_ / "out/items.csv");
  EXPECT_THAT(items, HasSubstr("B00KITE001,Kite 'Blue Whale' \u2013 1.2m,A kite for windy days; the child's favourite.,"
                               "Toys & Games|Outdoor|Kites|Gifts,O'Wind,12.99,http://example.org/kite.jpg\n"));
  EXPECT_THAT(items, HasSubstr(",Line one line two and a \\ backslash,"));
  EXPECT_THAT(items, HasSubstr("B00PLAIN05,,,,,,\n"));
  EXPECT_THAT(result_.notes, Contains(HasSubstr("1 of 5 items have no entry")));
  EXPECT_EQ(result_.described_items, 4);
}

TEST_F(Prepare, TheSplitOfTheSourceIsKept) {
  const data::Dataset source = data::load(sample("mmrec"));
  const data::Dataset dataset = prepared(options(sample("mmrec")));
  EXPECT_EQ(result_.split, "given");
  EXPECT_EQ(pairs_of(dataset, dataset.train), pairs_of(source, source.train));
  EXPECT_EQ(pairs_of(dataset, dataset.validation), pairs_of(source, source.validation));
  EXPECT_EQ(pairs_of(dataset, dataset.test), pairs_of(source, source.test));
}

TEST_F(Prepare, EqualInputsGiveEqualBytesAndTheManifestSaysWhatWasDone) {
  PrepareOptions made = options(sample("recbole"));
  made.min_rating = 2.0;
  made.k_core = 2;
  prepare_quietly(made);
  const auto first = files_of(made.out);
  made.force = true;
  prepare_quietly(made);
  EXPECT_TRUE(files_of(made.out) == first);
  const std::string manifest = first.at("prepare.json");
  for (const char* said : {"\"below_min_rating\": 1", "\"k_core\": 2", "\"xxh64\"", "\"name\": \"image_emb\"",
                           "\"missing\": 1", "\"program\": \"monet test\""}) {
    EXPECT_THAT(manifest, HasSubstr(said));
  }
  EXPECT_EQ(manifest.find(folder_.string()), std::string::npos);
  made.seed = 9;
  made.k_core = 0;
  prepare_quietly(made);
  EXPECT_FALSE(files_of(made.out) == first);
}

TEST_F(Prepare, NothingIsReplacedOrLeftBehind) {
  PrepareOptions made = options(sample("table"));
  prepare_quietly(made);
  EXPECT_THAT(message_of<InvalidArgument>([&] { prepare_quietly(made); }), HasSubstr("`force`"));
  const auto before = files_of(made.out);
  made.force = true;
  made.k_core = 50;
  EXPECT_THAT(message_of<DataError>([&] { prepare_quietly(made); }), HasSubstr("core is empty"));
  EXPECT_TRUE(files_of(made.out) == before);
  EXPECT_EQ(entries(), 1U);
  made.out = folder_ / "other";
  EXPECT_THROW(prepare_quietly(made), DataError);
  Observer silent;
  const std::atomic<bool> stop{true};
  made.k_core = 0;
  EXPECT_THROW(prepare_dataset(made, silent, stop), Interrupted);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Prepare, ForceReplacesOnlyWhatWasPrepared) {
  PrepareOptions made = options(sample("table"));
  made.force = true;
  prepare_quietly(made);
  prepare_quietly(made);
  const auto refusal = [&] { return message_of<InvalidArgument>([&] { prepare_quietly(made); }); };
  for (const char* name : {"notes.txt", "audio_feat.npy", "pictures/1.jpg"}) {
    write_text(made.out / name, "precious");
    EXPECT_THAT(refusal(), HasSubstr(std::string(name).starts_with("pictures") ? "holds pictures/" : name));
    EXPECT_EQ(read_text(made.out / name), "precious");
    fs::remove(made.out / name);
  }
  fs::remove(made.out / "pictures");
  const std::string inter = read_text(made.out / "table.inter");
  write_text(made.out / "table.inter", inter + "0\t1\t5\t0\n");
  EXPECT_THAT(refusal(), HasSubstr("holds table.inter"));
  write_text(made.out / "table.inter", inter);
  prepare_quietly(made);
}

TEST_F(Prepare, DatasetsOfEarlierVersionsAreKnownByTheirManifest) {
  PrepareOptions made = options(sample("recbole"));
  made.force = true;
  prepare_quietly(made);
  const std::string manifest = read_text(made.out / "prepare.json");
  const std::size_t list = manifest.find(",\n  \"written\"");
  ASSERT_NE(list, std::string::npos);
  const std::string before = manifest.substr(0, list) + "\n}\n";
  write_text(made.out / "prepare.json", before);
  prepare_quietly(made);
  EXPECT_EQ(read_text(made.out / "prepare.json"), manifest);
  write_text(made.out / "prepare.json", before);
  write_text(made.out / "text_feat.npy", "of somebody");  // the manifest names image_emb alone
  EXPECT_THAT(message_of<InvalidArgument>([&] { prepare_quietly(made); }), HasSubstr("holds text_feat.npy"));
  fs::remove(made.out / "text_feat.npy");
  write_text(made.out / "prepare.json", "{\"name\": \"somebody's\"}");
  EXPECT_THAT(message_of<InvalidArgument>([&] { prepare_quietly(made); }), HasSubstr("something else"));
}

TEST_F(Prepare, ADatasetIsNotReplacedByWhatIsMadeOfIt) {
  PrepareOptions made = options(sample("table"));
  prepare_quietly(made);
  const auto before = files_of(made.out);
  PrepareOptions again = options(made.out);
  again.force = true;
  EXPECT_THAT(message_of<InvalidArgument>([&] { prepare_quietly(again); }), HasSubstr("which is read"));
  again.source = made.out / "table.inter";
  EXPECT_THAT(message_of<InvalidArgument>([&] { prepare_quietly(again); }), HasSubstr("which is read"));
  again.source = sample("table");
  again.features = {{"mine", made.out / "f.npy", {}}};
  EXPECT_THAT(message_of<InvalidArgument>([&] { prepare_quietly(again); }), HasSubstr("which is read"));
  EXPECT_TRUE(files_of(made.out) == before);
}

TEST_F(Prepare, MissingParentsAreMadeAndGoAgainWithAFailure) {
  PrepareOptions made = options(sample("table"));
  made.out = folder_ / "a" / "b" / "out";
  made.k_core = 50;
  EXPECT_THROW(prepare_quietly(made), DataError);
  EXPECT_EQ(entries(), 0U);
  made.k_core = 0;
  prepare_quietly(made);
  EXPECT_TRUE(fs::exists(made.out / "prepare.json"));
}

TEST_F(Prepare, UnseenItemsStayWhenAsked) {
  PrepareOptions made = options(sample("table"));
  made.keep_unseen = true;
  made.feature_sources.emplace_back([](const FeatureRequest& request) {
    MadeFeatures out{"length", Matrix<float>(request.items.size(), 1), {{"of", "titles"}}, {"lengths were taken"}};
    for (Index row = 0; row < request.items.size(); ++row) {
      out.rows(row, 0) = static_cast<float>(request.items.item(row).title.size());
    }
    return std::optional(std::move(out));
  });
  made.feature_sources.emplace_back([](const FeatureRequest& request) {
    EXPECT_THAT(request.present, ElementsAre("length"));
    EXPECT_EQ(request.folder, sample("table"));
    return std::optional<MadeFeatures>();
  });
  const data::Dataset dataset = prepared(made);
  EXPECT_EQ(dataset.num_items(), 6);
  EXPECT_EQ(dataset.item_ids.back(), "B00OTHER99");
  ASSERT_EQ(dataset.modalities.size(), 1U);
  EXPECT_EQ(dataset.modalities[0].features(5, 0), 18.0F);
  EXPECT_THAT(result_.notes, Contains("lengths were taken"));
  EXPECT_THAT(read_text(made.out / "prepare.json"), HasSubstr("\"of\": \"titles\""));
}

TEST_F(Prepare, IdsThatNeedCareComeBackAsTheyWere) {
  write_text(folder_ / "in/x.csv", "user,item\n\"a \"\"b\"\"\",\"\"\"q\"\"\"\nb c,\"x,y\"\n\u00fc,\"x,y\"\n1,007\n");
  const data::Dataset dataset = prepared(options(folder_ / "in/x.csv"));
  EXPECT_THAT(dataset.user_ids, ElementsAre("a \"b\"", "b c", "\u00fc", "1"));
  EXPECT_THAT(dataset.item_ids, ElementsAre("\"q\"", "x,y", "007"));
}

TEST_F(Prepare, WhatIsNotRecognisedIsRefusedWithARemedy) {
  const auto refusal = [&](const fs::path& source) {
    return message_of<DataError>([&] { prepare_quietly(options(source)); });
  };
  fs::create_directories(folder_ / "in");
  EXPECT_THAT(refusal(folder_ / "in"), HasSubstr("no interactions here"));
  write_text(folder_ / "cores/5-core/train.json", "{\"0\": [1, 2]}");
  EXPECT_THAT(refusal(folder_ / "cores"), HasSubstr("needs no preparing"));
  EXPECT_THAT(refusal(folder_ / "cores/5-core"), HasSubstr("needs no preparing"));
  write_text(folder_ / "in/a.csv", "1,2,3,4\n5,6,7,8\n");
  EXPECT_THAT(refusal(folder_ / "in"), HasSubstr("`format ratings-user-item`"));
  write_text(folder_ / "in/b.csv", "user,item\n1,2\n");
  write_text(folder_ / "in/e.jsonl", "{\"user\": 1, \"item\": 2}\n");
  EXPECT_THAT(refusal(folder_ / "in"), HasSubstr("(b.csv, e.jsonl); name the one instead of the folder"));
  write_text(folder_ / "in/c.txt", "hello\n");
  EXPECT_THAT(refusal(folder_ / "in/c.txt"), HasSubstr("not recognised"));
  write_text(folder_ / "in/d.csv", "");
  EXPECT_THAT(refusal(folder_ / "in/d.csv"), HasSubstr("empty"));
}

TEST_F(Prepare, MenClothingIsSplitAsThePaperSplitsIt) {
  const char* data = std::getenv("MONET_DATA");
  if (data == nullptr) GTEST_SKIP() << "set MONET_DATA to the folder that holds men-clothing/";
  const fs::path source = fs::path(data) / "men-clothing";
  const data::Dataset dataset = prepared(options(source));
  EXPECT_EQ(dataset.num_users(), 4955);
  EXPECT_EQ(dataset.num_items(), 5028);
  EXPECT_EQ(result_.train + result_.validation + result_.test, 32363);
  // 5-core/ numbers the users as train.csv and test.csv do.
  const data::Dataset paper = data::load(source);
  std::map<std::string, Index> row_of;
  for (const char* file : {"train.csv", "test.csv"}) {
    std::istringstream lines(read_text(source / file));
    std::string item, user, name, rest;
    std::getline(lines, rest);
    while (std::getline(lines, item, ',') && std::getline(lines, user, ',') && std::getline(lines, name, ',') &&
           std::getline(lines, rest)) {
      row_of[name] = std::stol(user);
    }
  }
  for (Index u = 0; u < dataset.num_users(); ++u) {
    const Index row = row_of.at(dataset.user_ids[static_cast<std::size_t>(u)]);
    ASSERT_EQ(dataset.train.degree(u), paper.train.degree(row)) << row;
    ASSERT_EQ(dataset.validation.degree(u), paper.validation.degree(row)) << row;
    ASSERT_EQ(dataset.test.degree(u), paper.test.degree(row)) << row;
  }
}

TEST_F(Prepare, SplitFilesGiveTheirSplit) {
  write_text(folder_ / "shop/shop.train.inter", "user_id:token\titem_id:token\nu1\ta\nu1\tb\nu2\ta\n");
  write_text(folder_ / "shop/shop.valid.inter", "user_id:token\titem_id:token\nu1\tc\n");
  write_text(folder_ / "shop/shop.test.inter", "user_id:token\titem_id:token\nu2\tc\n");
  write_text(folder_ / "shop/shop.item", "item_id:token\ttitle:token_seq\na\tApple\nc\tCherry\n");
  const data::Dataset dataset = prepared(options(folder_ / "shop"));
  EXPECT_EQ(result_.split, "given");
  EXPECT_EQ(pairs_of(dataset, dataset.train), (std::set<std::string>{"u1\ta", "u1\tb", "u2\ta"}));
  EXPECT_EQ(pairs_of(dataset, dataset.validation), (std::set<std::string>{"u1\tc"}));
  EXPECT_EQ(pairs_of(dataset, dataset.test), (std::set<std::string>{"u2\tc"}));
  EXPECT_EQ(title_of(dataset, "c"), "Cherry");
}

TEST_F(Prepare, ListsGiveTheirSplitAndNames) {
  write_text(folder_ / "g/train.txt", "0 0 1 2 4\n1 1 2\n2 \n");
  write_text(folder_ / "g/test.txt", "0 3\n1 3\n");
  write_text(folder_ / "g/item_list.txt", "org_id remap_id\nB01 0\nB02 1\nB03 2\nB04 3\nB05 4\n");
  const data::Dataset dataset = prepared(options(folder_ / "g"));
  EXPECT_EQ(result_.format, "lists");
  EXPECT_EQ(pairs_of(dataset, dataset.test), (std::set<std::string>{"0\tB04", "1\tB04"}));
  EXPECT_EQ(result_.validation, 1);  // of the four of user 0
  EXPECT_EQ(result_.train, 5);
  EXPECT_THAT(result_.notes, Contains(HasSubstr("1 are drawn from the training ones")));
}

}  // namespace
}  // namespace monet::test
