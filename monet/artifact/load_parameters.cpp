#include "monet/artifact/load_parameters.h"

#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

namespace monet::artifact {

namespace {

std::vector<Index> shape_of(const models::Parameter& parameter) {
  if (parameter.is_vector) return {parameter.value.cols};
  return {parameter.value.rows, parameter.value.cols};
}

const files::Tensor* tensor_of(const files::Safetensors& file, const models::Parameter& parameter) {
  const files::Tensor* tensor = file.find(parameter.name);
  return tensor != nullptr || parameter.alias.empty() ? tensor : file.find(parameter.alias);
}

std::filesystem::path file_of(const std::filesystem::path& path) {
  return std::filesystem::is_directory(path) ? path / names::kModelFile : path;
}

std::vector<std::string> faults(const files::Safetensors& file, const models::ParameterSet& parameters) {
  std::vector<std::string> found;
  for (const models::Parameter& parameter : parameters.parameters()) {
    const files::Tensor* tensor = tensor_of(file, parameter);
    const std::vector<Index> shape = shape_of(parameter);
    if (tensor == nullptr) {
      found.push_back(fmt::format("{} is missing", parameter.name));
    } else if (tensor->dtype != files::Dtype::f32 || tensor->shape != shape) {
      found.push_back(
          fmt::format("{} is {}, the model has F32 [{}]", parameter.name, tensor->describe(), fmt::join(shape, ", ")));
    }
  }
  for (const files::Tensor& tensor : file.tensors()) {
    const auto& known = parameters.parameters();
    const bool is_parameter = std::any_of(known.begin(), known.end(),
                                          [&](const models::Parameter& p) { return tensor_of(file, p) == &tensor; });
    if (!is_parameter && !names::is_derived(tensor.name) && !tensor.name.starts_with(names::kModalityPrefix)) {
      found.push_back(fmt::format("{} is unknown to the model", tensor.name));
    }
  }
  return found;
}

}  // namespace

void load_parameters(const std::filesystem::path& path, models::ParameterSet& parameters) {
  const std::filesystem::path source = file_of(path);
  const files::Safetensors file(source);
  if (const std::vector<std::string> found = faults(file, parameters); !found.empty()) {
    fail<DataError>("{}: not the parameters of this model: {}; check --model and its options", source.string(),
                    fmt::join(found, "; "));
  }
  for (models::Parameter& parameter : parameters.parameters()) {
    copy<float>(file.matrix<float>(tensor_of(file, parameter)->name), parameter.value);
  }
}

models::TensorShapes tensor_shapes(const std::filesystem::path& path) {
  models::TensorShapes shapes;
  const files::Safetensors file(file_of(path));
  for (const files::Tensor& tensor : file.tensors()) shapes[tensor.name] = tensor.shape;
  return shapes;
}

}  // namespace monet::artifact
