#include "monet/synth/raw_shop.h"
#include "monet/core/error.h"
#include "monet/input/file_lines.h"
#include "monet/input/table_reader.h"
#include "monet/synth/catalogue.h"
#include "monet/synth/interactions.h"
#include "monet/synth/picture.h"
#include "monet/synth/texts.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace monet::test::raw_shop_test {
namespace {

using synth::Attribute;
using synth::Attributes;
using synth::GeneratorOptions;
using ::testing::HasSubstr;
using ::testing::Not;

GeneratorOptions small() {
  GeneratorOptions options;
  options.num_users = 50;
  options.num_items = 40;
  options.num_interactions = 400;
  return options;
}

/// Every file below a folder, by name.
std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out[entry.path().lexically_relative(folder).string()] = read_text(entry.path());
  }
  return out;
}

std::vector<std::uint8_t> decode_png(const std::string& file, int& width) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) throw std::runtime_error(image.message);
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) == 0) throw std::runtime_error(image.message);
  width = static_cast<int>(image.width);
  return pixels;
}

/// Mean absolute difference of two pictures, in levels of 0 to 255.
double difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += std::abs(int{a[k]} - int{b[k]});
  return sum / static_cast<double>(a.size());
}

class RawShop : public TemporaryFolder {};

TEST_F(RawShop, TablesAreReadByOurOwnReader) {
  ThreadPool pool(1);
  synth::RawShopOptions raw;
  raw.pictures = false;
  synth::write_raw_shop(folder_ / "shop", small(), raw, pool);
  input::BadLines strict(false);
  input::FileLines interactions(folder_ / "shop/interactions.csv");
  input::TableReader events(interactions.lines, '\0', true);
  EXPECT_EQ(events.header(), (std::vector<std::string>{"user", "item", "rating", "timestamp"}));
  std::set<std::pair<std::string, std::string>> pairs;
  std::map<std::string, long> last;
  while (events.next(strict)) {
    EXPECT_TRUE(pairs.emplace(events.field(0), events.field(1)).second);
    const long time = std::stol(std::string(events.field(3)));
    EXPECT_GT(time, last[std::string(events.field(0))]);
    last[std::string(events.field(0))] = time;
  }
  EXPECT_EQ(pairs.size(), 400U);
  EXPECT_EQ(last.size(), 50U);

  input::FileLines catalogue(folder_ / "shop/catalogue.csv");
  input::TableReader items(catalogue.lines, '\0', true);
  EXPECT_EQ(items.header(),
            (std::vector<std::string>{"id", "title", "description", "categories", "brand", "price", "image"}));
  std::set<std::string> ids;
  while (items.next(strict)) {
    ids.emplace(items.field(0));
    EXPECT_THAT(std::string(items.field(3)), HasSubstr("|"));
    EXPECT_GT(items.field(2).size(), 50U);
    EXPECT_EQ(items.field(6), "");
  }
  EXPECT_EQ(ids.size(), 40U);
}

TEST_F(RawShop, BytesDependOnNeitherThreadsNorFolder) {
  ThreadPool one(1);
  ThreadPool three(3);
  synth::RawShopOptions raw;
  raw.picture_size = 16;
  GeneratorOptions options = small();
  options.num_items = 260;  // more than a block of pictures
  synth::write_raw_shop(folder_ / "a", options, raw, one);
  synth::write_raw_shop(folder_ / "elsewhere", options, raw, three);
  const auto a = contents(folder_ / "a");
  EXPECT_EQ(a.size(), 263U);
  EXPECT_TRUE(a == contents(folder_ / "elsewhere"));
  options.seed = 8;
  options.num_items = 40;
  raw.force = true;
  synth::write_raw_shop(folder_ / "elsewhere", options, raw, three);
  const auto other = contents(folder_ / "elsewhere");
  EXPECT_FALSE(a.at("interactions.csv") == other.at("interactions.csv"));
  EXPECT_FALSE(a.at("pictures/item-0.png") == other.at("pictures/item-0.png"));
}

