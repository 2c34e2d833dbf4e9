// Lists that are looked for with an index, from the engine on.
#include "monet/core/error.h"
#include "monet/core/rng.h"
#include "monet/recommend/recommender.h"
#include "monet/serve/engine.h"
#include "monet/train/write_artifact.h"
#include "tests/artifact/small_artifact.h"
#include "tests/serve/small_shop.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace monet::test::serve_candidates_test {

using candidates::Exactness;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

constexpr Index kUsers = 6;
constexpr Index kItems = 8000;

/// A shop of some more items than the small one's, at random.
class ServeCandidates : public ::testing::Test {
 protected:
  ServeCandidates() : store_(store::open_store((folder_ / "shop.db").string())) {
    write(scoring::ScoreKind::target_aware);
  }

  void write(scoring::ScoreKind kind) {
    Rng rng(4);
    Matrix<float> users(kUsers, 8), items(kItems, 8), weight(2, 4);
    for (Matrix<float>* rows : {&users, &items, &weight}) {
      for (Index i = 0; i < rows->size(); ++i) rows->data()[i] = static_cast<float>(0.3 * rng.normal());
    }
    data::Dataset dataset;
    dataset.name = "random";
    dataset.hash = "0123456789abcdef";
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (std::int32_t u = 0; u < kUsers; ++u) {
      dataset.user_ids.push_back(fmt::format("u{}", u));
      for (std::int32_t n = 0; n < 5; ++n) pairs.emplace_back(u, 97 * u + 31 * n);
    }
    for (Index i = 0; i < kItems; ++i) dataset.item_ids.push_back(fmt::format("i{}", i));
    dataset.train = Csr::from_pairs(kUsers, kItems, pairs);
    const std::vector<float> popularity(static_cast<std::size_t>(kItems), 1.0F);
    const std::vector<float> two(2, 0.1F);
    train::ArtifactContents contents;
    contents.model = "monet";
    contents.dataset = &dataset;
    contents.scoring.kind = kind;
    contents.scoring.beta = kind == scoring::ScoreKind::target_aware ? 0.3F : 0.0F;
    contents.scoring.user_embedding = users;
    contents.scoring.item_embedding = items;
    contents.scoring.history = dataset.train;
    contents.scoring.item_popularity = popularity;
    if (kind == scoring::ScoreKind::pairwise) contents.scoring.attention = {weight, two, two};
    contents.tensors = {{"item_foldin", items.view()}};
    train::write_artifact(model(), contents, true);
  }
  std::filesystem::path model() const { return folder_ / "model"; }

  std::unique_ptr<serve::Engine> open(serve::Candidates candidates) {
    serve::EngineOptions options;
    options.artifact = model();
    options.candidates = candidates;
    return std::make_unique<serve::Engine>(options, *store_);
  }
  /// Once the index is there.
  static void wait_for_index(const serve::Engine& engine) {
    while (engine.loaded()->index() == nullptr) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  ScopedFolder folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(ServeCandidates, ListsAreThoseOfAWholeScanAndProved) {
  const auto with = open(serve::Candidates::on);
  const auto without = open(serve::Candidates::off);
  wait_for_index(*with);
  EXPECT_EQ(without->loaded()->index(), nullptr);
  store::Item hidden = shop_item("i7");
  hidden.hidden = true;
  for (serve::Engine* engine : {with.get(), without.get()}) engine->put_items({&hidden, 1});
  std::vector<serve::Ask> asks;
  for (const char* user : {"u0", "u1", "u5", "new"}) asks.push_back({.user = user});
  asks.push_back({.user = "u2", .k = 5, .beta = 0.9F, .explain = true});
  asks.push_back({.history = {"i3", "i4"}});
  serve::Rules rules;
  rules.exclude = {"i1", "i2"};
  rules.seen = true;
  rules.diversity = 0.5;
  asks.push_back({.user = "u3", .k = 10, .rules = rules});
  rules = {};
  rules.only = std::vector<std::string>{"i10", "i20", "i30", "i7"};
  asks.push_back({.user = "u4", .rules = rules});
  for (const serve::Ask& ask : asks) {
    const serve::Answer found = answer_of(*with, ask);
    const serve::Answer whole = answer_of(*without, ask);
    EXPECT_THAT(found.refused, IsEmpty());
    EXPECT_EQ(names(found), names(whole));
    EXPECT_EQ(whole.exactness, Exactness::scanned);
    const bool ranked = found.source == serve::Source::model && !ask.rules.only;
    EXPECT_EQ(found.exactness, ranked ? Exactness::proved : Exactness::scanned);
  }
  EXPECT_EQ(with->lists().proved, 6);
  EXPECT_EQ(with->lists().scanned, 1);
  EXPECT_EQ(without->lists().scanned, 7);
}

TEST_F(ServeCandidates, AListThatNeedNotBeExactSaysWhatItIs) {
  const auto engine = open(serve::Candidates::on);
  wait_for_index(*engine);
  const serve::Answer quick = answer_of(*engine, {.user = "u1", .exact = false});
  EXPECT_EQ(quick.items.size(), 20U);
  const serve::ListCounts& lists = engine->lists();
  EXPECT_EQ(lists.scanned, 0);
  EXPECT_EQ(lists.proved + lists.unproved, 1);
  EXPECT_EQ(quick.exactness == Exactness::proved, lists.proved == 1);
}

TEST_F(ServeCandidates, AutoLeavesASmallCatalogueAlone) {
  const auto engine = open(serve::Candidates::automatic);
  EXPECT_EQ(engine->loaded()->index(), nullptr);
  EXPECT_EQ(answer_of(*engine, {.user = "u1"}).exactness, Exactness::scanned);
}

TEST_F(ServeCandidates, AnArtifactThatIsExchangedGetsAnIndexOfItsOwn) {
  const auto engine = open(serve::Candidates::on);
  wait_for_index(*engine);
  const auto before = engine->loaded();
  write(scoring::ScoreKind::dot);
  engine->reload();
  wait_for_index(*engine);
  EXPECT_NE(engine->loaded()->index(), before->index());
  EXPECT_EQ(answer_of(*engine, {.user = "u1"}).exactness, Exactness::proved);
}

TEST_F(ServeCandidates, OnRefusesScoresThatAreNoProducts) {
  const auto engine = open(serve::Candidates::on);
  write(scoring::ScoreKind::pairwise);
  EXPECT_THAT([&] { engine->reload(); }, ThrowsMessage<DataError>(HasSubstr("no `candidates`")));
  EXPECT_THAT([&] { open(serve::Candidates::on); }, ThrowsMessage<DataError>(HasSubstr("no products of embeddings")));
  EXPECT_NO_THROW(open(serve::Candidates::automatic));
}

TEST_F(ServeCandidates, ClosingDoesNotWaitForAnIndex) {
  for (int n = 0; n < 5; ++n) open(serve::Candidates::on);
}

}  // namespace monet::test::serve_candidates_test
