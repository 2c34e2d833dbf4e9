#include "monet/autograd/ops/project.h"

#include "monet/core/error.h"
#include "monet/kernels/row_normalize.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

using kernels::BFloat16;
using kernels::Transpose;

constexpr Index kListedBlock = 512;  // rows of features copied together at a time when only some are wanted

Index feature_rows(const ProjectedModality& m) {
  return m.features.data != nullptr ? m.features.rows : m.features_bf16.rows;
}
Index feature_cols(const ProjectedModality& m) {
  return m.features.data != nullptr ? m.features.cols : m.features_bf16.cols;
}

struct Call {
  std::vector<ProjectedModality> modalities;
  bool normalize;
  Var tail;
  const graph::RowSet* rows;  // null: all
  Var out;
  Matrix<float> inverse_norms;  // [M, I]

  bool all() const { return rows == nullptr || rows->all; }
  Index count(Index num_items) const { return all() ? num_items : static_cast<Index>(rows->rows.size()); }
};

void check(const Tape& tape, const Call& call) {
  if (call.modalities.empty()) fail<InvalidArgument>("[project] no modality given");
  const Index num_items = feature_rows(call.modalities.front());
  for (const auto& m : call.modalities) {
    if (feature_rows(m) != num_items || tape.cols(m.weight) != feature_cols(m) || tape.rows(m.bias) != 1 ||
        tape.cols(m.bias) != tape.rows(m.weight)) {
      fail<InvalidArgument>("[project] features {} x {} (of {} items), weight {} x {}, bias {} x {} do not fit",
                            feature_rows(m), feature_cols(m), num_items, tape.rows(m.weight), tape.cols(m.weight),
                            tape.rows(m.bias), tape.cols(m.bias));
    }
  }
  if (call.tail.valid() && tape.rows(call.tail) != num_items) {
    fail<InvalidArgument>("[project] the tail has {} rows for {} items", tape.rows(call.tail), num_items);
  }
}

// Rows of a table, listed or consecutive: consecutive ones as they lie, listed ones copied together.
template <class T>
class Rows {
 public:
  MatrixView<const T> get(MatrixView<const T> table, std::span<const std::int32_t> listed) {
    if (copy_.rows() < static_cast<Index>(listed.size()) || copy_.cols() != table.cols) {
      copy_ = Matrix<T>(static_cast<Index>(listed.size()), table.cols);
    }
    for (std::size_t n = 0; n < listed.size(); ++n) {
      std::copy_n(table.row(listed[n]), table.cols, copy_.row(static_cast<Index>(n)));
    }
    return copy_.view().row_range(0, static_cast<Index>(listed.size()));
  }

 private:
  Matrix<T> copy_;
};

// z = X Wᵀ for items [begin, end) (positions in the list when listed).
void multiply(const ProjectedModality& m, MatrixView<const float> weight, MatrixView<const BFloat16> weight_bf16,
              std::span<const std::int32_t> listed, Index begin, Index end, MatrixView<float> z) {
  const auto piece =
      listed.empty() ? listed : listed.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  if (m.features.data != nullptr) {
    Rows<float> rows;
    const auto x = listed.empty() ? m.features.row_range(begin, end - begin) : rows.get(m.features, piece);
    kernels::gemm(Transpose::no, Transpose::yes, x, weight, false, z);
  } else {
    Rows<BFloat16> rows;
    const auto x = listed.empty() ? m.features_bf16.row_range(begin, end - begin) : rows.get(m.features_bf16, piece);
    kernels::gemm(Transpose::no, Transpose::yes, x, weight_bf16, false, z);
  }
}

