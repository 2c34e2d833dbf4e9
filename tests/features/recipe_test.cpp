// Features made by a recipe are those of the training.
#include "monet/features/recipe.h"
#include "monet/core/error.h"
#include "monet/core/files/feature_recipe.h"
#include "monet/core/rng.h"
#include "monet/features/onnx/onnx.h"
#include "monet/features/text/text_features.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/features/pictures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

namespace monet::features {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Index kWidth = 6;

std::filesystem::path means_network() {
  return std::filesystem::path(MONET_SOURCE_DIR "/tests/features/networks/means.onnx");
}

using Texts = std::vector<std::string>;  // title, categories

class Recipes : public test::TemporaryFolder {
 protected:
  void SetUp() override {
    options_.svd.width = kWidth;
    options_.terms.stop_words = {"The", "a"};
    const Texts words = {"red", "blue",  "shoe",    "boot",  "steel", "knife", "the", "Straße",
                         "a",   "glass", "kitchen", "small", "large", "cup",   "tea", "コーヒー"};
    const Texts labels = {"Shoes|Sale", "Kitchen > Knives", "Kitchen", "", "Shoes"};
    Rng rng(11);
    for (int i = 0; i < 80; ++i) {
      std::string title;
      for (int w = 0; w < 5; ++w) title += words[static_cast<std::size_t>(rng.uniform(0.0, 15.99))] + " ";
      items_.push_back({title, labels[static_cast<std::size_t>(i) % labels.size()]});
    }
    items_.push_back({"unheard", ""});
  }
  /// Trains on the items and writes how.
  void train() {
    TermCounter counter(fields_, options_.terms);
    for (const Texts& item : items_) counter.add(std::vector<std::string_view>(item.begin(), item.end()));
    const TermMatrix matrix = std::move(counter).finish();
    ThreadPool pool(1);
    trained_ = text_features(pool, matrix, options_);
    write_recipe(file_, {fields_, options_.terms.stop_words, matrix.terms, matrix.idf, trained_.directions}, "hash");
  }
  std::vector<float> made(const Texts& item) const {
    const files::Safetensors recipe(file_);
    return TextMaker(recipe).make(std::vector<std::string_view>(item.begin(), item.end()));
  }
  /// The recipe with something else in it.
  std::string refusal(const std::string& from, const std::string& to) {
    std::string bytes = test::read_text(file_);
    bytes.replace(bytes.find(from), from.size(), to);
    test::write_text(file_, bytes);
    return test::message_of<DataError>([&] {
      const files::Safetensors recipe(file_);
      if (kind_of(recipe) == RecipeKind::texts) TextMaker{recipe};
    });
  }

  std::vector<TextField> fields_ = parse_text_fields("title:2,categories:0.3:labels");
  TextOptions options_;
  std::vector<Texts> items_;
  TextFeatures trained_;
  std::filesystem::path file_ = folder_ / "text_feat.recipe";
};

TEST_F(Recipes, TextsGiveTheFeaturesThatTheyHadInTraining) {
  train();
  ASSERT_EQ(trained_.rows.cols(), kWidth);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const std::vector<float> row = made(items_[i]);
    const auto before = trained_.rows.view().row_span(static_cast<Index>(i));
    if (std::isnan(before[0])) {
      EXPECT_THAT(row, IsEmpty()) << i;
      continue;
    }
    ASSERT_EQ(row.size(), before.size());
    for (std::size_t c = 0; c < row.size(); ++c) EXPECT_NEAR(row[c], before[c], 2e-6) << i << ' ' << c;
  }
  EXPECT_THAT(made({"unheard", ""}), IsEmpty()) << "a term of one item is none";
}

