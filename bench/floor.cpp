#include "bench/floor.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/kernels/adam.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/spmm.h"
#include "bench/timing.h"

#include <algorithm>

namespace monet::bench {

using kernels::BFloat16;
using kernels::Transpose;

namespace {

/// Reads and writes more than any cache holds.
void push_out_of_cache() {
  static Matrix<float> other = Matrix<float>::zeros(Index{1} << 15, Index{1} << 10);
  for (Index r = 0; r < other.rows(); ++r) {
    for (Index c = 0; c < other.cols(); c += 16) other(r, c) += 1.0F;
  }
}

}  // namespace

double gather_seconds(Index rows, Index width, int repetitions, Table state, Index pass) {
  const Index count = state == Table::cold ? pass : std::max<Index>(65536, std::min<Index>(rows, 1 << 20));
  const auto table = Matrix<float>::zeros(rows, width);
  auto sum = Matrix<float>::zeros(1, width);
  Rng rng(11);
  std::vector<std::int32_t> picks(static_cast<std::size_t>(count));
  for (auto& pick : picks) pick = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(rows)));
  const std::vector<float> weights(picks.size(), 1.0F);
  const std::vector<Index> offsets{0, count};
  const kernels::SpmmOperands operands{
      {1, rows, offsets, picks}, weights, 1.0F, table.view(), {}, 0.0F, {}, sum.view()};
  const auto gather = [&] { kernels::spmm_rows(operands, 0, 1); };
  if (state == Table::warm) return time(repetitions, gather).median() / static_cast<double>(count);
  return time(repetitions, push_out_of_cache, gather).median() / static_cast<double>(count);
}

namespace {

template <class T>
double gemm_seconds_of(Index items, Index features, Index dim, bool transposed_copy, int repetitions) {
  Matrix<T> x(items, features), w(dim, features), wt(features, dim), dz(items, dim),
      xt(features, transposed_copy ? items : 0);
  for (auto* m : {&x, &w, &wt, &dz, &xt}) std::fill_n(m->data(), m->size(), T{});
  Matrix<float> z(items, dim), dw(dim, features), dwt(features, dim);
  double forward = 1e9;
  double backward = 1e9;
  const auto best = [&](double& seconds, auto&& body) {
    seconds = std::min(seconds, time(repetitions, body).median());
  };
  for (const Index block : {Index{512}, Index{1024}, items}) {
    const auto blocks = [&](auto&& multiply) {
      for (Index at = 0; at < items; at += block) multiply(at, std::min(block, items - at));
    };
    best(forward, [&] {
      blocks([&](Index at, Index n) {
        kernels::gemm(Transpose::no, Transpose::yes, x.view().row_range(at, n), w.view(), false,
                      z.view().row_range(at, n));
      });
    });
    best(forward, [&] {
      blocks([&](Index at, Index n) {
        kernels::gemm(Transpose::no, Transpose::no, x.view().row_range(at, n), wt.view(), false,
                      z.view().row_range(at, n));
      });
    });
    best(backward, [&] {
      blocks([&](Index at, Index n) {
        kernels::gemm(Transpose::yes, Transpose::no, dz.view().row_range(at, n), x.view().row_range(at, n), at > 0,
                      dw.view());
      });
    });
    best(backward, [&] {
      blocks([&](Index at, Index n) {
        kernels::gemm(Transpose::yes, Transpose::no, x.view().row_range(at, n), dz.view().row_range(at, n), at > 0,
                      dwt.view());
      });
    });
  }
  if (transposed_copy) {
    best(backward, [&] { kernels::gemm(Transpose::no, Transpose::no, xt.view(), dz.view(), false, dwt.view()); });
  }
  return forward + backward;
}

}  // namespace

double gemm_seconds(const data::Dataset& dataset, const models::Monet::Options& options, int repetitions) {
  double seconds = 0.0;
  const bool copy = options.features_layout == models::FeaturesLayout::both;
  for (const auto& modality : dataset.modalities) {
    const Index items = modality.features.rows();
    const Index width = modality.features.cols();
    seconds += options.features_dtype == models::FeaturesDtype::f32
                   ? gemm_seconds_of<float>(items, width, options.dim, copy, repetitions)
                   : gemm_seconds_of<BFloat16>(items, width, options.dim, copy, repetitions);
  }
  return seconds;
}

Index rows_written(const graph::ReceptiveField& field) {
  Index total = 0;
  for (int l = 0; l < field.layers(); ++l) {
    for (const int set : {l, l + 1}) total += field.users(set).count + field.items(set).count;
  }
  return total;
}

double write_seconds(Index rows, Index width, int repetitions) {
  auto table = Matrix<float>::zeros(rows, width);
  return time(repetitions, [&] { fill(table.view(), 1.0F); }).median() / static_cast<double>(rows);
}

double adam_seconds(Index parameters, int repetitions) {
  auto memory = Matrix<float>::zeros(4, parameters);
  const auto step = kernels::AdamStep::at(1, 1e-4);
  return time(repetitions,
              [&] {
                kernels::adam(step, memory.view().row_span(0), memory.view().row_span(1), memory.view().row_span(2),
                              memory.view().row_span(3));
              })
      .median();
}

}  // namespace monet::bench
