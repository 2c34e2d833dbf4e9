#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace monet::autograd {

class NoGradient;

/// A value on a tape: a float32 matrix (a scalar is [1, 1]).
struct Var {
  std::int32_t id = -1;
  bool valid() const { return id >= 0; }
};

/// Where one operation's backward puts its contribution to the gradient of an input. `fresh`: nothing was written yet
/// and the memory is uninitialised, so every element must be assigned; otherwise the contribution is added.
struct GradSlot {
  MatrixView<float> view;
  bool fresh = true;
};

/// Records operations and runs their gradients in reverse (reverse-mode automatic differentiation over matrices). An
/// operation is a free function that computes its output at once and registers a closure for its backward; shape
/// checks, forward and backward stand in one file under monet/autograd/ops/. Memory of one step is kept and reused by
/// the next. Not thread-safe; operations use the pool inside.
class Tape {
 public:
  explicit Tape(ThreadPool& pool) : pool_(&pool) {}

  ThreadPool& pool() { return *pool_; }

  /// Forgets all values; their memory stays for reuse.
  void clear();

  /// Whether operations keep what a backward pass needs: always, but in the scope of a NoGradient.
  bool recording() const { return recording_; }

  /// A value that needs no gradient. Not copied: `value` must live as long as the tape is used.
  Var constant(MatrixView<const float> value);
  /// A trainable value; backward leaves d loss / d value in `grad` (same shape, overwritten; zero when not reached).
  Var parameter(MatrixView<float> value, MatrixView<float> grad);

  // ---- for operations ----

  /// A new value of this shape with uninitialised memory; needs a gradient if any input does and the tape records.
  Var make(Index rows, Index cols, std::initializer_list<Var> inputs);
  /// Runs `backward` once all consumers of `output` are done. With several outputs, made one after the other, register
  /// on the one made last: the gradients of all of them are complete then, and still there. Does nothing when `output`
  /// needs no gradient.
  void on_backward(Var output, std::function<void(Tape&)> backward);

  MatrixView<const float> value(Var v) const { return node(v).value; }
  MatrixView<float> mutable_value(Var v) { return node(v).value; }
  Index rows(Var v) const { return node(v).value.rows; }
  Index cols(Var v) const { return node(v).value.cols; }
  bool needs_grad(Var v) const { return node(v).needs_grad; }
  /// Whether any consumer has contributed to the gradient of `v`.
  bool has_grad(Var v) const { return node(v).grad_written; }
  /// The gradient accumulated so far (only when `has_grad`).
  MatrixView<const float> grad(Var v) const;
  /// Claims the gradient memory of an input that needs one. After the call `has_grad` is true.
  GradSlot contribute(Var v);
  /// Gives the memory of a value back early: for a backward that does not read it any more.
  void release_value(Var v);
  /// Holds something that operations refer to until `clear`, and returns it where it stays.
  template <class T>
  const T& keep(T value) {
    const auto kept = std::make_shared<const T>(std::move(value));
    kept_.push_back(kept);
    return *kept;
  }
  /// Memory for the time of an operation, returned to the tape by the deleter. Uninitialised.
  class Scratch;
  Scratch scratch(Index rows, Index cols);

  // ---- the user's side ----

  /// Runs every backward from `loss`, a [1, 1] value, with seed 1.
  void backward(Var loss);
  /// The number in a [1, 1] value.
  float scalar(Var v) const { return node(v).value(0, 0); }
  /// Takes the memory of a value out of the tape: `value(v)` stays a view of it. Empty where the value is not the
  /// tape's own (a constant, a parameter).
  Matrix<float> take_value(Var v);
  /// Bytes held for values, gradients and scratch, in use or kept for reuse.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Node {
    MatrixView<float> value;
    MatrixView<float> grad;
    Matrix<float> value_memory;
    Matrix<float> grad_memory;
    std::function<void(Tape&)> backward;
    bool needs_grad = false;
    bool is_parameter = false;
    bool grad_written = false;
  };

  Node& node(Var v) { return nodes_[static_cast<std::size_t>(v.id)]; }
  const Node& node(Var v) const { return nodes_[static_cast<std::size_t>(v.id)]; }
  Matrix<float> take(Index floats);
  void give(Matrix<float>&& memory);

  friend class NoGradient;

  ThreadPool* pool_;
  bool recording_ = true;
  // Before what may give memory back as it goes: a backward that holds some.
  std::vector<Matrix<float>> free_;  // rows of some length, whatever shape they had
  std::size_t bytes_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::shared_ptr<const void>> kept_;
};

/// While it lives, operations on the tape keep nothing for a backward pass. May be nested.
class NoGradient {
 public:
  explicit NoGradient(Tape& tape) : tape_(&tape), before_(std::exchange(tape.recording_, false)) {}
  NoGradient(const NoGradient&) = delete;
  NoGradient& operator=(const NoGradient&) = delete;
  ~NoGradient() { tape_->recording_ = before_; }

 private:
  Tape* tape_;
  bool before_;
};

class Tape::Scratch {
 public:
  Scratch(Tape& tape, Matrix<float>&& memory, Index rows, Index cols)
      : tape_(&tape), memory_(std::move(memory)), view_(memory_.data(), rows, cols) {}
  Scratch(Scratch&& other) noexcept
      : tape_(std::exchange(other.tape_, nullptr)), memory_(std::move(other.memory_)), view_(other.view_) {}
  Scratch& operator=(Scratch&&) = delete;
  Scratch(const Scratch&) = delete;
  ~Scratch() {
    if (tape_ != nullptr) tape_->give(std::move(memory_));
  }
  MatrixView<float> view() { return view_; }

 private:
  Tape* tape_;
  Matrix<float> memory_;
  MatrixView<float> view_;
};

}  // namespace monet::autograd
