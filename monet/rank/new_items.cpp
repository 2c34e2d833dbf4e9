#include "monet/rank/new_items.h"

#include "monet/core/error.h"
#include "monet/core/norm.h"
#include "monet/kernels/multiply_transposed.h"
#include "monet/kernels/row_normalize.h"
#include "monet/kernels/scaled_columns.h"

#include <algorithm>
#include <cmath>

namespace monet::rank {

namespace {

/// x Wᵀ + b into `out`.
void multiply(MatrixView<const float> x, MatrixView<const float> weight, std::span<const float> bias,
              MatrixView<float> out) {
  kernels::multiply_transposed(x, weight, out);
  if (!bias.empty()) kernels::add_bias(out, bias);
}

void check_shape(const scoring::NewItemMap::Modality& modality, MatrixView<const float> features, Index rows) {
  if (features.cols == modality.weight.cols && features.rows == rows) return;
  fail<InvalidArgument>("[new_items] features of {} are [{}, {}], expected [{}, {}]", modality.name, features.rows,
                        features.cols, rows, modality.weight.cols);
}

void give_lengths(MatrixView<float> rows, Index blocks, float length) {
  const Index width = rows.cols / blocks;
  for (Index r = 0; r < rows.rows; ++r) {
    for (Index b = 0; b < blocks; ++b) {
      const std::span<float> block =
          rows.row_span(r).subspan(static_cast<std::size_t>(b * width), static_cast<std::size_t>(width));
      const double norm = std::sqrt(square_norm(std::span<const float>(block)));
      const double factor = static_cast<double>(length) / std::max(norm, static_cast<double>(kernels::kNormFloor));
      for (float& x : block) x = static_cast<float>(static_cast<double>(x) * factor);
    }
  }
}

}  // namespace

std::vector<Matrix<float>> new_item_rows(const scoring::NewItemMap& map,
                                         std::span<const MatrixView<const float>> features) {
  if (features.size() != map.modalities.size()) {
    fail<InvalidArgument>("[new_items] features of {} modalities, expected {}", features.size(), map.modalities.size());
  }
  const Index rows = features.empty() ? 0 : features.front().rows;
  Index width = 0;
  for (const scoring::NewItemMap::Modality& modality : map.modalities) width += modality.weight.rows;
  Matrix<float> projected(rows, width);
  std::vector<float> inverse_norms(static_cast<std::size_t>(rows));
  Index column = 0;
  for (std::size_t m = 0; m < features.size(); ++m) {
    const scoring::NewItemMap::Modality& modality = map.modalities[m];
    check_shape(modality, features[m], rows);
    const MatrixView<float> part = projected.view().columns(column, modality.weight.rows);
    multiply(kernels::scaled_columns(features[m], modality.center, modality.scale).view(), modality.weight,
             modality.bias, part);
    if (map.unit_rows) kernels::normalize_rows(part, part, inverse_norms);
    column += part.cols;
  }
  std::vector<Matrix<float>> tables;
  for (const scoring::NewItemMap::Table& table : map.tables) {
    Matrix<float>& out = tables.emplace_back(rows, table.weight.rows);
    multiply(projected.view(), table.weight, table.bias, out.view());
  }
  if (map.blocks > 0 && !tables.empty()) give_lengths(tables.front().view(), map.blocks, map.length);
  return tables;
}

}  // namespace monet::rank
