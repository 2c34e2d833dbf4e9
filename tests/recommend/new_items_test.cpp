// Items that come after the training: as the artifact's own items that nobody has touched.
#include "monet/artifact/config.h"
#include "monet/blend/write_blend.h"
#include "monet/core/error.h"
#include "monet/recommend/recommender.h"
#include "monet/synth/generator.h"
#include "monet/train/trainer.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <map>
#include <thread>

namespace monet::recommend {
namespace {

using test::ScopedFolder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

data::Dataset shop() {
  synth::GeneratorOptions options;
  options.num_users = 60;
  options.num_items = 50;
  options.num_interactions = 600;
  options.cold_items = 0.1;
  options.modalities = {{"image", 12}, {"text", 9}};
  return synth::generate_dataset(options);
}

std::string untouched_item(const data::Dataset& dataset) {
  std::vector<Index> touched(static_cast<std::size_t>(dataset.num_items()), 0);
  for (const std::int32_t item : dataset.train.indices()) ++touched[static_cast<std::size_t>(item)];
  const auto found = std::find(touched.begin(), touched.end(), 0);
  return dataset.item_ids.at(static_cast<std::size_t>(found - touched.begin()));
}

Features features_of(const data::Dataset& dataset, const std::string& item) {
  const auto row = std::find(dataset.item_ids.begin(), dataset.item_ids.end(), item) - dataset.item_ids.begin();
  Features features;
  for (const data::Modality& modality : dataset.modalities) {
    const std::span<const float> values = modality.features.view().row_span(row);
    features[modality.name].assign(values.begin(), values.end());
  }
  return features;
}

struct Training {
  std::string name;
  std::string model;
  Fields options;
  double popularity = 0.0;
  friend std::ostream& operator<<(std::ostream& out, const Training& t) { return out << t.name; }
};

void train_to(const std::filesystem::path& path, const data::Dataset& dataset, const Training& training) {
  models::ModelOptions options(training.model);
  for (const auto& [name, value] : training.options) options.set(name, value);
  train::TrainOptions how = train::TrainOptions::for_model(training.model);
  how.epochs = 2;
  how.batch_size = 64;
  how.popularity = training.popularity;
  how.out = path;
  ThreadPool pool(1);
  train::train(dataset, options, how, pool);
}

class AddedItem : public ::testing::TestWithParam<Training> {};

/// As `a`, but for what is called otherwise, and for float rounding.
void expect_alike(const Recommendations& a, const Recommendations& b) {
  ASSERT_EQ(a.items.size(), b.items.size());
  for (std::size_t at = 0; at < a.items.size(); ++at) {
    EXPECT_NEAR(a.items[at].score, b.items[at].score, 1e-5 * (1.0 + std::abs(a.items[at].score))) << at;
  }
}

TEST_P(AddedItem, IsAsTheArtifactsOwnThatNobodyTouched) {
  const ScopedFolder folder;
  const data::Dataset dataset = shop();
  const std::string own = untouched_item(dataset);
  train_to(folder / "model", dataset, GetParam());
  const Recommender trained = Recommender::open(folder / "model");
  const Recommender recommender = trained.with_items({{{"new", "New", features_of(dataset, own)}}});
  EXPECT_EQ(recommender.items().find("new"), static_cast<std::int32_t>(dataset.num_items()));
  EXPECT_EQ(trained.items().find("new"), std::nullopt) << "it stays as it was";
  ThreadPool pool(2);
  Options options;
  options.explain = true;
  options.k = dataset.num_items();
  for (const std::string& user : dataset.user_ids) {
    const std::vector<std::vector<std::string>> both{{own, "new"}};
    const User who{user, {}, {}, {}};
    const auto scores = recommender.rank_candidates(pool, {&who, 1}, both, options).front().items;
    ASSERT_THAT(scores, SizeIs(2));
    EXPECT_NEAR(scores[0].score, scores[1].score, 1e-5 * (1.0 + std::abs(scores[0].score)));
    EXPECT_NEAR(scores[0].explanation->general.value, scores[1].explanation->general.value, 1e-5);
    // In the place of the artifact's own it leaves every list as it was.
    Options without = options;
    without.exclude = {own};
    expect_alike(trained.recommend(pool, {&who, 1}, options).front(),
                 recommender.recommend(pool, {&who, 1}, without).front());
  }
  for (const std::string& by : trained.similarities()) {
    const auto near = recommender.similar(pool, {{"new"}}, 5, by).front().items;
    const auto near_own = recommender.similar(pool, {{own}}, 5, by).front().items;
    if (near_own.empty()) continue;  // of zeros, as ids are
    // By products of rows another may be nearer than what is the same.
    if (by != "model") {
      EXPECT_EQ(near.front().item, own) << by;
    }
    for (std::size_t at = 0; at < near.size(); ++at) EXPECT_NEAR(near[at].score, near_own[at].score, 1e-5) << by;
  }
  if (!trained.takes_history()) return;
  for (const std::optional<std::string>& user : {std::optional<std::string>(), std::optional(dataset.user_ids[3])}) {
    const std::string other = dataset.item_ids[1] == own ? dataset.item_ids[2] : dataset.item_ids[1];
    Options without = options;
    without.exclude = {own, "new"};
    expect_alike(recommender.recommend({user, {other, own}, {}, {}}, without),
                 recommender.recommend({user, {other, "new"}, {}, {}}, without));
  }
}

INSTANTIATE_TEST_SUITE_P(Models, AddedItem,
                         ::testing::Values(Training{"attention", "monet", {}},
                                           Training{"popular", "monet", {{"target-aware", false}}, 0.25},
                                           Training{"summed", "monet", {{"fusion", "weighted-sum"}}},
                                           Training{"cosines", "monet-softmax", {}, 0.5},
                                           Training{"standardised", "monet-softmax", {{"standardise", "on"}}},
                                           Training{"branches", "monet-softmax", {{"similarity", "branch-cosine"}}}),
                         [](const auto& info) { return info.param.name; });

TEST(NewItems, AreInABlendOfAModelThatKnowsNothingOfThem) {
  const ScopedFolder folder;
  const data::Dataset dataset = shop();
  const std::string own = untouched_item(dataset);
  train_to(folder / "a", dataset, {"", "monet-softmax", {}});
  train_to(folder / "b", dataset, {"", "ease", {}});
  std::vector<artifact::Artifact> parts;
  parts.push_back(artifact::Artifact::open(folder / "a"));
  parts.push_back(artifact::Artifact::open(folder / "b"));
  blend::write_blend(folder / "ab", {parts, {0.6, 0.4}, scoring::BlendBy::zscore, {}, {}, {}, {}}, {}, false);
  const Recommender recommender =
      Recommender::open(folder / "ab").with_items({{{"new", "", features_of(dataset, own)}}});
  ThreadPool pool(1);
  const std::vector<std::vector<std::string>> both{{own, "new"}};
  for (const std::string& user : dataset.user_ids) {
    const User who{user, {}, {}, {}};
    const auto scores = recommender.rank_candidates(pool, {&who, 1}, both).front().items;
    EXPECT_NEAR(scores.at(0).score, scores.at(1).score, 1e-5);
  }
  EXPECT_THAT(recommender.similar(pool, {{"new"}}, 1).front().items, SizeIs(1));
  EXPECT_THAT(recommender.recommend({std::nullopt, {"new", dataset.item_ids[1]}, {}, {}}).items, SizeIs(20));
  EXPECT_TRUE(recommender.explain({dataset.user_ids[0], {}, {}, {}}, "new").explanation.has_value());
  const Recommender ease = Recommender::open(folder / "b");
  EXPECT_THAT(ease.why_not(features_of(dataset, own)), HasSubstr("the model ease makes no embedding"));
  EXPECT_THAT(ease.feature_widths(), IsEmpty());
}

class SmallNewItems : public ::testing::Test {
 protected:
  Recommender open(const train::ArtifactContents& contents) {
    train::write_artifact(folder_ / "model", contents, true);
    return Recommender::open(folder_ / "model");
  }
  /// Features whose embedding is what the small model has of image and text, in some direction.
  static NewItem item(const std::string& id, float x = 0.5F) {
    return {id, "Title of " + id, {{"image", {x, 0.1F, -0.2F, 0.3F}}, {"text", {0.1F, x, 0.2F, -0.3F, 0.2F, 0.1F}}}};
  }
  std::vector<std::string> ranked(const Recommender& recommender) {
    Options options;
    options.k = 10'000;
    std::vector<std::string> ids;
    for (const ScoredItem& found : recommender.recommend(User{"u1", {}, {}, {}}, options).items) {
      ids.push_back(found.item);
    }
    return ids;
  }

