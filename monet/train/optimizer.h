#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/models/parameters.h"

#include <cstdint>
#include <vector>

namespace monet::train {

/// Adam (0.9, 0.999, 1e-8) over the trainable blocks of a parameter set. Dense: a row without gradient still moves
/// while its moments last, as in the published implementation.
class Adam {
 public:
  /// Moments start at zero. `parameters` must outlive the optimiser and keep its blocks.
  explicit Adam(models::ParameterSet& parameters);

  /// One step with the gradients now in the blocks.
  void step(ThreadPool& pool, double learning_rate);

  /// Steps taken, and the moments in the order of the blocks: what a checkpoint holds.
  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }
  std::vector<Matrix<float>>& first_moments() { return first_; }
  std::vector<Matrix<float>>& second_moments() { return second_; }

 private:
  models::ParameterSet* parameters_;
  std::vector<Matrix<float>> first_;
  std::vector<Matrix<float>> second_;
  std::int64_t steps_ = 0;
};

}  // namespace monet::train
