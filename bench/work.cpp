#include "bench/work.h"

#include "monet/core/matrix.h"
#include "monet/kernels/gemm.h"
#include "bench/timing.h"

#include <algorithm>

namespace monet::bench {

using kernels::Transpose;

namespace {

double product_seconds(Index n, Index in, Index out, int repetitions) {
  const auto a = Matrix<float>::zeros(n, in);
  const auto b = Matrix<float>::zeros(in, out);
  const auto bt = Matrix<float>::zeros(out, in);
  auto c = Matrix<float>::zeros(n, out);
  const double straight = time(repetitions, [&] {
                            kernels::gemm(Transpose::no, Transpose::no, a.view(), b.view(), false, c.view());
                          }).median();
  const double transposed = time(repetitions, [&] {
                              kernels::gemm(Transpose::no, Transpose::yes, a.view(), bt.view(), false, c.view());
                            }).median();
  return std::min(straight, transposed);
}

double weight_gradient_seconds(Index n, Index in, Index out, int repetitions) {
  const auto x = Matrix<float>::zeros(n, in);
  const auto dy = Matrix<float>::zeros(n, out);
  auto dw = Matrix<float>::zeros(in, out);
  auto dwt = Matrix<float>::zeros(out, in);
  const double straight = time(repetitions, [&] {
                            kernels::gemm(Transpose::yes, Transpose::no, x.view(), dy.view(), false, dw.view());
                          }).median();
  const double transposed = time(repetitions, [&] {
                              kernels::gemm(Transpose::yes, Transpose::no, dy.view(), x.view(), false, dwt.view());
                            }).median();
  return std::min(straight, transposed);
}

}  // namespace

double gemm_part(const models::StepWork& work, int repetitions) {
  double seconds = 0.0;
  for (const models::Product& p : work.products) {
    seconds += product_seconds(p.n, p.in, p.out, repetitions);
    if (p.input_gradient) seconds += product_seconds(p.n, p.out, p.in, repetitions);
    if (p.weight_gradient) seconds += weight_gradient_seconds(p.n, p.in, p.out, repetitions);
  }
  return seconds;
}

double gather_part(const models::StepWork& work, int repetitions, Table table, Index pass) {
  double seconds = 0.0;
  for (const models::Gathers& g : work.gathers) {
    seconds += g.count * gather_seconds(g.table_rows, g.width, repetitions, table, pass);
  }
  return seconds;
}

}  // namespace monet::bench