TEST_F(Recipes, WhatTrainingHasNotSeenChangesNothing) {
  train();
  const auto row = made({"red shoe", "Shoes"});
  EXPECT_EQ(made({"red zeppelin SHOE the a", "shoes|Zeppelins"}), row);
  EXPECT_NE(made({"red shoe", ""}), row) << "categories count";
  EXPECT_NE(made({"red red shoe", "Shoes"}), row) << "how often a word comes counts";
  EXPECT_THAT(made({"zeppelin", "the"}), IsEmpty());
  const files::Safetensors recipe(file_);
  const std::vector<std::string_view> one{"red"};
  EXPECT_THROW(TextMaker(recipe).make(one), InvalidArgument);
}

TEST_F(Recipes, SayWhatTheyAreAndOfWhichFeatures) {
  train();
  const files::Safetensors recipe(file_);
  EXPECT_EQ(kind_of(recipe), RecipeKind::texts);
  EXPECT_EQ(recipe.metadata().at(std::string(files::kRecipeFeatures)), "hash");
  EXPECT_EQ(TextMaker(recipe).width(), kWidth);
  EXPECT_EQ(TextMaker(recipe).fields()[1].weight, 0.3);
}

TEST_F(Recipes, DamageIsSaid) {
  train();
  EXPECT_THAT(refusal("monet-recipe", "other-recipe"), HasSubstr("no recipe of features"));
  train();
  EXPECT_THAT(refusal(R"("version":"1")", R"("version":"7")"), HasSubstr("version 7"));
  train();
  EXPECT_THAT(refusal(R"("kind":"texts")", R"("kind":"tunes")"), HasSubstr("tunes"));
  train();
  EXPECT_THAT(refusal("title:2", "title:?"), HasSubstr("title:?"));
  train();
  EXPECT_THAT(refusal("blue\nboot", "blue boot"), HasSubstr("damaged"));
}

TEST_F(Recipes, PicturesAreDescribedAsBefore) {
  BuiltinDescriber describer;
  write_recipe(file_, describer, "hash");
  const files::Safetensors recipe(file_);
  ASSERT_EQ(kind_of(recipe), RecipeKind::picture);
  ASSERT_FALSE(needs_network(recipe));
  PictureMaker maker(recipe, {});
  std::vector<float> before(static_cast<std::size_t>(describer.width()));
  describer.describe(test::gradient(40, 30), 0, before);
  EXPECT_THAT(maker.make(test::encode_png(test::gradient(40, 30))), ElementsAreArray(before));
  const std::string text = "no picture";
  EXPECT_THROW(maker.make(std::as_bytes(std::span(text))), DataError);
  EXPECT_THROW(maker.make(test::encode_png(test::gradient(40, 30)), {100}), DataError) << "more pixels";
}

TEST_F(Recipes, ANetworkIsRunAsItWasAndNoOtherOne) {
  if (!has_onnx()) GTEST_SKIP() << "built without ONNX (OpenCV's DNN module)";
  OnnxOptions options;
  options.file = means_network();
  options.size = 8;
  options.range = {{10.1F, 20.2F, 30.3F}, {0.5F, 1.0F / 3.0F, 0.125F}};
  const auto describer = onnx_describer(options, 1);
  write_recipe(file_, *describer, "hash");
  const files::Safetensors recipe(file_);
  ASSERT_TRUE(needs_network(recipe));
  EXPECT_EQ(network_of(recipe), "means.onnx");
  std::vector<float> before(static_cast<std::size_t>(describer->width()));
  describer->describe(test::gradient(40, 30), 0, before);
  EXPECT_THAT(PictureMaker(recipe, means_network()).make(test::encode_png(test::gradient(40, 30))),
              ElementsAreArray(before));
  std::string other;
  for (const auto& entry : std::filesystem::directory_iterator(means_network().parent_path())) {
    if (entry.path().extension() == ".onnx" && entry.path() != means_network()) other = entry.path();
  }
  EXPECT_THAT(test::message_of<DataError>([&] { PictureMaker(recipe, other); }), HasSubstr("means.onnx"));
  EXPECT_THROW(PictureMaker(recipe, folder_ / "none.onnx"), IoError);
}

}  // namespace
}  // namespace monet::features
