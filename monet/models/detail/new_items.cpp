#include "monet/models/detail/new_items.h"

#include <utility>
#include <vector>

namespace monet::models::detail {

void add_modality(Output& out, const std::string& name, MatrixView<const float> weight, std::span<const float> bias,
                  const FeatureScaling& scaling) {
  scoring::NewItemMap::Modality modality;
  modality.name = name;
  modality.weight = out.keep(Matrix<float>::copy_of(weight)).view();
  modality.bias = out.keep(std::vector<float>(bias.begin(), bias.end()));
  modality.center = out.keep(scaling.center);
  modality.scale = out.keep(scaling.scale);
  out.new_items->modalities.push_back(std::move(modality));
}

void add_table(Output& out, const std::string& name, MatrixView<const float> images, double factor,
               std::vector<float> bias) {
  Matrix<float> weight(images.cols, images.rows);
  for (Index n = 0; n < weight.rows(); ++n) {
    for (Index c = 0; c < weight.cols(); ++c) {
      weight(n, c) = static_cast<float>(factor * static_cast<double>(images(c, n)));
    }
  }
  out.new_items->tables.push_back({name, out.keep(std::move(weight)).view(), out.keep(std::move(bias))});
}

Matrix<float> units(Index count, Index cols) {
  Matrix<float> rows = Matrix<float>::zeros(count, cols);
  for (Index c = 0; c < count; ++c) rows(c, c) = 1.0F;
  return rows;
}

}  // namespace monet::models::detail
