#pragma once

#include "monet/autograd/ops/project.h"
#include "monet/core/matrix.h"
#include "monet/data/dataset.h"
#include "monet/models/shared_options.h"

#include <cstddef>

namespace monet::models::detail {

/// Frozen features of one modality in the types and layouts a model asked for. The dataset's own float32 rows are used
/// in place; a bfloat16 copy takes half of their memory, a transposed copy as much as what it copies.
class FeatureTable {
 public:
  /// `features` [I, d_m] must outlive this.
  FeatureTable(MatrixView<const float> features, FeaturesDtype dtype, FeaturesLayout layout);

  Index width() const { return features_.cols; }
  /// What autograd::project takes, with the map W, b.
  autograd::ProjectedModality with(autograd::Var weight, autograd::Var bias) const;
  /// Bytes of the copies.
  std::size_t bytes() const;

 private:
  MatrixView<const float> features_;
  FeaturesDtype dtype_;
  Matrix<kernels::BFloat16> bf16_;
  Matrix<kernels::BFloat16> bf16_transposed_;
  Matrix<float> transposed_;
};

}  // namespace monet::models::detail