TEST_F(RawShop, ForceReplacesItsPicturesAndNobodyElses) {
  ThreadPool pool(1);
  synth::RawShopOptions raw;
  raw.picture_size = 8;
  raw.force = true;
  const auto shop = folder_ / "shop";
  synth::write_raw_shop(shop, small(), raw, pool);
  synth::write_raw_shop(shop, small(), raw, pool);
  for (const char* name : {"pictures/cat.png", "pictures/item-40.png", "pictures/item-1.jpg", "holiday/sea.jpg"}) {
    write_text(shop / name, "precious");
    EXPECT_THAT(message_of<InvalidArgument>([&] { synth::write_raw_shop(shop, small(), raw, pool); }),
                HasSubstr(std::string(name).starts_with("holiday") ? "holds holiday/" : name));
    EXPECT_EQ(read_text(shop / name), "precious");
    std::filesystem::remove(shop / name);
  }
  std::filesystem::remove(shop / "holiday");
  std::filesystem::remove(shop / "synth.json");  // as earlier versions left it
  synth::write_raw_shop(shop, small(), raw, pool);
}

TEST_F(RawShop, WhatEndsTheWritingLeavesNothing) {
  ThreadPool pool(1);
  const auto stop = [](std::string_view what, Index, Index) {
    if (what == "pictures") fail<InvalidArgument>("stop");
  };
  EXPECT_THROW(synth::write_raw_shop(folder_ / "shop", small(), {}, pool, stop), InvalidArgument);
  EXPECT_EQ(entries(), 0U);
  synth::RawShopOptions raw;
  raw.picture_size = 4;
  EXPECT_THROW(synth::write_raw_shop(folder_ / "shop", small(), raw, pool), InvalidArgument);
}

TEST(Picture, IsAPngThatShowsCategoryColourAndPattern) {
  constexpr int kSize = 48;
  const Attributes red_plain_mug = {11, 0, 0, 0};
  const auto draw = [&](Attributes attributes) { return synth::draw_picture(attributes, 7, 3, kSize); };
  const auto mug = draw(red_plain_mug);
  int width = 0;
  EXPECT_TRUE(decode_png(synth::encode_png(mug, kSize), width) == mug);
  EXPECT_EQ(width, kSize);

  const auto changed = [&](Attribute attribute, std::uint8_t value) {
    Attributes other = red_plain_mug;
    other[static_cast<std::size_t>(attribute)] = value;
    return difference(mug, draw(other));
  };
  EXPECT_EQ(changed(Attribute::style, 3), 0.0) << "pictures do not show styles";
  EXPECT_GT(changed(Attribute::category, 2), 10.0);
  EXPECT_GT(changed(Attribute::colour, 1), 10.0);
  for (std::uint8_t pattern = 1; pattern < synth::num_values(Attribute::pattern); ++pattern) {
    EXPECT_GT(changed(Attribute::pattern, pattern), 3.0) << synth::word(Attribute::pattern, pattern);
  }
  EXPECT_GT(difference(mug, synth::draw_picture(red_plain_mug, 7, 4, kSize)), 1.0) << "no two items look the same";
}

TEST(Picture, TheMiddleOfAPlainItemHasItsColour) {
  const auto cushion = synth::draw_picture({13, 1, 0, 0}, 7, 0, 96);  // blue
  const std::uint8_t* pixel = cushion.data() + 3 * (36 * 96 + 40);    // beside the button
  EXPECT_GT(pixel[2], pixel[0] + 60);
}

