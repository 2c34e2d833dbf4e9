// What `monet prepare` makes of a catalogue's texts and pictures.
#include "monet/core/files/npy.h"
#include "monet/data/load.h"
#include "monet/features/onnx/onnx.h"
#include "tests/cli/scratch.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/features/pictures.h"

#include <nlohmann/json.hpp>

namespace monet::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PrepareFeatures : public Scratch {
 protected:
  void SetUp() override {
    std::string interactions = "user,item\n";
    for (int user = 0; user < 6; ++user) {
      for (int item = 0; item < 4; ++item)
        interactions += "u" + std::to_string(user) + ",i" + std::to_string(item) + "\n";
    }
    write_text(folder_ / "shop/clicks.csv", interactions);
    write_text(folder_ / "shop/items.csv",
               "item_id,title,categories,image\ni0,red shoe,shoes,pictures/0.png\ni1,red boot,shoes,pictures/1.png\n"
               "i2,steel knife,kitchen,http://example.org/x/2.png\ni3,,,\n");
    for (int k = 0; k < 3; ++k) write_picture("shop/pictures/" + std::to_string(k) + ".png", 20 + k);
  }
  void write_picture(const std::string& name, Index width) {
    const Bytes bytes = encode_png(gradient(width, 10));
    write_text(folder_ / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  Outcome prepare(std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "prepare", path_of("shop/clicks.csv"), "--catalogue", path_of("shop/items.csv"), "--out", path_of("out"),
        "--force"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  bool has(const std::string& file) const { return std::filesystem::exists(folder_ / "out" / file); }
};

TEST_F(PrepareFeatures, TextsAndLocalPicturesAreUsedUnlessToldOtherwise) {
  const Outcome outcome = prepare({});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("features text: 1 wide, 2 of 4 items"));
  EXPECT_THAT(outcome.out, HasSubstr("features image: 668 wide, 2 of 4 items"));
  const auto told = nlohmann::json::parse(read_text(folder_ / "out/prepare.json"));
  EXPECT_THAT(told.dump(), HasSubstr("title:1,description:1,categories:1:labels,brand:1:labels"));
  const auto first = snapshot(path_of("out"));
  expect_done(prepare({"--threads", "3"}));
  EXPECT_TRUE(snapshot(path_of("out")) == first) << "the same bytes, whatever the threads";
  expect_done(run({"info", path_of("out")}));
}

TEST_F(PrepareFeatures, HowTheyWereMadeLiesBesideThem) {
  expect_done(prepare({}));
  data::Dataset dataset = data::load(folder_ / "out");
  ASSERT_EQ(dataset.modalities.size(), 2U);
  for (const data::Modality& modality : dataset.modalities) {
    EXPECT_EQ(modality.recipe, read_text(folder_ / "out" / (modality.name + "_feat.recipe")));
    EXPECT_FALSE(modality.recipe.empty());
  }
  const auto told = nlohmann::json::parse(read_text(folder_ / "out/prepare.json")).dump();
  EXPECT_THAT(told, HasSubstr("text_feat.recipe"));
  // Features of one's own in the place of those that were made.
  files::write_npy(folder_ / "out/text_feat.npy", Matrix<float>::zeros(4, 1));
  dataset = data::load(folder_ / "out");
  EXPECT_EQ(dataset.modalities[1].recipe, "");
  EXPECT_THAT(dataset.notes.lines, ::testing::Contains(HasSubstr("text_feat.recipe is left: it is of other features")));
  write_text(folder_ / "out/image_feat.recipe", "damaged");
  dataset = data::load(folder_ / "out");
  EXPECT_EQ(dataset.modalities[0].recipe, "");
  EXPECT_THAT(dataset.notes.lines, ::testing::Contains(HasSubstr("image_feat.recipe is left")));
}

TEST_F(PrepareFeatures, OffIsOff) {
  expect_done(prepare({"--text-features", "off", "--image-features", "off"}));
  EXPECT_FALSE(has("text_feat.npy"));
  EXPECT_FALSE(has("image_feat.npy"));
}

TEST_F(PrepareFeatures, PicturesAreFoundInAFolderByNameAndById) {
  write_picture("pictures/2.png", 30);   // the last part of a URL
  write_picture("pictures/i3.png", 40);  // an id
  write_text(folder_ / "pictures/0.png", "no picture");
  const Outcome outcome = prepare({"--image-dir", path_of("pictures")});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("features image: 668 wide, 2 of 4 items"));
  EXPECT_THAT(outcome.err, HasSubstr("0.png: neither PNG, JPEG nor WebP; left out"));
}

TEST_F(PrepareFeatures, WhatIsAskedForAndCannotBeIsRefused) {
  std::filesystem::create_directory(folder_ / "empty");
  expect_refused(prepare({"--image-dir", path_of("empty")}), {"empty", "--image-dir"});
  EXPECT_FALSE(has("prepare.json"));
  expect_refused(prepare({"--text-fields", "colour"}), {"colour", "title"});
  expect_refused(prepare({"--onnx", path_of("none.onnx")}), {"none.onnx"});
  expect_refused(prepare({"--text-stop-words", path_of("none.txt")}), {"none.txt"});
}

TEST_F(PrepareFeatures, ANetworkIsAChoice) {
  const std::string network = MONET_SOURCE_DIR "/tests/features/networks/means_of_any.onnx";
  const std::vector<std::string> options = {"--onnx", network, "--onnx-preset", "minus1to1", "--onnx-mean", "0,0,255"};
  if (!features::has_onnx()) {
    expect_refused(prepare(options), {"built without ONNX", "libopencv-dnn-dev"});
    return;
  }
  const Outcome outcome = prepare(options);
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("features image: 2 wide, 2 of 4 items"));
  const auto told = nlohmann::json::parse(read_text(folder_ / "out/prepare.json")).dump();
  for (const char* choice : {R"("kind":"ONNX")", R"("network":"means_of_any.onnx")", R"("size":"224 x 224")",
                             R"("mean":"0,0,255")", R"("scale":"0.007843138,0.007843138,0.007843138")"}) {
    EXPECT_THAT(told, HasSubstr(choice));
  }
  const auto first = snapshot(path_of("out"));
  std::vector<std::string> threads = options;
  threads.insert(threads.end(), {"--threads", "3"});
  expect_done(prepare(threads));
  EXPECT_TRUE(snapshot(path_of("out")) == first) << "the same bytes, whatever the threads";
}

TEST_F(PrepareFeatures, OptionsThatDoNotGoTogetherAreAUsageError) {
  expect_usage_error(prepare({"--onnx-output", "x"}), {"--onnx"});
  expect_usage_error(prepare({"--onnx-preset", "clip"}), {"--onnx"});
  expect_usage_error(prepare({"--onnx-preset", "imagnet"}), {"--onnx-preset", "imagenet", "minus1to1", "clip"});
  expect_usage_error(prepare({"--image-features", "off", "--image-dir", path_of("shop")}), {"--image-dir"});
  expect_usage_error(prepare({"--text-fields", "title:x"}), {"--text-fields", "title:x"});
  expect_usage_error(prepare({"--text-features", "maybe"}), {"on", "off"});
  expect_usage_error(prepare({"--onnx-mean", "1,2"}), {"--onnx-mean", "R,G,B"});
}

TEST_F(PrepareFeatures, FieldsAndWidthAreAChoice) {
  const Outcome outcome = prepare({"--text-fields", "title:2", "--text-dim", "1"});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("features text: 1 wide, 2 of 4 items"));
  EXPECT_THAT(read_text(folder_ / "out/prepare.json"), HasSubstr("title:2"));
}

}  // namespace
}  // namespace monet::test
