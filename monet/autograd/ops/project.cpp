#include "monet/autograd/ops/project.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/row_normalize.h"
#include "monet/kernels/skinny_gemm.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

using detail::as_bfloat16;
using kernels::BFloat16;
using kernels::Transpose;

// Items multiplied and normalised together, so that the product is still in cache: by our own kernel, and by oneDNN,
// which packs its operands for each call and wants larger blocks.
constexpr Index kSmallBlock = kernels::kProjectRows;
constexpr Index kLargeBlock = 1024;
// Listed items come in any number; padding a block to a multiple keeps the number of compiled GEMM shapes small.
constexpr Index kPadding = 128;

Index padded_columns(Index width) {
  return (width + kernels::kSkinnyColumns - 1) / kernels::kSkinnyColumns * kernels::kSkinnyColumns;
}

Index feature_rows(const ProjectedModality& m) {
  return m.features.data != nullptr ? m.features.rows : m.features_bf16.rows;
}
Index feature_cols(const ProjectedModality& m) {
  return m.features.data != nullptr ? m.features.cols : m.features_bf16.cols;
}

struct ProjectCall {
  std::vector<ProjectedModality> modalities;
  bool normalize;
  Var tail;
  const graph::RowSet* rows;  // null: all
  Var out;
  Matrix<float> inverse_norms;  // [M, I]

  bool all() const { return rows == nullptr || rows->all; }
  Index count(Index num_items) const { return all() ? num_items : static_cast<Index>(rows->rows.size()); }
};

