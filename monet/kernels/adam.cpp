#include "monet/kernels/adam.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/adam.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void Adam(const AdamStep& step, const float* HWY_RESTRICT gradient, float* HWY_RESTRICT first,
          float* HWY_RESTRICT second, float* HWY_RESTRICT parameters, std::size_t size) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto beta1 = hn::Set(d, step.beta1);
  const auto beta2 = hn::Set(d, step.beta2);
  const auto rest1 = hn::Set(d, step.rest1);
  const auto rest2 = hn::Set(d, step.rest2);
  const auto root_bias = hn::Set(d, step.inverse_root_bias);
  const auto epsilon = hn::Set(d, step.epsilon);
  const auto step_size = hn::Set(d, step.step_size);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto g = hn::LoadU(d, gradient + i);
    const auto m = hn::MulAdd(beta1, hn::LoadU(d, first + i), hn::Mul(rest1, g));
    const auto v = hn::MulAdd(beta2, hn::LoadU(d, second + i), hn::Mul(rest2, hn::Mul(g, g)));
    hn::StoreU(m, d, first + i);
    hn::StoreU(v, d, second + i);
    const auto denominator = hn::MulAdd(hn::Sqrt(v), root_bias, epsilon);
    const auto theta = hn::LoadU(d, parameters + i);
    hn::StoreU(hn::Sub(theta, hn::Div(hn::Mul(step_size, m), denominator)), d, parameters + i);
  }
  for (; i < size; ++i) {
    const float g = gradient[i];
    first[i] = step.beta1 * first[i] + step.rest1 * g;
    second[i] = step.beta2 * second[i] + step.rest2 * g * g;
    parameters[i] -= step.step_size * first[i] / (std::sqrt(second[i]) * step.inverse_root_bias + step.epsilon);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(Adam);

AdamStep AdamStep::at(std::int64_t t, double learning_rate, double beta1, double beta2, double epsilon) noexcept {
  const auto steps = static_cast<double>(t);
  return {static_cast<float>(beta1),
          static_cast<float>(beta2),
          static_cast<float>(epsilon),
          static_cast<float>(1.0 - beta1),
          static_cast<float>(1.0 - beta2),
          static_cast<float>(learning_rate / (1.0 - std::pow(beta1, steps))),
          static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(beta2, steps)))};
}

void adam(const AdamStep& step, std::span<const float> gradient, std::span<float> first_moment,
          std::span<float> second_moment, std::span<float> parameters) noexcept {
  HWY_DYNAMIC_DISPATCH(Adam)
  (step, gradient.data(), first_moment.data(), second_moment.data(), parameters.data(), parameters.size());
}

void adam_reference(const AdamStep& step, std::span<const float> gradient, std::span<float> first_moment,
                    std::span<float> second_moment, std::span<float> parameters) noexcept {
  const double beta1 = step.beta1;
  const double beta2 = step.beta2;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double g = gradient[i];
    const double m = beta1 * first_moment[i] + static_cast<double>(step.rest1) * g;
    const double v = beta2 * second_moment[i] + static_cast<double>(step.rest2) * g * g;
    first_moment[i] = static_cast<float>(m);
    second_moment[i] = static_cast<float>(v);
    const double change = step.step_size * m / (std::sqrt(v) * step.inverse_root_bias + step.epsilon);
    parameters[i] = static_cast<float>(parameters[i] - change);
  }
}

}  // namespace monet::kernels
#endif
