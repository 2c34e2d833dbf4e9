#include "monet/autograd/tape.h"

#include "monet/core/error.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

namespace monet::autograd {

void Tape::clear() {
  for (auto& node : nodes_) {
    give(std::move(node.value_memory));
    give(std::move(node.grad_memory));
  }
  nodes_.clear();
  kept_.clear();
}

namespace {

// Rounded up by an eighth at most: sizes that vary a little from step to step, with the rows of a batch or the edges of
// a graph, then share memory. For each size its own would pile up without end.
Index rounded(Index floats) {
  constexpr Index kSmallest = 64;
  if (floats <= kSmallest) return kSmallest;
  const auto step = static_cast<Index>(std::bit_floor(static_cast<std::uint64_t>(floats)) / 8);
  return (floats + step - 1) / step * step;
}

}  // namespace

Matrix<float> Tape::take(Index floats) {
  if (floats == 0) return {};
  const Index size = rounded(floats);
  const auto fits =
      std::find_if(free_.rbegin(), free_.rend(), [&](const Matrix<float>& m) { return m.size() == size; });
  if (fits != free_.rend()) {
    Matrix<float> memory = std::move(*fits);
    free_.erase(std::next(fits).base());
    return memory;
  }
  bytes_ += static_cast<std::size_t>(size) * sizeof(float);
  return {1, size};
}

void Tape::give(Matrix<float>&& memory) {
  if (!memory.empty()) free_.push_back(std::move(memory));
}

Var Tape::constant(MatrixView<const float> value) {
  Node node;
  // Operations never write to a value they did not make, so dropping const here is safe.
  node.value = {const_cast<float*>(value.data), value.rows, value.cols, value.stride};
  nodes_.push_back(std::move(node));
  return {static_cast<std::int32_t>(nodes_.size()) - 1};
}

Var Tape::parameter(MatrixView<float> value, MatrixView<float> grad) {
  if (value.rows != grad.rows || value.cols != grad.cols) {
    fail<InvalidArgument>("[tape] a parameter of {} x {} with a gradient of {} x {}", value.rows, value.cols, grad.rows,
                          grad.cols);
  }
  Node node;
  node.value = value;
  node.grad = grad;
  node.needs_grad = recording_;
  node.is_parameter = true;
  nodes_.push_back(std::move(node));
  return {static_cast<std::int32_t>(nodes_.size()) - 1};
}

Var Tape::make(Index rows, Index cols, std::initializer_list<Var> inputs) {
  Node made;
  made.value_memory = take(rows * cols);
  made.value = {made.value_memory.data(), rows, cols};
  made.needs_grad =
      recording_ && std::any_of(inputs.begin(), inputs.end(), [&](Var v) { return v.valid() && needs_grad(v); });
  nodes_.push_back(std::move(made));
  return {static_cast<std::int32_t>(nodes_.size()) - 1};
}

void Tape::on_backward(Var output, std::function<void(Tape&)> backward) {
  if (needs_grad(output)) node(output).backward = std::move(backward);
}

MatrixView<const float> Tape::grad(Var v) const {
  if (!has_grad(v)) fail<InternalError>("[tape] the gradient of value {} was read before it was written", v.id);
  return node(v).grad;
}

GradSlot Tape::contribute(Var v) {
  Node& target = node(v);
  if (!target.needs_grad) fail<InternalError>("[tape] value {} needs no gradient", v.id);
  if (target.grad.data == nullptr) {
    target.grad_memory = take(target.value.rows * target.value.cols);
    target.grad = {target.grad_memory.data(), target.value.rows, target.value.cols};
  }
  return {target.grad, !std::exchange(target.grad_written, true)};
}

void Tape::release_value(Var v) {
  give(std::move(node(v).value_memory));
}

Matrix<float> Tape::take_value(Var v) {
  Matrix<float> memory = std::move(node(v).value_memory);
  bytes_ -= static_cast<std::size_t>(memory.size()) * sizeof(float);
  return memory;
}

Tape::Scratch Tape::scratch(Index rows, Index cols) {
  return {*this, take(rows * cols), rows, cols};
}

void Tape::backward(Var loss) {
  if (rows(loss) != 1 || cols(loss) != 1) {
    fail<InvalidArgument>("[backward] the loss is {} x {}, not a scalar", rows(loss), cols(loss));
  }
  if (needs_grad(loss)) contribute(loss).view(0, 0) = 1.0F;
  for (auto id = static_cast<std::int32_t>(nodes_.size()) - 1; id >= 0; --id) {
    Node& current = nodes_[static_cast<std::size_t>(id)];
    if (current.backward) {
      auto backward = std::move(current.backward);
      backward(*this);
    }
    Node& done = nodes_[static_cast<std::size_t>(id)];
    if (done.is_parameter) {
      if (done.needs_grad && !done.grad_written) fill(done.grad, 0.0F);
    } else {
      if (id != loss.id) give(std::move(done.value_memory));
      give(std::move(done.grad_memory));
    }
  }
}

}  // namespace monet::autograd