void check(const Tape& tape, const ProjectCall& call) {
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

// The features of one modality in one of the two precisions, block by block.
template <class T>
class Blocks {
 public:
  Blocks(Tape& tape, const ProjectCall& call, MatrixView<const T> features, MatrixView<const T> transposed)
      : features_(features), transposed_(transposed) {
    if (call.all()) return;
    listed_ = call.rows->rows;
    // Floats hold either precision.
    copies_.emplace(tape.scratch(tape.pool().size() * kLargeBlock, features.cols));
  }

  bool listed() const { return listed_.data() != nullptr; }
  /// Rows that block [begin, end) takes in a product.
  Index padded(Index begin, Index end) const {
    return listed() && !(std::is_same_v<T, float>) ? (end - begin + kPadding - 1) / kPadding * kPadding : end - begin;
  }
  Index item(Index n) const { return listed() ? listed_[static_cast<std::size_t>(n)] : n; }

  /// X of the block, [padded, d_m]; padding is zero.
  MatrixView<const T> rows(Index begin, Index end, int worker) {
    if (!listed()) return features_.row_range(begin, end - begin);
    const MatrixView<float> memory = copies_->view().row_range(worker * kLargeBlock, kLargeBlock);
    const MatrixView<T> copy(reinterpret_cast<T*>(memory.data), padded(begin, end), features_.cols);
    for (Index n = begin; n < end; ++n) std::copy_n(features_.row(item(n)), copy.cols, copy.row(n - begin));
    fill(copy.row_range(end - begin, copy.rows - (end - begin)), T{});
    return copy;
  }

  bool has_transposed() const { return !listed() && transposed_.data != nullptr; }
  MatrixView<const T> transposed(Index begin, Index end) const { return transposed_.columns(begin, end - begin); }

 private:
  MatrixView<const T> features_;
  MatrixView<const T> transposed_;
  std::span<const std::int32_t> listed_;
  std::optional<Tape::Scratch> copies_;
};

// Calls `body(begin, end, worker)` for blocks of at most `block` items, each worker its own share.
template <class Body>
void for_blocks(ThreadPool& pool, Index count, Index block, Body&& body) {
  pool.for_range(
      count,
      [&](Index begin, Index end, int worker) {
        for (Index at = begin; at < end; at += block) body(at, std::min(end, at + block), worker);
      },
      kPadding);
}

// Wᵀ as the kernel of the precision wants it: packed and padded for ours, W itself for oneDNN. `memory` is [d_m, padded
// d].
MatrixView<const float> prepare(MatrixView<const float> weight, MatrixView<float> memory, float) {
  fill(memory, 0.0F);
  for (Index r = 0; r < weight.rows; ++r) {
    for (Index c = 0; c < weight.cols; ++c) memory(c, r) = weight(r, c);
  }
  return memory;
}
MatrixView<const BFloat16> prepare(MatrixView<const float> weight, MatrixView<float> memory, BFloat16) {
  const auto narrow = as_bfloat16(memory, weight.rows, weight.cols);
  kernels::to_bfloat16(weight, narrow);
  return narrow;
}

void multiply(MatrixView<const float> x, MatrixView<const float> packed, MatrixView<float> z) {
  kernels::project_block(x, packed, z);
}
void multiply(MatrixView<const BFloat16> x, MatrixView<const BFloat16> weight, MatrixView<float> z) {
  kernels::gemm(Transpose::no, Transpose::yes, x, weight, false, z.columns(0, weight.rows));
}

template <class T>
void forward_modality(Tape& tape, ProjectCall& call, std::size_t index, Blocks<T> blocks, MatrixView<float> slab) {
  const ProjectedModality& m = call.modalities[index];
  auto weight_memory = tape.scratch(tape.cols(m.weight), padded_columns(slab.cols));
  const MatrixView<const T> weight = prepare(tape.value(m.weight), weight_memory.view(), T{});
  const auto bias = tape.value(m.bias).row_span(0);
  const Index block = std::is_same_v<T, float> ? kSmallBlock : kLargeBlock;
  auto products = tape.scratch(tape.pool().size() * kLargeBlock, padded_columns(slab.cols));
  for_blocks(tape.pool(), call.count(slab.rows), block, [&](Index begin, Index end, int worker) {
    const auto x = blocks.rows(begin, end, worker);
    const auto product = products.view().row_range(worker * kLargeBlock, x.rows);
    multiply(x, weight, product);
    const auto z = product.columns(0, slab.cols);
    const auto finish = [&](Index from, Index to, Index count) {
      const auto source = z.row_range(from, count);
      const auto target = slab.row_range(to, count);
      if (call.normalize) {
        const auto inverse = call.inverse_norms.view().row_span(static_cast<Index>(index));
        kernels::bias_normalize_rows(
            source, bias, target,
            inverse.subspan(static_cast<std::size_t>(begin + from), static_cast<std::size_t>(count)));
      } else {
        copy<float>(source, target);
        kernels::add_bias(target, bias);
      }
    };
    if (blocks.listed()) {
      for (Index n = begin; n < end; ++n) finish(n - begin, blocks.item(n), 1);
    } else {
      finish(0, begin, end - begin);
    }
  });
}

// Adds the parts of all workers, transposed, to a gradient.
void add_parts(MatrixView<const float> parts, Index rows_each, bool transpose, GradSlot slot) {
  if (slot.fresh) fill(slot.view, 0.0F);
  for (Index first = 0; first < parts.rows; first += rows_each) {
    const auto part = parts.row_range(first, rows_each);
    for (Index r = 0; r < slot.view.rows; ++r) {
      for (Index c = 0; c < slot.view.cols; ++c) slot.view(r, c) += transpose ? part(c, r) : part(r, c);
    }
  }
}

using Soon = std::array<MatrixView<const float>, 2>;

// part += Xᵀ dz of one block, [d_m, padded d]. `memory` is kPackFloats floats for ours, half of dz for oneDNN's
// bfloat16. `soon`: what the next block reads first.
void multiply_transposed(Blocks<float>& blocks, Index begin, Index end, int worker, MatrixView<const float> dz,
                         MatrixView<float> part, MatrixView<float> memory, const Soon& soon) {
  if (blocks.has_transposed()) {
    kernels::gemm(Transpose::no, Transpose::no, blocks.transposed(begin, end), dz, true, part);
  } else {
    kernels::project_block_backward(blocks.rows(begin, end, worker), dz, part, memory.data, soon);
  }
}
void multiply_transposed(Blocks<BFloat16>& blocks, Index begin, Index end, int worker, MatrixView<const float> dz,
                         MatrixView<float> part, MatrixView<float> memory, const Soon& /*soon*/) {
  const auto g = as_bfloat16(memory, dz.rows, dz.cols);
  kernels::to_bfloat16(dz, g);
  if (blocks.has_transposed()) {
    kernels::gemm(Transpose::no, Transpose::no, blocks.transposed(begin, end), MatrixView<const BFloat16>(g), true,
                  part);
  } else {
    kernels::gemm(Transpose::yes, Transpose::no, blocks.rows(begin, end, worker), MatrixView<const BFloat16>(g), true,
                  part);
  }
}

template <class T>
void backward_modality(Tape& tape, ProjectCall& call, std::size_t index, Blocks<T> blocks, MatrixView<const float> slab,
                       MatrixView<const float> grad) {
  const ProjectedModality& m = call.modalities[index];
  if (!tape.needs_grad(m.weight) && !tape.needs_grad(m.bias)) return;
  const bool ours = std::is_same_v<T, float> && !blocks.has_transposed();
  const Index width = slab.cols;
  const Index padded = padded_columns(width);
  const Index inputs = tape.cols(m.weight);
  const int workers = tape.pool().size();
  // With a transposed copy oneDNN is fastest over all items of a worker at once.
  const Index count = call.count(slab.rows);
  const Index block = ours ? kSmallBlock : blocks.has_transposed() ? std::max<Index>(count, 1) : kLargeBlock;
  const Index product_rows = std::max(block, kPadding);  // a listed block is padded
  auto products = tape.scratch(workers * product_rows, padded);
  const Index memory_rows = ours ? kernels::kPackFloats / padded + 1 : (product_rows + 1) / 2;
  auto memory = tape.scratch(workers * memory_rows, padded);
  auto weight_parts = tape.scratch(workers * inputs, padded);  // dW_mᵀ of each worker
  auto bias_parts = tape.scratch(workers, width);
  fill(bias_parts.view(), 0.0F);
  fill(weight_parts.view(), 0.0F);
  if (padded != width) fill(products.view(), 0.0F);
  for_blocks(tape.pool(), count, block, [&](Index begin, Index end, int worker) {
    const auto product = products.view().row_range(worker * product_rows, blocks.padded(begin, end));
    const auto dz = product.columns(0, width);
    const auto bias_sum = bias_parts.view().row_span(worker);
    const auto through = [&](Index from, Index to, Index count) {
      const auto g = grad.row_range(from, count);
      const auto target = dz.row_range(to, count);
      if (call.normalize) {
        const auto inverse = call.inverse_norms.view().row_span(static_cast<Index>(index));
        kernels::normalize_rows_backward(
            slab.row_range(from, count),
            inverse.subspan(static_cast<std::size_t>(begin + to), static_cast<std::size_t>(count)), g, target,
            bias_sum);
      } else {
        copy<float>(g, target);
        kernels::add_column_sums(g, bias_sum);
      }
    };
    if (blocks.listed()) {
      for (Index n = begin; n < end; ++n) through(blocks.item(n), n - begin, 1);
      fill(dz.row_range(end - begin, dz.rows - (end - begin)), 0.0F);
    } else {
      through(begin, 0, end - begin);
    }
    const Soon soon =
        blocks.listed() ? Soon{} : Soon{slab.row_range(end, slab.rows - end), grad.row_range(end, slab.rows - end)};
    multiply_transposed(blocks, begin, end, worker, product, weight_parts.view().row_range(worker * inputs, inputs),
                        memory.view().row_range(worker * memory_rows, memory_rows), soon);
  });
  if (tape.needs_grad(m.weight)) add_parts(weight_parts.view(), inputs, true, tape.contribute(m.weight));
  if (tape.needs_grad(m.bias)) add_parts(bias_parts.view(), 1, false, tape.contribute(m.bias));
}

// Runs `body(index, blocks, first column, width)` for each modality in its precision.
template <class Body>
void for_modalities(Tape& tape, ProjectCall& call, Body&& body) {
  Index column = 0;
  for (std::size_t index = 0; index < call.modalities.size(); ++index) {
    const ProjectedModality& m = call.modalities[index];
    const Index width = tape.rows(m.weight);
    if (m.features.data != nullptr) {
      body(index, Blocks<float>(tape, call, m.features, m.features_transposed), column, width);
    } else {
      body(index, Blocks<BFloat16>(tape, call, m.features_bf16, m.features_bf16_transposed), column, width);
    }
    column += width;
  }
}

void backward(Tape& tape, ProjectCall& call) {
  const MatrixView<const float> out = tape.value(call.out);
  const MatrixView<const float> grad = tape.grad(call.out);
  for_modalities(tape, call, [&](std::size_t index, auto blocks, Index first, Index width) {
    backward_modality(tape, call, index, std::move(blocks), out.columns(first, width), grad.columns(first, width));
  });
  if (call.tail.valid() && tape.needs_grad(call.tail)) {
    const GradSlot slot = tape.contribute(call.tail);
    if (slot.fresh) fill(slot.view, 0.0F);
    for (Index n = 0; n < call.count(out.rows); ++n) {
      const Index r = call.all() ? n : call.rows->rows[static_cast<std::size_t>(n)];
      for (Index c = 0; c < slot.view.cols; ++c) slot.view(r, c) += grad(r, out.cols - slot.view.cols + c);
    }
  }
}

}  // namespace