  ScopedFolder folder_;
  test::SmallModel model_;
  Recommender trained_ = open(model_.contents());
};

TEST_F(SmallNewItems, WhatIsMissingIsFilledAsInTraining) {
  NewItem without = item("a-new");
  without.features.erase("text");
  NewItem with_mean = without;
  with_mean.id = "b-new";
  with_mean.features["text"] = std::vector<float>(6, 0.0F);  // all features of the small model's are 0
  const Recommender both = trained_.with_items(std::vector{without, with_mean});
  const User user{"u1", {}, {}, {}};
  EXPECT_EQ(both.explain(user, "a-new").score, both.explain(user, "b-new").score);
  EXPECT_EQ(trained_.why_not(without.features), "");
  EXPECT_EQ(trained_.why_not({}), "it has no features (image, text)");
  EXPECT_EQ(trained_.why_not({{"sound", {1.0F}}}), "it has no features (image, text)");
}

TEST_F(SmallNewItems, WrongFeaturesAreNamed) {
  const auto refusal = [&](const Features& features) {
    try {
      return trained_.why_not(features);
    } catch (const InvalidArgument& error) {
      return std::string("refused: ") + error.what();
    }
  };
  EXPECT_EQ(refusal({{"image", {1.0F, 2.0F}}}), "refused: features.image has 2 numbers; the artifact was trained on 4");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(refusal({{"image", {1.0F, nan, 0.0F, 0.0F}}}),
            "refused: features.image has a value that is not finite; 4 finite numbers belong there");
  EXPECT_THAT(refusal({{"image", {1e30F, 1e30F, 0.0F, 0.0F}}}), HasSubstr("refused: features are far from those"));
  NewItem wrong = item("wrong");
  wrong.features["image"].pop_back();
  EXPECT_THAT([&] { trained_.with_items({{wrong}}); },
              ThrowsMessage<InvalidArgument>(HasSubstr("item 'wrong': features.image has 3 numbers")));
  std::vector<std::string> reasons;
  const Recommender rest = trained_.with_items(std::vector{item("x"), wrong, item("y")}, {}, &reasons);
  EXPECT_THAT(reasons, ElementsAre("", HasSubstr("3 numbers"), ""));
  EXPECT_TRUE(rest.items().find("x") && rest.items().find("y") && !rest.items().find("wrong"));
  EXPECT_THAT([&] { trained_.with_items({{item("h")}}); },
              ThrowsMessage<InvalidArgument>(HasSubstr("the artifact has it")));
}

TEST_F(SmallNewItems, TheyComeAndGoAndAreReplaced) {
  const Recommender two = trained_.with_items(std::vector{item("x"), item("y", -2.0F)});
  EXPECT_THAT(ranked(two), Contains("x"));
  EXPECT_EQ(two.items().title(*two.items().find("x")), "Title of x");
  EXPECT_EQ(two.items().title(0), "Apple");
  const std::vector<std::string> removed{"x"};
  const Recommender one = two.with_items({}, removed);
  EXPECT_THAT(ranked(one), Not(Contains("x")));
  EXPECT_THAT(ranked(one), SizeIs(ranked(two).size() - 1));
  EXPECT_EQ(one.items().find("x"), std::nullopt);
  ThreadPool pool(1);
  const std::vector<SimilarItems> similar = one.similar(pool, {{"y"}}, 100);
  for (const ScoredItem& near : similar.front().items) EXPECT_NE(near.item, "x");
  EXPECT_THAT(one.similar(pool, {{"y"}}, 3).front().items, SizeIs(3));
  EXPECT_THAT([&] { one.recommend(User{"u1", {"x"}, {}, {}}); }, ThrowsMessage<DataError>(HasSubstr("'x'")));
  const Recommender changed = one.with_items({{item("y", 2.0F)}});
  EXPECT_THAT(ranked(changed), SizeIs(ranked(one).size())) << "y is there once";
  EXPECT_NE(changed.explain({"u1", {}, {}, {}}, "y").score, one.explain({"u1", {}, {}, {}}, "y").score);
  const Recommender again = changed.with_items({{item("x")}});
  EXPECT_EQ(again.explain({"u1", {}, {}, {}}, "x").score, two.explain({"u1", {}, {}, {}}, "x").score);
  EXPECT_THAT(ranked(again), SizeIs(ranked(two).size()));
  EXPECT_EQ(ranked(again.trained()), ranked(trained_));
  EXPECT_THAT(ranked(two), Contains("x")) << "who holds the older one sees what was there";
}

TEST_F(SmallNewItems, NobodyWithoutAHistoryIsGivenThemFirst) {
  const auto popular = trained_.with_items({{item("x")}}).recommend(User{});
  EXPECT_EQ(popular.items.back().item, "x");
  EXPECT_EQ(popular.items.back().score, 0.0F);
}

TEST_F(SmallNewItems, ManyOneByOneAndTwoWaysFromTheSame) {
  Recommender now = trained_;
  std::vector<Recommender> older;
  constexpr int kMany = 700;  // beyond the spare room
  for (int n = 0; n < kMany; ++n) {
    if (n % 100 == 0) older.push_back(now);
    now = now.with_items({{item("n" + std::to_string(n), 0.001F * static_cast<float>(n))}});
  }
  for (std::size_t at = 0; at < older.size(); ++at) EXPECT_THAT(ranked(older[at]), SizeIs(5 + 100 * at));
  EXPECT_THAT(ranked(now), SizeIs(5 + kMany));
  const Recommender left = now.with_items({{item("left", 1.0F)}});
  const Recommender right = now.with_items({{item("right", -1.0F)}});
  const Recommender at_once = trained_.with_items(std::vector{item("left", 1.0F), item("right", -1.0F)});
  const User user{"u1", {}, {}, {}};
  EXPECT_EQ(left.explain(user, "left").score, at_once.explain(user, "left").score);
  EXPECT_EQ(right.explain(user, "right").score, at_once.explain(user, "right").score);
  EXPECT_EQ(left.items().find("right"), std::nullopt);
  for (int n = 0; n < kMany; n += 50) EXPECT_EQ(now.items().find("n" + std::to_string(n)), 7 + n);
}

TEST_F(SmallNewItems, WhoeverAsksMeanwhileSeesAWholeList) {
  Recommender now = trained_;
  const Recommender first = trained_.with_items({{item("x")}});
  const std::vector<std::string> expected = ranked(first);
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      for (int n = 0; n < 100; ++n) EXPECT_EQ(ranked(first), expected);
    });
  }
  now = first;
  for (int n = 0; n < 300; ++n) now = now.with_items({{item("m" + std::to_string(n))}});
  for (std::thread& reader : readers) reader.join();
  EXPECT_THAT(ranked(now), SizeIs(expected.size() + 300));
}

TEST_F(SmallNewItems, AnArtifactOfBeforeSaysThatItCannot) {
  const std::filesystem::path file = folder_ / "model/config.json";
  artifact::FileRecords records;
  artifact::Config config = artifact::parse_config(test::read_bytes(file), file, records);
  config.new_items.reset();
  std::filesystem::remove(file);
  test::write_bytes(file, artifact::write_config(config, records));
  const Recommender old = Recommender::open(folder_ / "model");
  EXPECT_THAT(old.why_not(item("x").features), HasSubstr("the artifact was written before"));
  EXPECT_THAT([&] { old.with_items({{item("x")}}); }, ThrowsMessage<InvalidArgument>(HasSubstr("train again")));
  EXPECT_EQ(ranked(old), ranked(trained_));
}

}  // namespace
}  // namespace monet::recommend
