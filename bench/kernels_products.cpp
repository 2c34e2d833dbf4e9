#include "bench/kernels_products.h"

#include "monet/kernels/gemm.h"
#include "monet/kernels/skinny_gemm.h"

#include <type_traits>
#include <utility>
#include <vector>

namespace monet::bench {

namespace {

using kernels::BFloat16;
using kernels::Transpose;

constexpr Index kDim = 64;

template <class T>
double at(const Matrix<T>& m, Index r, Index c) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<double>(m(r, c));
  } else {
    float wide = 0.0F;
    kernels::to_float32({m.row(r) + c, 1, 1}, {&wide, 1, 1});
    return static_cast<double>(wide);
  }
}

template <class T>
Matrix<T> as(const Matrix<float>& m) {
  if constexpr (std::is_same_v<T, float>) {
    return Matrix<float>::copy_of(m.view());
  } else {
    Matrix<T> out(m.rows(), m.cols());
    kernels::to_bfloat16(m.view(), out.view());
    return out;
  }
}

template <class T>
Matrix<T> transposed(const Matrix<T>& m) {
  Matrix<T> out(m.cols(), m.rows());
  for (Index r = 0; r < m.rows(); ++r) {
    for (Index c = 0; c < m.cols(); ++c) out(c, r) = m(r, c);
  }
  return out;
}

/// Z = X Wᵀ and G = Xᵀ dZ for features [items, width] and 64 outputs, in several ways.
template <class T>
void products(std::string_view precision, Index items, Index width, const KernelSettings& s) {
  const Matrix<T> x = as<T>(random_matrix(items, width, 1)), xt = transposed(x);
  const Matrix<T> w = as<T>(random_matrix(kDim, width, 2)), wt = transposed(w);
  const Matrix<T> dz = as<T>(random_matrix(items, kDim, 3));
  Matrix<float> z(items, kDim), g(width, kDim);
  const double operations = 2.0 * static_cast<double>(items * width * kDim);
  const auto report = [&](std::string_view how, auto&& multiply, const Matrix<float>& c, auto&& term, Index terms) {
    fill(z.view(), 0.0F);
    fill(g.view(), 0.0F);
    const Timings t = bench::time(s.repetitions, multiply);
    for (Index n = 0; n < 40; ++n) {
      const Index r = n * 7919 % c.rows(), col = n * 13 % kDim;
      double want = 0.0;
      for (Index k = 0; k < terms; ++k) want += term(r, col, k);
      // Terms below 1 in size; roundings of their sum.
      expect(how, static_cast<double>(c(r, col)), want,
             6e-8 * static_cast<double>(terms) * std::sqrt(static_cast<double>(terms)) + 1e-6);
    }
    fmt::print("  {:>5} x {:>4} {} {:38} ms {:28} {:.0f} GFLOP/s\n", items, width, precision, how, spread(t, 1e3),
               operations / t.median() * 1e-9);
  };
  const auto forward_term = [&](Index r, Index c, Index k) { return at(x, r, k) * at(w, c, k); };
  const auto gradient_term = [&](Index r, Index c, Index k) { return at(x, k, r) * at(dz, k, c); };
  const auto forward = [&](std::string_view how, auto&& multiply) { report(how, multiply, z, forward_term, width); };
  const auto gradient = [&](std::string_view how, auto&& multiply) { report(how, multiply, g, gradient_term, items); };
  if constexpr (std::is_same_v<T, float>) {
    const auto blocks = [&](auto&& body) {
      for (Index b = 0; b < items; b += kernels::kProjectRows) body(b, std::min(kernels::kProjectRows, items - b));
    };
    forward("X W', ours", [&] {
      blocks([&](Index b, Index n) {
        kernels::project_block(x.view().row_range(b, n), wt.view(), z.view().row_range(b, n));
      });
    });
    std::vector<float> pack(static_cast<std::size_t>(kernels::kPackFloats));
    gradient("X' dZ, ours", [&] {
      fill(g.view(), 0.0F);
      blocks([&](Index b, Index n) {
        kernels::project_block_backward(x.view().row_range(b, n), dz.view().row_range(b, n), g.view(), pack.data());
      });
    });
  }
  forward("X W', oneDNN", [&] { kernels::gemm(Transpose::no, Transpose::yes, x.view(), w.view(), false, z.view()); });
  forward("X W', oneDNN, W transposed before",
          [&] { kernels::gemm(Transpose::no, Transpose::no, x.view(), wt.view(), false, z.view()); });
  gradient("X' dZ, oneDNN",
           [&] { kernels::gemm(Transpose::yes, Transpose::no, x.view(), dz.view(), false, g.view()); });
  gradient("X' dZ, oneDNN, X transposed before",
           [&] { kernels::gemm(Transpose::no, Transpose::no, xt.view(), dz.view(), false, g.view()); });
}

}  // namespace

void projection_products(const KernelSettings& s) {
  fmt::print("products of the projections, {} outputs\n", kDim);
  for (const auto& [items, width] : {std::pair<Index, Index>{6710, 128}, {5028, 1024}, {5028, 4096}}) {
    products<float>("f32 ", s.shrink(items), width, s);
    products<BFloat16>("bf16", s.shrink(items), width, s);
  }
}

}  // namespace monet::bench
