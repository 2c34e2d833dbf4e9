#include "monet/autograd/ops/constant_spmm.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/spmm.h"

#include <deque>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

using Rows = std::vector<std::int32_t>;

void check(const Tape& tape, const char* operation, const ConstantMatrix& m, Var x, std::span<const std::int32_t> rows,
           Index first) {
  if (first < 0 || first + m.pattern->cols() > tape.rows(x)) {
    fail<InvalidArgument>("[{}] x has {} rows, the matrix is {} x {} and begins at row {}", operation, tape.rows(x),
                          m.pattern->rows(), m.pattern->cols(), first);
  }
  for (const std::int32_t r : rows) {
    if (r < 0 || r >= m.pattern->rows()) {
      fail<InvalidArgument>("[{}] row {} of a matrix with {} rows", operation, r, m.pattern->rows());
    }
  }
}

/// y = scale · A x + self_scale · self.
struct Pass {
  float scale = 1.0F;
  MatrixView<const float> x;
  MatrixView<const float> self;
  float self_scale = 1.0F;
  MatrixView<float> y;

  kernels::SpmmOperands of(const Csr& csr, std::span<const float> weights) const {
    return {csr, weights, scale, x, self, self_scale, {}, y};
  }
};

void all_rows(Tape& tape, const Csr& csr, std::span<const float> weights, const Pass& pass) {
  const auto operands = pass.of(csr, weights);
  if ((csr.nnz() + csr.rows()) * pass.y.cols <= detail::kSerialWork) {
    kernels::spmm_rows(operands, 0, csr.rows());
    return;
  }
  const std::vector<Index> bounds = kernels::balanced_ranges(csr, tape.pool().size());
  tape.pool().run([&](int w) {
    kernels::spmm_rows(operands, bounds[static_cast<std::size_t>(w)], bounds[static_cast<std::size_t>(w) + 1]);
  });
}

void packed_rows(Tape& tape, const ConstantMatrix& m, const Rows& rows, const Pass& pass) {
  tape.pool().for_range(static_cast<Index>(rows.size()), [&](Index begin, Index end, int) {
    Pass part = pass;
    part.y = pass.y.row_range(begin, end - begin);
    kernels::spmm_packed_rows(
        part.of(m.pattern->csr, m.values),
        std::span(rows).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  });
}

/// y += scale · Aᵀ g, with g the rows `rows` of a gradient.
void scatter(Tape& tape, const ConstantMatrix& m, const Rows& rows, float scale, MatrixView<const float> g,
             MatrixView<float> y) {
  const auto operands = Pass{scale, g, {}, 0.0F, y}.of(m.pattern->csr, m.values);
  tape.pool().for_range(
      y.cols, [&](Index begin, Index end, int) { kernels::spmm_scatter_packed(operands, rows, begin, end); },
      detail::kColumnGrain);
}

void clear(Tape& tape, MatrixView<float> y) {
  detail::for_rows(tape, y.rows, y.cols, [&](Index r) { std::fill_n(y.row(r), y.cols, 0.0F); });
}

/// y_rows += scale · g; rows may repeat.
void add_rows(Tape& tape, const Rows& rows, float scale, MatrixView<const float> g, MatrixView<float> y) {
  if (rows.empty()) {
    detail::for_rows(tape, g.rows, g.cols, [&](Index r) { detail::axpy(scale, g.row(r), g.cols, y.row(r)); });
    return;
  }
  tape.pool().for_range(
      g.cols,
      [&](Index begin, Index end, int) {
        for (Index k = 0; k < g.rows; ++k) {
          detail::axpy(scale, g.row(k) + begin, end - begin, y.row(rows[static_cast<std::size_t>(k)]) + begin);
        }
      },
      detail::kColumnGrain);
}

}  // namespace

Var constant_spmm(Tape& tape, const ConstantMatrix& matrix, Var x) {
  check(tape, "constant_spmm", matrix, x, {}, 0);
  if (tape.rows(x) != matrix.pattern->cols()) {
    fail<InvalidArgument>("[constant_spmm] x has {} rows, the matrix is {} x {}", tape.rows(x), matrix.pattern->rows(),
                          matrix.pattern->cols());
  }
  const Var y = tape.make(matrix.pattern->rows(), tape.cols(x), {x});
  all_rows(tape, matrix.pattern->csr, matrix.values, {1.0F, tape.value(x), {}, 0.0F, tape.mutable_value(y)});

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto slot = t.contribute(x);
    const MatrixView<const float> self = slot.fresh ? MatrixView<const float>{} : slot.view;
    all_rows(t, matrix.pattern->transposed, matrix.transposed, {1.0F, t.grad(y), self, 1.0F, slot.view});
  });
  return y;
}

