#pragma once

// A small graph, and what the tests of operations over its edges share.

#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/graph/bipartite.h"
#include "monet/graph/receptive_field.h"
#include "tests/autograd/support.h"

#include <cmath>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace monet::autograd::testing {

inline constexpr Index kUsers = 6;
inline constexpr Index kItems = 7;

/// User 5 and item 6 have no edge, user 0 one.
inline Csr interactions() {
  const std::vector<std::pair<std::int32_t, std::int32_t>> pairs{{0, 2}, {1, 0}, {1, 2}, {1, 5}, {2, 1}, {2, 3},
                                                                 {3, 3}, {3, 4}, {3, 0}, {3, 1}, {4, 4}, {4, 5}};
  return Csr::from_pairs(kUsers, kItems, pairs);
}

inline PatternPtr item_users() {
  return std::make_shared<const SparsePattern>(interactions().transposed());
}

struct Edge {
  Index entry, item, user;
};

inline std::vector<Edge> edges_of(const SparsePattern& pattern) {
  std::vector<Edge> edges;
  for (Index i = 0; i < pattern.rows(); ++i) {
    for (const std::int32_t u : pattern.csr.row(i)) edges.push_back({static_cast<Index>(edges.size()), i, u});
  }
  return edges;
}

inline Reference normalised(const Matrix<float>& x) {
  Reference out(x);
  for (Index r = 0; r < out.rows; ++r) {
    double squares = 0.0;
    for (Index c = 0; c < out.cols; ++c) squares += out(r, c) * out(r, c);
    for (Index c = 0; c < out.cols; ++c) out(r, c) /= std::sqrt(squares);
  }
  return out;
}

/// One below the other.
inline Reference stacked(std::initializer_list<Reference> parts) {
  Reference out(0, parts.begin()->cols);
  for (const Reference& part : parts) {
    out.rows += part.rows;
    out.data.insert(out.data.end(), part.data.begin(), part.data.end());
  }
  return out;
}

inline Var stack(Tape& t, std::initializer_list<Var> parts) {
  Var out = *parts.begin();
  for (const Var* part = parts.begin() + 1; part != parts.end(); ++part) out = concat_rows(t, out, *part);
  return out;
}

struct Field {
  graph::Bipartite graph{interactions()};
  graph::ReceptiveField field{graph, 0, 1.0};
  std::vector<std::int32_t> users{1, 4, 5}, items{0, 3, 6};

  Field() { field.build(users, items, false); }
  Var rows(Tape& t, Embeddings all) const {
    return concat_rows(t, gather_rows(t, all.users, users), gather_rows(t, all.items, items));
  }
  Reference rows(const Reference& of_users, const Reference& of_items) const {
    Reference out(0, of_users.cols);
    const auto take = [&](const Reference& all, std::span<const std::int32_t> rows) {
      for (const std::int32_t r : rows) {
        for (Index c = 0; c < all.cols; ++c) out.data.push_back(all(r, c));
        ++out.rows;
      }
    };
    take(of_users, users);
    take(of_items, items);
    return out;
  }
};

inline void expect_differentiable(const std::vector<Matrix<float>>& inputs, const Build& build, const Reference& want,
                                  double roundings) {
  ThreadPool pool(1);
  expect_near(run_forward(pool, inputs, build), want, roundings);
  // Lengths of few numbers bend within less than order one.
  const GradientReport report = check_gradients(pool, inputs, build, 0.5);
  EXPECT_TRUE(report.ok) << report.message;
}

}  // namespace monet::autograd::testing
