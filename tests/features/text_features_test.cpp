#include "monet/features/text/text_features.h"
#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

namespace monet::features {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TextFeatures features_of(const std::vector<std::string>& texts, Index width) {
  TextOptions options;
  options.terms.max_share = 1.0;
  options.svd.width = width;
  TermCounter counter(parse_text_fields("title"), options.terms);
  for (const std::string& text : texts) {
    const std::vector<std::string_view> item = {text};
    counter.add(item);
  }
  ThreadPool pool(2);
  return text_features(pool, std::move(counter).finish(), options);
}

double cosine(const Matrix<float>& rows, Index a, Index b) {
  double sum = 0.0;
  for (Index c = 0; c < rows.cols(); ++c) sum += static_cast<double>(rows(a, c)) * static_cast<double>(rows(b, c));
  return sum;
}

TEST(TextFeatures, ItemsOfOneTopicAreNearAndOthersFar) {
  const TextFeatures out = features_of(
      {"red running shoe", "shoe for running", "red shoe", "steel kitchen knife", "kitchen knife of steel", "knife"},
      2);
  ASSERT_EQ(out.rows.cols(), 2);
  EXPECT_GT(cosine(out.rows, 0, 1), 0.95);
  EXPECT_GT(cosine(out.rows, 3, 4), 0.95);
  EXPECT_LT(std::abs(cosine(out.rows, 0, 3)), 0.05);
  for (Index r = 0; r < 6; ++r) EXPECT_NEAR(cosine(out.rows, r, r), 1.0, 1e-5);
  EXPECT_GT(out.kept, 0.5);
  EXPECT_LT(out.kept, 1.0);
}

TEST(TextFeatures, ItemsWithoutTermsAreMissingRows) {
  const TextFeatures out = features_of({"red shoe", "", "red shoe", "unique", "!!"}, 8);
  EXPECT_EQ(out.missing, 3);
  for (const Index r : {1, 3, 4}) {
    for (Index c = 0; c < out.rows.cols(); ++c) EXPECT_TRUE(std::isnan(out.rows(r, c)));
  }
  EXPECT_EQ(out.rows.cols(), 1) << "the width is the rank where that is less than asked for";
  EXPECT_NEAR(out.rows(0, 0), 1.0, 1e-6);
}

TEST(TextFeatures, AnItemOfAnotherTopicThanTheDirectionsIsMissing) {
  const TextFeatures out = features_of({"red shoe", "red shoe", "red shoe", "steel knife", "steel knife"}, 1);
  EXPECT_EQ(out.missing, 2) << "one direction, and it is the shoes'";
  EXPECT_TRUE(std::isnan(out.rows(3, 0)));
}

TEST(TextFeatures, NothingInCommonIsRefused) {
  EXPECT_THAT(
      [] {
        features_of({"red", "blue", ""}, 4);
      },
      ThrowsMessage<DataError>(HasSubstr("none of 3 items has a term that is in 2 items or more")));
}

TEST(TextFeatures, FieldsAreParsed) {
  const auto fields = parse_text_fields("title:2,text,genre:0.5:labels,brand:labels");
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[0].name, "title");
  EXPECT_EQ(fields[0].weight, 2.0);
  EXPECT_EQ(fields[1].weight, 1.0);
  EXPECT_EQ(fields[1].kind, TextField::Kind::words);
  EXPECT_EQ(fields[2].weight, 0.5);
  EXPECT_EQ(fields[2].kind, TextField::Kind::labels);
  EXPECT_EQ(fields[3].kind, TextField::Kind::labels);
  for (const char* wrong : {"", ",", "title:x", "title:-1", "title:0", "title:nan", ":2", "title:1:words"}) {
    EXPECT_THROW(parse_text_fields(wrong), InvalidArgument) << wrong;
  }
}

}  // namespace
}  // namespace monet::features
