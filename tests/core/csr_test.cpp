#include "monet/core/csr.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>
#include <vector>

namespace monet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;
using Pair = std::pair<std::int32_t, std::int32_t>;

TEST(Csr, DefaultIsEmpty) {
  const Csr csr;
  EXPECT_EQ(csr.rows(), 0);
  EXPECT_EQ(csr.nnz(), 0);
}

TEST(Csr, FromPairsSortsMergesAndCountsDuplicates) {
  const std::vector<Pair> pairs{{2, 1}, {0, 3}, {2, 0}, {0, 3}, {2, 1}, {2, 1}};
  Index duplicates = -1;
  const Csr csr = Csr::from_pairs(4, 5, pairs, &duplicates);
  EXPECT_EQ(csr.rows(), 4);
  EXPECT_EQ(csr.cols(), 5);
  EXPECT_EQ(csr.nnz(), 3);
  EXPECT_EQ(duplicates, 3);
  EXPECT_THAT(csr.indptr(), ElementsAre(0, 1, 1, 3, 3));
  EXPECT_THAT(csr.indices(), ElementsAre(3, 0, 1));
  EXPECT_THAT(csr.row(1), IsEmpty());
  EXPECT_THAT(csr.row(2), ElementsAre(0, 1));
  EXPECT_EQ(csr.degree(2), 2);
}

TEST(Csr, FromPairsRefusesPairsOutsideTheShape) {
  for (const Pair& wrong : {Pair{-1, 0}, Pair{2, 0}, Pair{0, -1}, Pair{0, 3}}) {
    EXPECT_THROW(Csr::from_pairs(2, 3, std::vector<Pair>{{0, 0}, wrong}), InvalidArgument)
        << wrong.first << "," << wrong.second;
  }
  EXPECT_THAT(
      [] {
        Csr::from_pairs(2, 3, std::vector<Pair>{{1, 7}});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("pair (1, 7) is outside 2 x 3")));
}

TEST(Csr, ConstructorRefusesWhatIsNotAPattern) {
  EXPECT_NO_THROW(Csr(2, 3, {0, 2, 3}, {0, 2, 1}));
  EXPECT_THROW(Csr(2, 3, {0, 2}, {0, 2}), InvalidArgument) << "too few offsets";
  EXPECT_THROW(Csr(2, 3, {1, 2, 3}, {0, 2, 1}), InvalidArgument) << "does not start at 0";
  EXPECT_THROW(Csr(2, 3, {0, 2, 4}, {0, 2, 1}), InvalidArgument) << "offsets end past the entries";
  EXPECT_THROW(Csr(2, 3, {0, 4, 3}, {0, 2, 1}), InvalidArgument) << "offsets descend";
  EXPECT_THROW(Csr(2, 3, {0, 2, 3}, {2, 0, 1}), InvalidArgument) << "a row descends";
  EXPECT_THROW(Csr(2, 3, {0, 2, 3}, {1, 1, 1}), InvalidArgument) << "a row repeats";
  EXPECT_THROW(Csr(2, 3, {0, 2, 3}, {0, 3, 1}), InvalidArgument) << "a column is too large";
  EXPECT_THROW(Csr(2, 3, {0, 2, 3}, {-1, 2, 1}), InvalidArgument) << "a column is negative";
  EXPECT_THROW(Csr(-1, 3, {0}, {}), InvalidArgument) << "negative shape";
}

TEST(Csr, ContainsAgreesWithTheRows) {
  const Csr csr(2, 5, {0, 3, 3}, {0, 2, 4});
  std::set<std::int32_t> found;
  for (std::int32_t c = 0; c < 5; ++c) {
    if (csr.contains(0, c)) found.insert(c);
    EXPECT_FALSE(csr.contains(1, c));
  }
  EXPECT_THAT(found, ElementsAre(0, 2, 4));
}

TEST(Csr, TransposedTwiceIsTheSameAndThePermutationFollowsTheEntries) {
  Rng rng(7);
  std::vector<Pair> pairs;
  for (int n = 0; n < 400; ++n) {
    pairs.emplace_back(static_cast<std::int32_t>(rng.below(31)), static_cast<std::int32_t>(rng.below(17)));
  }
  const Csr csr = Csr::from_pairs(31, 17, pairs);
  std::vector<Index> permutation;
  const Csr transposed = csr.transposed(&permutation);
  EXPECT_EQ(transposed.rows(), 17);
  EXPECT_EQ(transposed.cols(), 31);
  ASSERT_EQ(transposed.nnz(), csr.nnz());

  std::vector<Pair> entries;  // of csr, by position
  for (Index r = 0; r < csr.rows(); ++r) {
    for (const std::int32_t c : csr.row(r)) entries.emplace_back(static_cast<std::int32_t>(r), c);
  }
  std::size_t k = 0;
  for (Index r = 0; r < transposed.rows(); ++r) {
    for (const std::int32_t c : transposed.row(r)) {
      EXPECT_EQ(entries[static_cast<std::size_t>(permutation[k])], (Pair{c, static_cast<std::int32_t>(r)}));
      ++k;
    }
  }
  const Csr back = transposed.transposed();
  EXPECT_TRUE(same_pattern(back, csr));
}

TEST(Csr, PatternsAreTheSameByShapeAndColumns) {
  const Csr csr(2, 3, {0, 2, 3}, {0, 2, 1});
  EXPECT_TRUE(same_pattern(csr, Csr(2, 3, {0, 2, 3}, {0, 2, 1})));
  EXPECT_FALSE(same_pattern(csr, Csr(2, 4, {0, 2, 3}, {0, 2, 1}))) << "another width";
  EXPECT_FALSE(same_pattern(csr, Csr(2, 3, {0, 1, 3}, {0, 1, 2}))) << "other rows";
  EXPECT_FALSE(same_pattern(csr, Csr(2, 3, {0, 2, 3}, {0, 1, 1}))) << "another column";
}

}  // namespace
}  // namespace monet