// sum (+)= Xᵀ dz, [d_m, d], for the same items.
void multiply_transposed(const ProjectedModality& m, MatrixView<const float> dz, std::span<const std::int32_t> listed,
                         Index begin, Index end, bool accumulate, MatrixView<float> sum) {
  const Index count = end - begin;
  const auto piece =
      listed.empty() ? listed : listed.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
  if (m.features.data != nullptr) {
    if (listed.empty() && m.features_transposed.data != nullptr) {
      kernels::gemm(Transpose::no, Transpose::no, m.features_transposed.columns(begin, count), dz, accumulate, sum);
      return;
    }
    Rows<float> rows;
    const auto x = listed.empty() ? m.features.row_range(begin, count) : rows.get(m.features, piece);
    kernels::gemm(Transpose::yes, Transpose::no, x, dz, accumulate, sum);
    return;
  }
  Matrix<BFloat16> dz_bf16(dz.rows, dz.cols);
  kernels::to_bfloat16(dz, dz_bf16.view());
  if (listed.empty() && m.features_bf16_transposed.data != nullptr) {
    kernels::gemm(Transpose::no, Transpose::no, m.features_bf16_transposed.columns(begin, count), dz_bf16, accumulate,
                  sum);
    return;
  }
  Rows<BFloat16> rows;
  const auto x = listed.empty() ? m.features_bf16.row_range(begin, count) : rows.get(m.features_bf16, piece);
  kernels::gemm(Transpose::yes, Transpose::no, x, dz_bf16, accumulate, sum);
}

void forward_modality(Tape& tape, Call& call, std::size_t index, MatrixView<float> slab) {
  const ProjectedModality& m = call.modalities[index];
  const MatrixView<const float> weight = tape.value(m.weight);
  const auto bias = tape.value(m.bias).row_span(0);
  Matrix<BFloat16> weight_bf16;
  if (m.features.data == nullptr) {
    weight_bf16 = Matrix<BFloat16>(weight.rows, weight.cols);
    kernels::to_bfloat16(weight, weight_bf16.view());
  }
  const Index count = call.count(slab.rows);
  auto z = tape.scratch(count, weight.rows);
  const std::span<const std::int32_t> listed =
      call.all() ? std::span<const std::int32_t>{} : std::span<const std::int32_t>(call.rows->rows);
  tape.pool().for_range(count, [&](Index begin, Index end, int) {
    const Index block = call.all() ? end - begin : kListedBlock;
    for (Index at = begin; at < end; at += block) {
      const Index stop = std::min(end, at + block);
      multiply(m, weight, weight_bf16.view(), listed, at, stop, z.view().row_range(at, stop - at));
    }
    const auto finish = [&](MatrixView<const float> from, MatrixView<float> to, std::span<float> inverse) {
      if (call.normalize) {
        kernels::bias_normalize_rows(from, bias, to, inverse);
      } else {
        copy<float>(from, to);
        kernels::add_bias(to, bias);
      }
    };
    const auto inverse = call.inverse_norms.view().row_span(static_cast<Index>(index));
    if (call.all()) {
      finish(z.view().row_range(begin, end - begin), slab.row_range(begin, end - begin),
             inverse.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
    } else {
      for (Index n = begin; n < end; ++n) {
        finish(z.view().row_range(n, 1), slab.row_range(listed[static_cast<std::size_t>(n)], 1),
               inverse.subspan(static_cast<std::size_t>(n), 1));
      }
    }
  });
}

void backward_modality(Tape& tape, Call& call, std::size_t index, MatrixView<const float> slab,
                       MatrixView<const float> grad) {
  const ProjectedModality& m = call.modalities[index];
  if (!tape.needs_grad(m.weight) && !tape.needs_grad(m.bias)) return;
  const Index width = slab.cols;
  const Index count = call.count(slab.rows);
  const int workers = tape.pool().size();
  auto dz = tape.scratch(count, width);
  auto weight_parts = tape.scratch(workers * feature_cols(m), width);  // dW_mᵀ of each worker
  auto bias_parts = tape.scratch(workers, width);
  fill(bias_parts.view(), 0.0F);
  fill(weight_parts.view(), 0.0F);
  const std::span<const std::int32_t> listed =
      call.all() ? std::span<const std::int32_t>{} : std::span<const std::int32_t>(call.rows->rows);
  tape.pool().for_range(count, [&](Index begin, Index end, int w) {
    const auto bias_sum = bias_parts.view().row_span(w);
    const auto inverse = call.inverse_norms.view().row_span(static_cast<Index>(index));
    const auto through = [&](MatrixView<const float> out, MatrixView<const float> g, std::span<const float> inv,
                             MatrixView<float> to) {
      if (call.normalize) {
        kernels::normalize_rows_backward(out, inv, g, to, bias_sum);
      } else {
        copy<float>(g, to);
        kernels::add_column_sums(g, bias_sum);
      }
    };
    if (call.all()) {
      through(slab.row_range(begin, end - begin), grad.row_range(begin, end - begin),
              inverse.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
              dz.view().row_range(begin, end - begin));
    } else {
      for (Index n = begin; n < end; ++n) {
        const Index r = listed[static_cast<std::size_t>(n)];
        through(slab.row_range(r, 1), grad.row_range(r, 1), inverse.subspan(static_cast<std::size_t>(n), 1),
                dz.view().row_range(n, 1));
      }
    }
    const auto part = weight_parts.view().row_range(w * feature_cols(m), feature_cols(m));
    const Index block = call.all() ? end - begin : kListedBlock;
    for (Index at = begin; at < end; at += block) {
      const Index stop = std::min(end, at + block);
      multiply_transposed(m, dz.view().row_range(at, stop - at), listed, at, stop, at > begin, part);
    }
  });
  if (tape.needs_grad(m.weight)) {
    const GradSlot slot = tape.contribute(m.weight);
    if (slot.fresh) fill(slot.view, 0.0F);
    for (int w = 0; w < workers; ++w) {
      const auto part = weight_parts.view().row_range(w * feature_cols(m), feature_cols(m));
      for (Index r = 0; r < slot.view.rows; ++r) {
        for (Index c = 0; c < slot.view.cols; ++c) slot.view(r, c) += part(c, r);
      }
    }
  }
  if (tape.needs_grad(m.bias)) {
    const GradSlot slot = tape.contribute(m.bias);
    if (slot.fresh) fill(slot.view, 0.0F);
    for (int w = 0; w < workers; ++w) {
      for (Index c = 0; c < width; ++c) slot.view(0, c) += bias_parts.view()(w, c);
    }
  }
}

void backward(Tape& tape, Call& call) {
  const MatrixView<const float> out = tape.value(call.out);
  const MatrixView<const float> grad = tape.grad(call.out);
  Index column = 0;
  for (std::size_t m = 0; m < call.modalities.size(); ++m) {
    const Index width = tape.rows(call.modalities[m].weight);
    backward_modality(tape, call, m, out.columns(column, width), grad.columns(column, width));
    column += width;
  }
  if (call.tail.valid() && tape.needs_grad(call.tail)) {
    const GradSlot slot = tape.contribute(call.tail);
    if (slot.fresh) fill(slot.view, 0.0F);
    for (Index n = 0; n < call.count(out.rows); ++n) {
      const Index r = call.all() ? n : call.rows->rows[static_cast<std::size_t>(n)];
      for (Index c = 0; c < slot.view.cols; ++c) slot.view(r, c) += grad(r, column + c);
    }
  }
}

}  // namespace