Var project(Tape& tape, std::span<const ProjectedModality> modalities, bool normalize, Var tail,
            const graph::RowSet* rows) {
  auto call = std::make_shared<ProjectCall>();
  call->modalities.assign(modalities.begin(), modalities.end());
  call->normalize = normalize;
  call->tail = tail;
  call->rows = rows;
  check(tape, *call);
  Index width = tail.valid() ? tape.cols(tail) : 0;
  for (const auto& m : modalities) width += tape.rows(m.weight);
  const Index num_items = feature_rows(modalities.front());
  Var trained = tail;  // any input that needs a gradient
  for (const auto& m : modalities) {
    for (const Var v : {m.weight, m.bias}) {
      if (tape.needs_grad(v)) trained = v;
    }
  }
  call->out = tape.make(num_items, width, {trained});
  call->inverse_norms = Matrix<float>(static_cast<Index>(modalities.size()), num_items);
  for_modalities(tape, *call, [&](std::size_t index, auto blocks, Index first, Index columns) {
    forward_modality(tape, *call, index, std::move(blocks), tape.mutable_value(call->out).columns(first, columns));
  });
  if (tail.valid()) {
    const auto from = tape.value(tail);
    const auto to = tape.mutable_value(call->out).columns(width - from.cols, from.cols);
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
