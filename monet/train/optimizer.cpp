#include "monet/train/optimizer.h"

#include "monet/kernels/adam.h"

namespace monet::train {

Adam::Adam(models::ParameterSet& parameters) : parameters_(&parameters) {
  for (const auto& block : parameters.blocks()) {
    if (!block.trainable) continue;
    first_.push_back(Matrix<float>::zeros(block.value.rows(), block.value.cols()));
    second_.push_back(Matrix<float>::zeros(block.value.rows(), block.value.cols()));
  }
}

void Adam::step(ThreadPool& pool, double learning_rate) {
  constexpr Index kGrain = 16;              // floats in a cache line
  constexpr Index kWorthSharing = 1 << 15;  // below, waking the team costs more than the update
  const auto constants = kernels::AdamStep::at(++steps_, learning_rate);
  std::size_t index = 0;
  for (auto& block : parameters_->blocks()) {
    if (!block.trainable) continue;
    float* const value = block.value.data();
    const float* const grad = block.grad.data();
    float* const first = first_[index].data();
    float* const second = second_[index].data();
    const auto update = [&](Index begin, Index end, int) {
      const auto size = static_cast<std::size_t>(end - begin);
      kernels::adam(constants, {grad + begin, size}, {first + begin, size}, {second + begin, size},
                    {value + begin, size});
    };
    if (block.value.size() < kWorthSharing) {
      update(0, block.value.size(), 0);
    } else {
      pool.for_range(block.value.size(), update, kGrain);
    }
    ++index;
  }
}

}  // namespace monet::train
