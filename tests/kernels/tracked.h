#pragma once

#include <cmath>

namespace monet::kernels::testing {

/// A float64 value and how large the terms are that it was made of: a float32 computation of n operations in a row is
/// within n · kUnit · magnitude of it, to first order.
struct Tracked {
  double value = 0.0;
  double magnitude = 0.0;

  Tracked() = default;
  Tracked(double exact) : value(exact), magnitude(std::abs(exact)) {}
  Tracked(double v, double m) : value(v), magnitude(m) {}
};

inline Tracked operator+(Tracked a, Tracked b) {
  return {a.value + b.value, a.magnitude + b.magnitude};
}
inline Tracked operator-(Tracked a, Tracked b) {
  return {a.value - b.value, a.magnitude + b.magnitude};
}
inline Tracked operator*(Tracked a, Tracked b) {
  return {a.value * b.value, a.magnitude * b.magnitude};
}
inline Tracked exp(Tracked a) {
  return {std::exp(a.value), std::exp(a.value) * (1.0 + a.magnitude)};
}
inline Tracked inverse(Tracked a) {
  return {1.0 / a.value, a.magnitude / (a.value * a.value)};
}

}  // namespace monet::kernels::testing
