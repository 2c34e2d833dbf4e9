#include "monet/synth/generator.h"
#include "monet/core/error.h"
#include "monet/core/files/npy.h"
#include "monet/data/inspect.h"
#include "monet/data/load.h"
#include "monet/synth/catalogue.h"
#include "monet/synth/interactions.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace monet::test {
namespace {

using data::Dataset;
using synth::GeneratorOptions;
using ::testing::HasSubstr;

GeneratorOptions small() {
  GeneratorOptions options;
  options.num_users = 60;
  options.num_items = 90;
  options.num_interactions = 700;
  return options;
}

TEST(Synth, DrawsTheNumberAskedForWithoutRepeats) {
  for (const Index wanted : {1L, 59L, 60L, 700L, 2700L}) {
    GeneratorOptions options = small();
    options.num_interactions = wanted;
    const auto drawn = synth::generate_interactions(options, synth::generate_catalogue(options));
    ASSERT_EQ(static_cast<Index>(drawn.users.size()), wanted);
    std::set<std::pair<std::int32_t, std::int32_t>> pairs;
    for (std::size_t e = 0; e < drawn.users.size(); ++e) {
      ASSERT_TRUE(drawn.items[e] >= 0 && drawn.items[e] < 90);
      ASSERT_TRUE(pairs.emplace(drawn.users[e], drawn.items[e]).second);
    }
    EXPECT_TRUE(std::is_sorted(drawn.users.begin(), drawn.users.end()));
  }
}

TEST(Synth, TheSeedFixesEverything) {
  GeneratorOptions options = small();
  const std::string hash = synth::generate_dataset(options).hash;
  EXPECT_EQ(synth::generate_dataset(options).hash, hash);
  options.seed = 8;
  EXPECT_NE(synth::generate_dataset(options).hash, hash);
}

TEST(Synth, TitlesSayTheAttributesAndAreUnique) {
  const GeneratorOptions options;
  const auto catalogue = synth::generate_catalogue(options);
  const auto titles = synth::titles(catalogue);
  EXPECT_EQ(std::set<std::string>(titles.begin(), titles.end()).size(), titles.size());
  EXPECT_THAT(
      titles[3],
      HasSubstr(std::string(synth::word(synth::Attribute::colour, catalogue.value(3, synth::Attribute::colour)))));
}

TEST(Synth, PopularityHasALongTail) {
  const Dataset dataset = synth::generate_dataset({});
  const auto degrees = data::inspect(dataset).item_degrees;
  EXPECT_GE(degrees.maximum, 6 * degrees.median);
}

/// Mean recall@20 on the test split when `score(user, item)` ranks the items without the user's training items.
double recall20(const Dataset& dataset, const std::function<double(Index, std::int32_t)>& score) {
  double sum = 0.0;
  double users = 0.0;
  for (Index u = 0; u < dataset.num_users(); ++u) {
    if (dataset.test.degree(u) == 0) continue;
    std::vector<std::pair<double, std::int32_t>> ranked;
    for (std::int32_t i = 0; i < dataset.num_items(); ++i) {
      if (!dataset.train.contains(u, i)) ranked.emplace_back(-score(u, i), i);
    }
    std::partial_sort(ranked.begin(), ranked.begin() + 20, ranked.end());
    const auto hits = std::count_if(ranked.begin(), ranked.begin() + 20,
                                    [&](const auto& entry) { return dataset.test.contains(u, entry.second); });
    sum += static_cast<double>(hits) / static_cast<double>(dataset.test.degree(u));
    users += 1.0;
  }
  return sum / users;
}

double cosine(const float* a, const float* b, Index width) {
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (Index c = 0; c < width; ++c) {
    ab += static_cast<double>(a[c] * b[c]);
    aa += static_cast<double>(a[c] * a[c]);
    bb += static_cast<double>(b[c] * b[c]);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(Synth, ContentSaysMoreThanPopularityAndTwoModalitiesMoreThanOne) {
  GeneratorOptions options;
  options.num_users = 500;
  options.num_items = 600;
  options.num_interactions = 5000;
  const Dataset dataset = synth::generate_dataset(options);
  std::vector<double> popularity(600);
  for (const std::int32_t item : dataset.train.indices()) popularity[static_cast<std::size_t>(item)] += 1.0;
  const auto by_content = [&](std::initializer_list<std::size_t> modalities) {
    return recall20(dataset, [&](Index u, std::int32_t candidate) {
      double score = 0.0;
      for (const std::size_t m : modalities) {
        const Matrix<float>& features = dataset.modalities[m].features;
        for (const std::int32_t item : dataset.train.row(u)) {
          score += cosine(features.row(item), features.row(candidate), features.cols());
        }
      }
      return score;
    });
  };
  const double popular =
      recall20(dataset, [&](Index, std::int32_t item) { return popularity[static_cast<std::size_t>(item)]; });
  const double image = by_content({0});
  const double text = by_content({1});
  const double both = by_content({0, 1});
  EXPECT_GT(both, 1.5 * popular) << "popularity " << popular << ", both " << both;
  EXPECT_GT(both, 1.1 * image) << "image " << image << ", both " << both;
  EXPECT_GT(both, 1.1 * text) << "text " << text << ", both " << both;
}

class SynthFolder : public TemporaryFolder {};

TEST_F(SynthFolder, WhatIsWrittenLoadsAsWhatIsGenerated) {
  GeneratorOptions options = small();
  options.modalities = {{"text", 5}, {"audio", 7}, {"image", 6}};
  synth::write_dataset(folder_ / "shop", options);
  const Dataset read = data::load(folder_ / "shop");
  const Dataset made = synth::generate_dataset(options);
  EXPECT_EQ(read.hash, made.hash);
  EXPECT_EQ(read.format, "mmrec");
  EXPECT_EQ(read.items.titles, made.items.titles);
  EXPECT_EQ(read.items.categories, made.items.categories);
  EXPECT_EQ(read.modalities[0].name, "audio");
  EXPECT_FALSE(data::inspect(read).broken);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(SynthFolder, WhatIsInterruptedLeavesNothing) {
  int step = 0;
  EXPECT_THROW(synth::write_dataset(folder_ / "interrupted", small(), false,
                                    [&] {
                                      if (++step == 3) fail<Interrupted>("interrupted");
                                    }),
               Interrupted);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(entry.path().filename().string().find("interrupted"), std::string::npos) << entry.path();
  }
}

TEST_F(SynthFolder, OverwritesOnlyWhenForced) {
  synth::write_dataset(folder_ / "shop", small());
  const std::string before = read_text(folder_ / "shop" / "synth.inter");
  GeneratorOptions other = small();
  other.seed = 8;
  EXPECT_THROW(synth::write_dataset(folder_ / "shop", other), InvalidArgument);
  EXPECT_EQ(read_text(folder_ / "shop" / "synth.inter"), before);
  synth::write_dataset(folder_ / "shop", other, true);
  EXPECT_NE(read_text(folder_ / "shop" / "synth.inter"), before);
  EXPECT_THAT(read_text(folder_ / "shop" / "synth.json"), HasSubstr("\"seed\": 8"));
}

TEST_F(SynthFolder, ForceKeepsWhatIsSomebodyElses) {
  const auto refusal = [&] {
    return message_of<InvalidArgument>([&] { synth::write_dataset(folder_ / "shop", small(), true); });
  };
  synth::write_dataset(folder_ / "shop", small());
  write_text(folder_ / "shop" / "notes.txt", "precious");
  EXPECT_THAT(refusal(), HasSubstr("holds notes.txt"));
  EXPECT_EQ(read_text(folder_ / "shop" / "notes.txt"), "precious");
  std::filesystem::remove(folder_ / "shop" / "notes.txt");
  write_text(folder_ / "shop" / "audio_feat.npy", "features that were added");
  EXPECT_THAT(refusal(), HasSubstr("holds audio_feat.npy"));
  std::filesystem::remove(folder_ / "shop" / "audio_feat.npy");
  write_text(folder_ / "shop" / "items.csv", read_text(folder_ / "shop" / "items.csv") + "a line of somebody's\n");
  EXPECT_THAT(refusal(), HasSubstr("holds items.csv"));
}

TEST_F(SynthFolder, ShopsOfEarlierVersionsAreKnownByTheirContent) {
  synth::write_dataset(folder_ / "shop", small());
  std::filesystem::remove(folder_ / "shop" / "synth.json");
  synth::write_dataset(folder_ / "shop", small(), true);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "shop" / "synth.json"));
  // The same names with another content are a dataset of somebody.
  std::filesystem::remove(folder_ / "shop" / "synth.json");
  write_text(folder_ / "shop" / "items.csv", "item_id,title\n1,lamp\n");
  EXPECT_THAT(message_of<InvalidArgument>([&] { synth::write_dataset(folder_ / "shop", small(), true); }),
              HasSubstr("something else (no synth.json"));
}

TEST_F(SynthFolder, FeaturesForAnExistingDataset) {
  synth::write_features(folder_, "image", 11, 40, 3);
  const Matrix<float> features = files::read_npy(folder_ / "image_feat.npy");
  ASSERT_EQ(features.rows(), 11);
  ASSERT_EQ(features.cols(), 40);
  double squares = 0.0;
  for (Index k = 0; k < features.size(); ++k) squares += static_cast<double>(features.data()[k] * features.data()[k]);
  EXPECT_NEAR(squares / static_cast<double>(features.size()), 1.0, 0.35);  // 5 standard errors of a chi-square
  EXPECT_THROW(synth::write_features(folder_, "image", 11, 40, 3), InvalidArgument);
  synth::write_features(folder_, "image", 11, 20, 3, true);
  EXPECT_EQ(files::read_npy(folder_ / "image_feat.npy").cols(), 20);
  EXPECT_THROW(synth::write_features(folder_, "text", 0, 40, 3), InvalidArgument);
}

TEST_F(SynthFolder, RandomFeaturesReplaceNoRealOnes) {
  write_text(folder_ / "image_feat.npy", "a week of a network's work");
  EXPECT_THAT(message_of<InvalidArgument>([&] { synth::write_features(folder_, "image", 11, 40, 3, true); }),
              HasSubstr("image_feat.npy: is not listed in"));
  EXPECT_EQ(read_text(folder_ / "image_feat.npy"), "a week of a network's work");
  synth::write_features(folder_, "text", 11, 40, 3);
  EXPECT_THROW(synth::write_features(folder_, "image", 11, 40, 3, true), InvalidArgument);
  synth::write_features(folder_, "text", 11, 30, 3, true);
}

TEST_F(SynthFolder, ItsOwnRandomFeaturesDoNotHinderForce) {
  synth::write_dataset(folder_ / "shop", small());
  synth::write_features(folder_ / "shop", "audio", 11, 40, 3);
  synth::write_dataset(folder_ / "shop", small(), true);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "shop" / "audio_feat.npy"));
}

TEST(Synth, ImpossibleSizesAreRefused) {
  const auto said = [](auto change) {
    GeneratorOptions options = small();
    change(options);
    return message_of<InvalidArgument>([&] { synth::generate_dataset(options); });
  };
  EXPECT_THAT(said([](auto& o) { o.num_interactions = 2701; }), HasSubstr("more than half"));
  EXPECT_THAT(said([](auto& o) { o.num_users = 0; }), HasSubstr("0 users"));
  EXPECT_THAT(said([](auto& o) { o.num_items = 60'000'000; }), HasSubstr("at most"));
  EXPECT_THAT(said([](auto& o) { o.modalities = {{"image", 0}}; }), HasSubstr("width 0"));
  EXPECT_THAT(said([](auto& o) { o.modalities = {{"../x", 4}}; }), HasSubstr("../x"));
}

}  // namespace
}  // namespace monet::test
