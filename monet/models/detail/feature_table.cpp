#include "monet/models/detail/feature_table.h"

#include <algorithm>

namespace monet::models::detail {

namespace {

template <class T>
Matrix<T> transposed(MatrixView<const T> source) {
  constexpr Index kTile = 64;  // rows and columns that stay in cache together
  Matrix<T> out(source.cols, source.rows);
  for (Index r0 = 0; r0 < source.rows; r0 += kTile) {
    for (Index c0 = 0; c0 < source.cols; c0 += kTile) {
      for (Index r = r0; r < std::min(r0 + kTile, source.rows); ++r) {
        for (Index c = c0; c < std::min(c0 + kTile, source.cols); ++c) out(c, r) = source(r, c);
      }
    }
  }
  return out;
}

}  // namespace

FeatureTable::FeatureTable(MatrixView<const float> features, FeaturesDtype dtype, FeaturesLayout layout)
    : features_(features), dtype_(dtype) {
  const bool both = layout == FeaturesLayout::both;
  if (dtype == FeaturesDtype::f32) {
    if (both) transposed_ = transposed<float>(features);
    return;
  }
  bf16_ = Matrix<kernels::BFloat16>(features.rows, features.cols);
  kernels::to_bfloat16(features, bf16_.view());
  if (both) bf16_transposed_ = transposed<kernels::BFloat16>(bf16_.view());
}

autograd::ProjectedModality FeatureTable::with(autograd::Var weight, autograd::Var bias) const {
  autograd::ProjectedModality out;
  out.weight = weight;
  out.bias = bias;
  if (dtype_ == FeaturesDtype::f32) {
    out.features = features_;
    if (!transposed_.empty()) out.features_transposed = transposed_.view();
  } else {
    out.features_bf16 = bf16_.view();
    if (!bf16_transposed_.empty()) out.features_bf16_transposed = bf16_transposed_.view();
  }
  return out;
}

std::size_t FeatureTable::bytes() const {
  return static_cast<std::size_t>(bf16_.size() + bf16_transposed_.size()) * sizeof(kernels::BFloat16) +
         static_cast<std::size_t>(transposed_.size()) * sizeof(float);
}

}  // namespace monet::models::detail
