#include "monet/eval/histogram.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>

namespace monet::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Histogram, EdgesSpanAllSetsAndEveryNumberIsCountedOnce) {
  const std::vector<double> a = {0.0, NAN, 0.25, 0.5};
  const std::vector<double> b = {1.0, 0.75, 0.999};
  const std::array<std::span<const double>, 2> sets = {a, b};
  const std::vector<double> edges = even_edges(sets, 4);
  EXPECT_THAT(edges, ElementsAre(0.0, 0.25, 0.5, 0.75, 1.0));
  EXPECT_THAT(counts(a, edges), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(counts(b, edges), ElementsAre(0, 0, 0, 3));  // the end belongs to the last bin
}

TEST(Histogram, OneNumberAndNone) {
  const std::vector<double> one = {2.0, 2.0};
  const std::vector<double> none = {NAN};
  const std::array<std::span<const double>, 1> single = {one};
  const std::array<std::span<const double>, 1> nothing = {none};
  EXPECT_THAT(even_edges(single, 2), ElementsAre(DoubleEq(1.5), DoubleEq(2.0), DoubleEq(2.5)));
  EXPECT_THAT(counts(one, even_edges(single, 2)), ElementsAre(0, 2));
  EXPECT_THAT(even_edges(nothing, 2), IsEmpty());
  EXPECT_THAT(counts(one, even_edges(nothing, 2)), IsEmpty());
}

TEST(Histogram, WhatLiesOutsideIsNotCounted) {
  const std::vector<double> edges = {0.0, 1.0, 2.0};
  const std::vector<double> values = {-0.1, 0.5, 2.1, 2.0};
  EXPECT_THAT(counts(values, edges), ElementsAre(1, 1));
}

}  // namespace
}  // namespace monet::eval