Var constant_spmm_rows(Tape& tape, const ConstantMatrix& matrix, Var x, std::span<const std::int32_t> rows,
                       Index first) {
  check(tape, "constant_spmm_rows", matrix, x, rows, first);
  const Index count = matrix.pattern->cols();
  const Var y = tape.make(static_cast<Index>(rows.size()), tape.cols(x), {x});
  Rows kept(rows.begin(), rows.end());
  packed_rows(tape, matrix, kept, {1.0F, tape.value(x).row_range(first, count), {}, 0.0F, tape.mutable_value(y)});

  tape.on_backward(y, [=, kept = std::move(kept)](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto slot = t.contribute(x);
    if (slot.fresh) clear(t, slot.view);
    scatter(t, matrix, kept, 1.0F, t.grad(y), slot.view.row_range(first, count));
  });
  return y;
}

namespace {

/// y = scale · Sᵀ g, or added; g [rows.size(), d], or all rows.
void first_backward_pass(Tape& tape, const ConstantMatrix& m, const Rows& rows, float scale, MatrixView<const float> g,
                         bool assign, MatrixView<float> y) {
  if (rows.empty()) {
    const MatrixView<const float> self = assign ? MatrixView<const float>{} : y;
    all_rows(tape, m.pattern->transposed, m.transposed, {scale, g, self, 1.0F, y});
    return;
  }
  if (assign) clear(tape, y);
  scatter(tape, m, rows, scale, g, y);
}

/// x̄ += scale (ȳ + Σ_{l = 1..L} (Sᵀ)^l ȳ), ȳ spread to its rows.
void mean_backward(Tape& tape, const ConstantMatrix& m, const Rows& rows, int layers, MatrixView<const float> g,
                   const GradSlot& slot) {
  const float scale = 1.0F / static_cast<float>(layers + 1);
  const MatrixView<float> to = slot.view;
  if (layers > 1) {
    auto seed = tape.scratch(to.rows, to.cols);
    first_backward_pass(tape, m, rows, scale, g, true, seed.view());
    std::deque<Tape::Scratch> layer;  // the newest, and while a pass runs the one before
    MatrixView<const float> last = seed.view();
    for (int l = 2; l < layers; ++l) {
      layer.push_back(tape.scratch(to.rows, to.cols));
      all_rows(tape, m.pattern->transposed, m.transposed, {1.0F, last, seed.view(), 1.0F, layer.back().view()});
      last = layer.back().view();
      if (layer.size() > 1) layer.pop_front();
    }
    if (!slot.fresh) add_rows(tape, {}, 1.0F, seed.view(), to);
    const MatrixView<const float> self = slot.fresh ? seed.view() : to;
    all_rows(tape, m.pattern->transposed, m.transposed, {1.0F, last, self, 1.0F, to});
  } else if (layers == 1) {
    first_backward_pass(tape, m, rows, scale, g, slot.fresh, to);
  } else if (slot.fresh) {
    clear(tape, to);
  }
  add_rows(tape, rows, scale, g, to);
}

}  // namespace

Var mean_of_layers(Tape& tape, const ConstantMatrix& matrix, Var x, int layers, std::span<const std::int32_t> rows) {
  if (layers < 0) fail<InvalidArgument>("[mean_of_layers] {} layers", layers);
  check(tape, "mean_of_layers", matrix, x, rows, 0);
  const auto start = tape.value(x);
  if (matrix.pattern->rows() != start.rows || matrix.pattern->cols() != start.rows) {
    fail<InvalidArgument>("[mean_of_layers] x has {} rows, the matrix is {} x {}", start.rows, matrix.pattern->rows(),
                          matrix.pattern->cols());
  }
  Rows kept(rows.begin(), rows.end());
  const Var y = tape.make(kept.empty() ? start.rows : static_cast<Index>(kept.size()), start.cols, {x});
  const auto out = tape.mutable_value(y);
  if (layers == 0) {
    detail::for_rows(tape, out.rows, out.cols, [&](Index r) {
      std::copy_n(start.row(kept.empty() ? r : kept[static_cast<std::size_t>(r)]), out.cols, out.row(r));
    });
  } else {
    std::deque<Tape::Scratch> layer;  // the newest, and while a pass runs the one before
    MatrixView<const float> last = start;
    for (int l = 1; l < layers; ++l) {
      layer.push_back(tape.scratch(start.rows, start.cols));
      all_rows(tape, matrix.pattern->csr, matrix.values, {1.0F, last, start, 1.0F, layer.back().view()});
      last = layer.back().view();
      if (layer.size() > 1) layer.pop_front();
    }
    const float scale = 1.0F / static_cast<float>(layers + 1);
    const Pass pass{scale, last, start, scale, out};
    if (kept.empty()) {
      all_rows(tape, matrix.pattern->csr, matrix.values, pass);
    } else {
      packed_rows(tape, matrix, kept, pass);
    }
  }

  tape.on_backward(y, [=, kept = std::move(kept)](Tape& t) {
    if (t.has_grad(y)) mean_backward(t, matrix, kept, layers, t.grad(y), t.contribute(x));
  });
  return y;
}

}  // namespace monet::autograd
