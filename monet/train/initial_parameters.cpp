#include "monet/train/initial_parameters.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::train {

namespace {

namespace names = artifact::names;
using models::RowsOf;

/// For each user and item of a dataset its row in an artifact, or -1.
struct KnownRows {
  std::vector<std::int32_t> users, items;
  Index old_users = 0;
  Index old_items = 0;
};

std::vector<std::int32_t> known_rows(const std::vector<std::string>& ids, const artifact::IdTable& table) {
  std::vector<std::int32_t> rows;
  rows.reserve(ids.size());
  for (const std::string& id : ids) rows.push_back(table.find(id).value_or(-1));
  return rows;
}

Index count_known(const std::vector<std::int32_t>& rows) {
  return std::count_if(rows.begin(), rows.end(), [](std::int32_t row) { return row >= 0; });
}

/// Shape of the tensor that belongs to a parameter: its own, or with the artifact's rows where users and items are
/// found by their ids.
std::vector<Index> expected_shape(const models::Parameter& parameter, const KnownRows* known) {
  if (parameter.is_vector) return {parameter.value.cols};
  Index rows = parameter.value.rows;
  if (known != nullptr) {
    if (parameter.rows_of == RowsOf::users) rows = known->old_users;
    if (parameter.rows_of == RowsOf::items) rows = known->old_items;
    if (parameter.rows_of == RowsOf::nodes) rows = known->old_users + known->old_items;
  }
  return {rows, parameter.value.cols};
}

const files::Tensor* tensor_of(const files::Safetensors& file, const models::Parameter& parameter) {
  const files::Tensor* tensor = file.find(parameter.name);
  return tensor != nullptr || parameter.alias.empty() ? tensor : file.find(parameter.alias);
}

std::filesystem::path file_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return path;
  if (std::filesystem::is_directory(path / names::part_folder(0)) && artifact::Artifact::is_artifact(path)) {
    fail<DataError>("{}: a blend has no parameters of its own; start from one of its parts, such as {}", path.string(),
                    (path / names::part_folder(0)).string());
  }
  return path / names::kModelFile;
}

std::vector<std::string> faults(const files::Safetensors& file, const models::ParameterSet& parameters,
                                const KnownRows* rows_known) {
  std::vector<std::string> found;
  for (const models::Parameter& parameter : parameters.parameters()) {
    const files::Tensor* tensor = tensor_of(file, parameter);
    const std::vector<Index> shape = expected_shape(parameter, rows_known);
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

void require_no_faults(const files::Safetensors& file, const models::ParameterSet& parameters, const KnownRows* known) {
  if (const std::vector<std::string> found = faults(file, parameters, known); !found.empty()) {
    fail<DataError>("{}: not the parameters of this model: {}; check `model` and its options", file.name(),
                    fmt::join(found, "; "));
  }
}

/// Row r of `target` becomes row rows[r] of `source` + `offset`, where there is one.
void copy_known(MatrixView<const float> source, std::span<const std::int32_t> rows, Index offset,
                MatrixView<float> target) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r] < 0) continue;
    const auto from = source.row_span(offset + rows[r]);
    std::copy(from.begin(), from.end(), target.row(static_cast<Index>(r)));
  }
}

void load_by_ids(const files::Safetensors& file, const KnownRows& known, models::ParameterSet& parameters) {
  require_no_faults(file, parameters, &known);
  const auto num_users = static_cast<Index>(known.users.size());
  const auto num_items = static_cast<Index>(known.items.size());
  for (models::Parameter& parameter : parameters.parameters()) {
    const auto source = file.matrix<float>(tensor_of(file, parameter)->name);
    switch (parameter.rows_of) {
      case RowsOf::users: copy_known(source, known.users, 0, parameter.value); break;
      case RowsOf::items: copy_known(source, known.items, 0, parameter.value); break;
      case RowsOf::nodes:
        copy_known(source, known.users, 0, parameter.value.row_range(0, num_users));
        copy_known(source, known.items, known.old_users, parameter.value.row_range(num_users, num_items));
        break;
      case RowsOf::weights: copy<float>(source, parameter.value); break;
    }
  }
}

}  // namespace

void load_parameters(const std::filesystem::path& path, models::ParameterSet& parameters) {
  const files::Safetensors file(file_of(path));
  require_no_faults(file, parameters, nullptr);
  for (models::Parameter& parameter : parameters.parameters()) {
    copy<float>(file.matrix<float>(tensor_of(file, parameter)->name), parameter.value);
  }
}

std::string load_initial_parameters(const std::filesystem::path& path, const data::Dataset& dataset,
                                    models::Model& model) {
  if (!std::filesystem::is_directory(path)) {
    load_parameters(path, model.parameters());
    return fmt::format("starting from the parameters in {}", path.string());
  }
  const artifact::Artifact before = artifact::Artifact::open(path);
  KnownRows known{known_rows(dataset.user_ids, before.users()), known_rows(dataset.item_ids, before.items()),
                  static_cast<Index>(before.users().size()), static_cast<Index>(before.items().size())};
  const Index users = count_known(known.users);
  const Index items = count_known(known.items);
  if (users == 0 || items == 0) {
    fail<DataError>(
        "{}: knows {} of the dataset's {} users and {} of its {} items by their ids; is it of another shop?",
        path.string(), users, dataset.num_users(), items, dataset.num_items());
  }
  load_by_ids(files::Safetensors(file_of(path)), known, model.parameters());
  return fmt::format("starting from {}, which knows {} of {} users and {} of {} items", path.string(), users,
                     dataset.num_users(), items, dataset.num_items());
}

models::TensorShapes tensor_shapes(const std::filesystem::path& path) {
  models::TensorShapes shapes;
  const files::Safetensors file(file_of(path));
  for (const files::Tensor& tensor : file.tensors()) shapes[tensor.name] = tensor.shape;
  return shapes;
}

}  // namespace monet::train
