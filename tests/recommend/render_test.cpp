#include "monet/recommend/render.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace monet::recommend {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const Source kMonet{"monet", scoring::ScoreKind::target_aware, true};

Recommendations example() {
  Explanation why{{0.25, 0.5}, {0.25, 0.5}, {{"i1", "One", 0.75}}, {{"image", {0.5, 1.0}}}, {}};
  return {"u\t1", 1234, false, {{"i2", "Two", 0.1F, why}, {"i\\3", "", -2.0F, std::nullopt}}};
}

TEST(Render, TsvKeepsFieldsInTheirColumns) {
  EXPECT_EQ(render(example(), kMonet, Format::tsv), "u\\t1\t1\ti2\t0.1\nu\\t1\t2\ti\\\\3\t-2\n");
  Recommendations someone = example();
  someone.user.reset();
  EXPECT_THAT(render(someone, kMonet, Format::tsv), ::testing::StartsWith("new\t1\ti2"));
  const SimilarItems similar{"a", "A", "fused", {{"b", "", 0.5F, std::nullopt}}};
  EXPECT_EQ(render(similar, kMonet, Format::tsv), "a\t1\tb\t0.5\n");
}

TEST(Render, JsonLinesHoldEverything) {
  const std::string line = render(example(), kMonet, Format::jsonl);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const json object = json::parse(line);
  EXPECT_EQ(object.at("user"), "u\t1");
  EXPECT_EQ(object.at("history"), 1234);
  EXPECT_TRUE(object.at("fallback").is_null());
  EXPECT_EQ(object.at("items")[0].at("score"), 0.1) << "the shortest decimal, not 0.10000000149";
  EXPECT_EQ(object.at("items")[0].at("explanation").at("because")[0].at("title"), "One");
  EXPECT_EQ(object.at("items")[0].at("explanation").at("modalities").at("image").at("share"), 1.0);
  EXPECT_FALSE(object.at("items")[1].contains("title"));
  EXPECT_FALSE(object.at("items")[1].contains("explanation"));
  const json similar =
      json::parse(render(SimilarItems{"a", "A", "image", {{"b", "", 0.5F, {}}}}, kMonet, Format::jsonl));
  EXPECT_EQ(similar,
            json::parse(R"({"item":"a","title":"A","by":"image","items":[{"rank":1,"item":"b","score":0.5}]})"));
}

TEST(Render, ATableIsReadable) {
  EXPECT_EQ(render(example(), kMonet, Format::table),
            "user u 1 (1,234 past items)\n"
            "  rank  item    score  title\n"
            "     1  i2     0.1000  Two\n"
            "        because of i1 “One” (75 %)\n"
            "        score: general 50 %, target-oriented 50 %; by modality: image 100 %\n"
            "     2  i\\3   -2.0000\n\n");
  Recommendations popular{std::nullopt, 0, true, {{"i2", "", 12.0F, std::nullopt}}};
  EXPECT_EQ(render(popular, {"monet", scoring::ScoreKind::dot, false}, Format::table),
            "user new (no past items, so by popularity)\n"
            "  rank  item  interactions\n"
            "     1  i2              12\n\n");
}

TEST(Render, ATableSaysWhatAModelCannotExplain) {
  Recommendations result = example();
  result.items[0].explanation = Explanation{};
  EXPECT_THAT(render(result, {"mf", scoring::ScoreKind::dot, true}, Format::table),
              HasSubstr("mf does not score by past items or modalities"));
  EXPECT_THAT(render(result, {"itemknn", scoring::ScoreKind::item_similarity, true}, Format::table),
              HasSubstr("similar to no past item"));
}

TEST(Render, SimilarItemsAsATable) {
  EXPECT_EQ(render(SimilarItems{"a", "Apple", "fused", {{"b", "Pear", 0.51234F, {}}}}, kMonet, Format::table),
            "item a “Apple”\n"
            "  rank  item  similarity  title\n"
            "     1  b         0.5123  Pear\n\n");
  EXPECT_EQ(render(SimilarItems{"a", "", "image", {}}, kMonet, Format::table),
            "item a: nothing is similar to it by image\n\n");
}

}  // namespace
}  // namespace monet::recommend
