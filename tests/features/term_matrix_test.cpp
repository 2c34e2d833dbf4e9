#include "monet/features/text/term_matrix.h"
#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace monet::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = TextField::Kind;

TermMatrix count(const std::vector<TextField>& fields, const TermOptions& options,
                 const std::vector<std::vector<std::string_view>>& items) {
  TermCounter counter(fields, options);
  for (const auto& texts : items) counter.add(texts);
  return std::move(counter).finish();
}

std::map<std::string, double> row(const TermMatrix& matrix, Index r) {
  std::map<std::string, double> out;
  const auto begin = static_cast<std::size_t>(matrix.pattern.indptr()[static_cast<std::size_t>(r)]);
  const auto columns = matrix.pattern.row(r);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    out[matrix.terms[static_cast<std::size_t>(columns[k])]] = static_cast<double>(matrix.weights[begin + k]);
  }
  return out;
}

TermOptions everything() {
  TermOptions options;
  options.min_items = 1;
  options.max_share = 1.0;
  return options;
}

TEST(TermMatrix, WeightsAreTheFormulas) {
  const TermMatrix matrix = count({{"title", 2.0, Kind::words}, {"text", 1.0, Kind::words}}, everything(),
                                  {{"red shoe", "red red shoe"}, {"shoe", "blue"}, {"", ""}});
  EXPECT_THAT(matrix.terms, ElementsAre("blue", "red", "shoe"));
  EXPECT_EQ(matrix.empty_items, 1);
  const double idf_red = std::log(3.0 / 2.0) + 1.0, idf_shoe = std::log(3.0 / 3.0) + 1.0;
  const double red = (2.0 + 1.0 + std::log(2.0)) * idf_red;
  const double shoe = (2.0 + 1.0) * idf_shoe;
  const double length = std::hypot(red, shoe);
  const auto first = row(matrix, 0);
  EXPECT_NEAR(first.at("red"), red / length, 1e-6);
  EXPECT_NEAR(first.at("shoe"), shoe / length, 1e-6);
  EXPECT_EQ(first.size(), 2U);
  EXPECT_TRUE(row(matrix, 2).empty());
}

TEST(TermMatrix, RareAndCommonTermsAreLeftOut) {
  TermOptions options;
  options.min_items = 2;
  options.max_share = 0.75;
  const TermMatrix matrix =
      count({{"title", 1.0, Kind::words}}, options, {{"the red shoe"}, {"the red hat"}, {"the blue hat"}, {"the"}});
  EXPECT_THAT(matrix.terms, ElementsAre("hat", "red"));
  EXPECT_EQ(matrix.empty_items, 1);
}

TEST(TermMatrix, OfTooManyTermsThoseOfMostItemsStay) {
  TermOptions options = everything();
  options.max_terms = 2;
  const TermMatrix matrix = count({{"title", 1.0, Kind::words}}, options, {{"a z c"}, {"z c"}, {"z b"}});
  EXPECT_THAT(matrix.terms, ElementsAre("c", "z"));
}

TEST(TermMatrix, LabelsBelongToTheirField) {
  const TermMatrix matrix = count({{"title", 1.0, Kind::words}, {"genre", 1.0, Kind::labels}}, everything(),
                                  {{"Action", "Action|Sci-Fi"}, {"", " action > Road Movies;"}});
  EXPECT_THAT(matrix.terms, ElementsAre("action", "genre:action", "genre:road movies", "genre:sci-fi"));
}

TEST(TermMatrix, StopWordsAreFoldedToo) {
  TermOptions options = everything();
  options.stop_words = {"THE"};
  EXPECT_THAT(count({{"title", 1.0, Kind::words}}, options, {{"The shoe"}}).terms, ElementsAre("shoe"));
}

TEST(TermMatrix, RefusesWhatCannotBe) {
  EXPECT_THROW(TermCounter({}, {}), InvalidArgument);
  EXPECT_THROW(TermCounter({{"title", 0.0, Kind::words}}, {}), InvalidArgument);
  TermOptions options;
  options.max_share = 1.5;
  EXPECT_THROW(TermCounter({{"title", 1.0, Kind::words}}, options), InvalidArgument);
  TermCounter counter({{"title", 1.0, Kind::words}}, {});
  const std::vector<std::string_view> two = {"a", "b"};
  EXPECT_THROW(counter.add(two), InvalidArgument);
}

}  // namespace
}  // namespace monet::features
