// Projection over many blocks of items: float64 references of value and gradients in both precisions and layouts, lists
// of rows, memory that was never written, threads.

#include "monet/autograd/ops/project.h"

#include "monet/autograd/ops/add.h"
#include "monet/core/error.h"
#include "tests/autograd/step_support.h"

#include <array>

namespace monet::autograd::testing::project_test {
namespace {

constexpr Index kTail = 3;

struct Setting {
  Index items = 2500;
  Index width = 12;
  bool normalize = true;
  bool bf16 = false;
  bool transposed = false;
  bool listed = false;
  bool tail = true;
  int threads = 1;
  bool second_consumer = false;
};

/// Frozen features of one modality in all the forms that project takes.
struct Features {
  Features(Index items, Index width, std::uint64_t seed)
      : f32(random_matrix(items, width, seed)), f32_t(width, items), bf16(items, width), bf16_t(width, items) {
    kernels::to_bfloat16(f32.view(), bf16.view());
    for (Index i = 0; i < items; ++i) {
      for (Index k = 0; k < width; ++k) {
        f32_t(k, i) = f32(i, k);
        bf16_t(k, i) = bf16(i, k);
      }
    }
  }
  Matrix<float> f32, f32_t;
  Matrix<kernels::BFloat16> bf16, bf16_t;
};

/// As the operation sees it: rounded first when features are bfloat16.
Reference seen(const Matrix<float>& m, bool bf16) {
  if (!bf16) return Reference(m);
  Matrix<kernels::BFloat16> narrow(m.rows(), m.cols());
  Matrix<float> wide(m.rows(), m.cols());
  kernels::to_bfloat16(m.view(), narrow.view());
  kernels::to_float32(narrow.view(), wide.view());
  return Reference(wide);
}

/// Of one modality: its slab, the gradients of its map for the seed `g`, and the magnitudes of what is summed in them.
struct SlabReference {
  Reference out, weight, bias, weight_magnitude, bias_magnitude;
};

SlabReference slab_reference(const Reference& x, const Reference& w, const Reference& b, bool normalize,
                             const Matrix<float>& g, Index first, const std::vector<std::int32_t>& rows) {
  SlabReference r{Reference(x.rows, w.rows), Reference(w.rows, w.cols), Reference(1, w.rows), Reference(w.rows, w.cols),
                  Reference(1, w.rows)};
  std::vector<double> dz(static_cast<std::size_t>(w.rows)), size(dz.size());
  for (const std::int32_t i : rows) {
    double squares = 0.0;
    for (Index o = 0; o < w.rows; ++o) {
      double z = b(0, o);
      for (Index k = 0; k < w.cols; ++k) z += x(i, k) * w(o, k);
      r.out(i, o) = z;
      squares += z * z;
    }
    const double factor = normalize ? 1.0 / std::sqrt(squares) : 1.0;
    double along = 0.0;
    double along_magnitude = 0.0;
    for (Index o = 0; o < w.rows; ++o) {
      r.out(i, o) *= factor;
      along += normalize ? r.out(i, o) * static_cast<double>(g(i, first + o)) : 0.0;
      along_magnitude += normalize ? std::abs(r.out(i, o) * static_cast<double>(g(i, first + o))) : 0.0;
    }
    for (Index o = 0; o < w.rows; ++o) {
      const double seed = g(i, first + o);
      dz[static_cast<std::size_t>(o)] = (seed - along * r.out(i, o)) * factor;
      size[static_cast<std::size_t>(o)] = (std::abs(seed) + along_magnitude * std::abs(r.out(i, o))) * factor;
      r.bias(0, o) += dz[static_cast<std::size_t>(o)];
      r.bias_magnitude(0, o) += size[static_cast<std::size_t>(o)];
      for (Index k = 0; k < w.cols; ++k) {
        r.weight(o, k) += dz[static_cast<std::size_t>(o)] * x(i, k);
        r.weight_magnitude(o, k) += size[static_cast<std::size_t>(o)] * std::abs(x(i, k));
      }
    }
  }
  return r;
}

::testing::AssertionResult near_each(const Matrix<float>& got, const Reference& want, const Reference& magnitude,
                                     double relative) {
  for (Index r = 0; r < want.rows; ++r) {
    for (Index c = 0; c < want.cols; ++c) {
      if (std::abs(static_cast<double>(got(r, c)) - want(r, c)) <= relative * magnitude(r, c)) continue;
      return ::testing::AssertionFailure() << "(" << r << ", " << c << ") is " << got(r, c) << ", not " << want(r, c)
                                           << " +- " << relative * magnitude(r, c);
    }
  }
  return ::testing::AssertionSuccess();
}

void check(const Setting& s) {
  SCOPED_TRACE(::testing::Message() << "items " << s.items << ", width " << s.width << ", normalize " << s.normalize
                                    << ", bf16 " << s.bf16 << ", transposed " << s.transposed << ", listed " << s.listed
                                    << ", tail " << s.tail << ", threads " << s.threads << ", second consumer "
                                    << s.second_consumer);
  const std::array<Features, 2> features{Features(s.items, 20, 21), Features(s.items, 33, 22)};
  graph::RowSet set;
  if (s.listed) {
    set.all = false;
    for (std::int32_t r = 0; r < s.items; ++r) {
      if (r % 5 == 1 || r % 7 == 2) set.rows.push_back(r);
    }
    set.count = static_cast<Index>(set.rows.size());
  }
  const graph::RowSet* rows_wanted = s.listed ? &set : nullptr;
  const auto rows = rows_of(rows_wanted, s.items);
  const Index width = 2 * s.width + (s.tail ? kTail : 0);
  const Matrix<float> seed = random_matrix(s.items, width, 7);

  ThreadPool pool(s.threads);
  Tape tape(pool);
  poison(tape, s.items, width);
  // Maps of length about one, so that rows are neither short nor long.
  Trainable inputs(leaves(random_matrix(s.width, 20, 1), random_matrix(1, s.width, 2), random_matrix(s.width, 33, 3),
                          random_matrix(1, s.width, 4), random_matrix(s.items, kTail, 5)));
  const auto v = inputs.on(tape);
  std::array<ProjectedModality, 2> modalities;
  for (std::size_t m = 0; m < 2; ++m) {
    modalities[m].weight = v[2 * m];
    modalities[m].bias = v[2 * m + 1];
    if (s.bf16) {
      modalities[m].features_bf16 = features[m].bf16.view();
      if (s.transposed) modalities[m].features_bf16_transposed = features[m].bf16_t.view();
    } else {
      modalities[m].features = features[m].f32.view();
      if (s.transposed) modalities[m].features_transposed = features[m].f32_t.view();
    }
  }
  const Var out = project(tape, modalities, s.normalize, s.tail ? v[4] : Var{}, rows_wanted);
  ASSERT_EQ(tape.cols(out), width);
  const Matrix<float> got = Matrix<float>::copy_of(tape.value(out));
  Var loss = weighted_rows(tape, out, seed, rows);
  if (s.second_consumer) {
    for (const Var leaf : v) {
      const auto all = rows_of(nullptr, tape.rows(leaf));
      loss = add(tape, loss, weighted_rows(tape, leaf, inputs.values[static_cast<std::size_t>(leaf.id)], all));
    }
  }
  tape.backward(loss);
  // What the second consumer added: each leaf itself.
  const auto plus_own = [&](Reference want, std::size_t leaf) {
    for (std::size_t k = 0; s.second_consumer && k < want.data.size(); ++k)
      want.data[k] += static_cast<double>(inputs.values[leaf].data()[k]);
    return want;
  };
  // Independent roundings of n terms: 4 √n of them, with a margin for what happens to each term. A gradient stored in
  // bfloat16 is off by up to 2⁻⁸.
  const double terms = static_cast<double>(rows.size());
  const double relative = (4.0 * std::sqrt(terms) + 64.0) * kEpsilon / 2.0 + (s.bf16 ? std::ldexp(1.0, -8) : 0.0);
  for (std::size_t m = 0; m < 2; ++m) {
    const Index first = static_cast<Index>(m) * s.width;
    const auto want = slab_reference(seen(features[m].f32, s.bf16), seen(inputs.values[2 * m], s.bf16),
                                     Reference(inputs.values[2 * m + 1]), s.normalize, seed, first, rows);
    double largest = 0.0;
    for (const double value : want.out.data) largest = std::max(largest, std::abs(value));
    for (const std::int32_t i : rows) {
      for (Index c = 0; c < s.width; ++c) {
        ASSERT_NEAR(got(i, first + c), want.out(i, c), 64.0 * kEpsilon * largest) << "row " << i;
      }
    }
    EXPECT_TRUE(near_each(inputs.grads[2 * m], plus_own(want.weight, 2 * m), want.weight_magnitude, relative));
    EXPECT_TRUE(near_each(inputs.grads[2 * m + 1], plus_own(want.bias, 2 * m + 1), want.bias_magnitude, relative));
  }
  if (!s.tail) return;
  Reference tail_gradient(s.items, kTail);
  for (const std::int32_t i : rows) {
    for (Index c = 0; c < kTail; ++c) {
      ASSERT_EQ(got(i, 2 * s.width + c), inputs.values[4](i, c));
      tail_gradient(i, c) = static_cast<double>(seed(i, 2 * s.width + c));
    }
  }
  EXPECT_TRUE(near_all(inputs.grads[4].view(), plus_own(tail_gradient, 4), 2.0 * kEpsilon));
}

TEST(ProjectAtSize, EveryPrecisionLayoutAndListMatchesFloat64) {
  for (const bool bf16 : {false, true}) {
    for (const bool transposed : {false, true}) {
      for (const bool listed : {false, true}) {
        for (const bool normalize : {false, true}) check({2500, 12, normalize, bf16, transposed, listed});
      }
    }
  }
}

TEST(ProjectAtSize, WidthsAndNumbersOfItemsAroundTheBlocks) {
  for (const bool listed : {false, true}) {
    for (const Index width : {1, 16, 63, 64, 65}) check({700, width, true, false, false, listed});
    for (const Index items : {1, 2, 95, 96, 97, 127, 128, 129, 1023, 1024, 1025}) {
      check({items, 8, true, false, false, listed && items > 2});
      check({items, 8, true, true, true, listed && items > 2});
    }
  }
}

TEST(ProjectAtSize, AnyNumberOfThreads) {
  for (const int threads : {2, 3}) {
    for (const bool bf16 : {false, true}) {
      for (const bool listed : {false, true}) {
        check({2500, 64, true, bf16, false, listed, true, threads});
        check({2500, 64, true, bf16, true, listed, true, threads});
        check({5, 64, true, bf16, false, listed, true, threads});  // less than a block: idle workers
      }
    }
  }
}

TEST(ProjectAtSize, AddsToGradientsThatAreThere) {
  for (const bool bf16 : {false, true}) {
    for (const bool listed : {false, true}) check({700, 12, true, bf16, true, listed, true, 2, true});
  }
}

TEST(ProjectAtSize, WithoutATail) {
  check({700, 64, true, false, false, false, false});
  check({700, 64, true, false, false, true, false, 2});
}

TEST(ProjectAtSize, RefusesShapesThatDoNotFit) {
  const Matrix<float> x(5, 4), w(2, 3), b(1, 2), tail(6, 1), right(2, 4);
  const auto modality = [&](Tape& t, const Matrix<float>& weight) {
    ProjectedModality m;
    m.features = x.view();
    m.weight = t.constant(weight.view());
    m.bias = t.constant(b.view());
    return m;
  };
  expect_refused([](Tape& t) { project(t, {}, true, Var{}, nullptr); }, "[project] no modality given");
  expect_refused([&](Tape& t) { project(t, std::array{modality(t, w)}, true, Var{}, nullptr); },
                 "[project] features 5 x 4 (of 5 items), weight 2 x 3, bias 1 x 2 do not fit");
  expect_refused([&](Tape& t) { project(t, std::array{modality(t, right)}, true, t.constant(tail.view()), nullptr); },
                 "[project] the tail has 6 rows for 5 items");
}

}  // namespace
}  // namespace monet::autograd::testing::project_test