Var project(Tape& tape, std::span<const ProjectedModality> modalities, bool normalize, Var tail,
            const graph::RowSet* rows) {
  auto call = std::make_shared<Call>();
  call->modalities.assign(modalities.begin(), modalities.end());
  call->normalize = normalize;
  call->tail = tail;
  call->rows = rows;
  check(tape, *call);
  Index width = tail.valid() ? tape.cols(tail) : 0;
  for (const auto& m : modalities) width += tape.rows(m.weight);
  const Index num_items = feature_rows(modalities.front());
  // The output needs a gradient if any map does; maps are trained together.
  call->out = tape.make(num_items, width, {modalities.front().weight, modalities.front().bias, tail});
  call->inverse_norms = Matrix<float>(static_cast<Index>(modalities.size()), num_items);
  Index column = 0;
  for (std::size_t m = 0; m < modalities.size(); ++m) {
    const Index d = tape.rows(modalities[m].weight);
    forward_modality(tape, *call, m, tape.mutable_value(call->out).columns(column, d));
    column += d;
  }
  if (tail.valid()) {
    const auto from = tape.value(tail);
    const auto to = tape.mutable_value(call->out).columns(column, from.cols);
    for (Index n = 0; n < call->count(num_items); ++n) {
      const Index r = call->all() ? n : rows->rows[static_cast<std::size_t>(n)];
      std::copy_n(from.row(r), from.cols, to.row(r));
    }
  }
  tape.on_backward(call->out, [call](Tape& t) {
    if (t.has_grad(call->out)) backward(t, *call);
  });
  return call->out;
}

}  // namespace monet::autograd
