#include "monet/kernels/transpose.h"

#include <cassert>
#include <cstring>

namespace monet::kernels {

namespace {

// Four lanes are in every instruction set, so there is nothing to dispatch.
using Four = float __attribute__((vector_size(16)));
constexpr Index kSide = 4;

Four load(const float* from) {
  Four value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

void store(Four value, float* to) {
  std::memcpy(to, &value, sizeof(value));
}

void transpose_square(const float* from, Index from_stride, float* to, Index to_stride) {
  const Four a = load(from);
  const Four b = load(from + from_stride);
  const Four c = load(from + 2 * from_stride);
  const Four d = load(from + 3 * from_stride);
  const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(__builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5), to);
  store(__builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7), to + to_stride);
  store(__builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5), to + 2 * to_stride);
  store(__builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7), to + 3 * to_stride);
}

}  // namespace

void transpose(MatrixView<const float> from, MatrixView<float> to) noexcept {
  assert(from.rows == to.cols && from.cols == to.rows);
  const Index rows = from.rows / kSide * kSide;
  const Index cols = from.cols / kSide * kSide;
  for (Index c = 0; c < cols; c += kSide) {
    for (Index r = 0; r < rows; r += kSide) {
      transpose_square(from.data + r * from.stride + c, from.stride, to.data + c * to.stride + r, to.stride);
    }
  }
  for (Index r = rows; r < from.rows; ++r) {
    for (Index c = 0; c < cols; ++c) to(c, r) = from(r, c);
  }
  for (Index c = cols; c < from.cols; ++c) {
    for (Index r = 0; r < from.rows; ++r) to(c, r) = from(r, c);
  }
}

}  // namespace monet::kernels