TEST(Texts, TellCategoryAndStyleButNeitherColourNorAlwaysThePattern) {
  int patterns = 0;
  std::set<std::string> descriptions;
  for (std::size_t item = 0; item < 300; ++item) {
    const auto text = synth::write_text({10, 3, 5, 5}, 7, item);  // black zigzag rugged backpack
    EXPECT_EQ(text.categories, "Travel|Bags|Backpacks");
    EXPECT_THAT(text.brand, ::testing::AnyOf("Ridgeback", "Northfell", "Ironwood"));
    EXPECT_THAT(text.title, HasSubstr(text.brand));
    EXPECT_THAT(text.title + text.description, Not(HasSubstr("black")));
    EXPECT_GT(std::stod(text.price), 0.0);
    if (text.description.find("zigzag") != std::string::npos) ++patterns;
    descriptions.insert(text.description);
  }
  EXPECT_NEAR(patterns, 100, 41) << "a third of the items, within five standard deviations";
  EXPECT_GT(descriptions.size(), 270U);
}

TEST(Signal, IsTheShareOfWhatIsTrue) {
  GeneratorOptions options;
  options.num_items = 2000;
  options.image_signal = 0.6;
  const auto catalogue = synth::generate_catalogue(options);
  const auto share_true = [&](synth::Channel channel) {
    int same = 0;
    for (std::size_t i = 0; i < 2000; ++i) {
      if (synth::shown(catalogue, options, i, channel)[1] == catalogue.attributes[i][1]) ++same;
    }
    return same / 2000.0;
  };
  EXPECT_NEAR(share_true(synth::Channel::picture), 0.64, 0.06);  // 0.6, and a tenth of the rest by chance
  EXPECT_EQ(share_true(synth::Channel::text), 1.0);
}

TEST(ColdItems, AreTouchedByNobody) {
  GeneratorOptions options = small();
  options.cold_items = 0.25;
  options.num_interactions = 700;  // nearly half of what is left: the hardest to fill
  const auto catalogue = synth::generate_catalogue(options);
  EXPECT_EQ(std::count(catalogue.popularity.begin(), catalogue.popularity.end(), 0.0), 10);
  const auto drawn = synth::generate_interactions(options, catalogue);
  EXPECT_EQ(drawn.items.size(), 700U);
  for (const std::int32_t item : drawn.items) EXPECT_GT(catalogue.popularity[static_cast<std::size_t>(item)], 0.0);
  options.num_interactions = 760;  // 50 users × 15
  EXPECT_THROW(synth::check(options), InvalidArgument);
}

/// How often two items of a user are of one category; `later`: of the second half of their choices, with one of the
/// first half.
double same_category(const GeneratorOptions& options, bool later) {
  const auto catalogue = synth::generate_catalogue(options);
  double same = 0.0;
  double pairs = 0.0;
  synth::for_each_user(options, catalogue, [&](std::int32_t, std::span<const std::int32_t> items) {
    const std::size_t half = items.size() / 2;
    for (std::size_t a = 0; a < half; ++a) {
      for (std::size_t b = later ? half : a + 1; b < (later ? items.size() : half); ++b) {
        const auto category = [&](std::int32_t item) {
          return catalogue.value(static_cast<std::size_t>(item), Attribute::category);
        };
        same += category(items[a]) == category(items[b]) ? 1.0 : 0.0;
        pairs += 1.0;
      }
    }
  });
  return same / pairs;
}

TEST(Behaviour, DriftSeparatesLateChoicesFromEarlyOnes) {
  GeneratorOptions options;
  options.num_users = 400;
  options.num_interactions = 12000;
  const double steady = same_category(options, true);
  options.drift = 1.0;
  EXPECT_LT(same_category(options, true), 0.8 * steady);
  EXPECT_GT(same_category(options, false), same_category(options, true));
}

TEST(Behaviour, OffTasteChoicesFollowPopularityAlone) {
  GeneratorOptions options;
  options.num_users = 400;
  options.num_interactions = 12000;
  const double with_taste = same_category(options, false);
  options.off_taste = 1.0;
  const double without = same_category(options, false);
  EXPECT_GT(with_taste, 0.25);
  EXPECT_LT(without, 0.12) << "14 categories by chance";
}

}  // namespace
}  // namespace monet::test::raw_shop_test
