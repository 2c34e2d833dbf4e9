#include "python/src/dataset.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/data/interactions.h"
#include "monet/data/load.h"
#include "monet/data/load_record.h"
#include "monet/data/split.h"
#include "monet/data/weights.h"
#include "monet/synth/generator.h"
#include "python/src/arrays.h"

#include <fmt/format.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace monet::python {

namespace py = pybind11;

namespace {

using data::Dataset, data::Interactions, data::LoadOptions, data::Part;

/// What came as arrays, rows of users and items being parallel. Views of Python's memory.
struct Arrays {
  std::span<const std::int32_t> users, items;
  std::span<const double> times;        // empty: there are none
  std::span<const float> weights;       // empty: all weigh 1
  std::span<const std::uint8_t> parts;  // of each entry; empty: they are split here
};

void require_weights(std::span<const float> weights) {
  const auto wrong = std::find_if_not(weights.begin(), weights.end(), data::is_weight);
  if (wrong == weights.end()) return;
  fail<DataError>("weight {} of row {} is not in (0, 1e6]", *wrong, wrong - weights.begin());
}

void require_times(std::span<const double> times) {
  const auto wrong = std::find_if(times.begin(), times.end(), [](double t) { return !std::isfinite(t); });
  if (wrong != times.end()) fail<DataError>("the time of row {} is missing", wrong - times.begin());
}

void take_parts(const Arrays& arrays, bool draw_validation, const LoadOptions& options, Interactions& out) {
  for (std::size_t e = 0; e < arrays.users.size(); ++e) {
    const std::uint8_t part = arrays.parts[e];
    out.parts[part].emplace_back(arrays.users[e], arrays.items[e]);
    if (!arrays.weights.empty() && static_cast<Part>(part) == Part::train) out.weights.push_back(arrays.weights[e]);
  }
  if (!draw_validation) return;
  if (out.of(Part::validation).empty() && !out.of(Part::test).empty()) data::draw_validation(out, options.split_seed);
}

/// Features as they lie in Python's memory, unless rows are missing: those are filled in a copy.
data::Modality modality_of(const std::string& name, const py::array& array, const LoadOptions& options) {
  if (!py::isinstance<py::array_t<float, py::array::c_style>>(array) || array.ndim() != 2) {
    throw py::type_error("features of " + name + " are not a contiguous float32 matrix");
  }
  const auto rows = static_cast<Index>(array.shape(0));
  const auto cols = static_cast<Index>(array.shape(1));
  if (cols == 0) fail<DataError>("features of {}: the matrix has no columns", name);
  const auto* values = static_cast<const float*>(array.data());
  data::Modality modality;
  modality.name = name;
  const bool finite = std::all_of(values, values + rows * cols, [](float x) { return std::isfinite(x); });
  modality.features = finite ? Matrix<float>::borrowed(values, rows, cols, keep(array))
                             : Matrix<float>::copy_of(MatrixView<const float>(values, rows, cols));
  if (!finite) data::settle_rows(modality, options.missing_rows, "features of " + name);
  return modality;
}

std::shared_ptr<Dataset> from_arrays(const py::array& users, const py::array& items,
                                     const std::optional<py::array>& times, const std::optional<py::array>& weights,
                                     const std::optional<py::array>& parts, bool draw_validation,
                                     std::vector<std::string> user_ids, std::vector<std::string> item_ids,
                                     const std::vector<std::pair<std::string, py::array>>& features,
                                     const std::map<std::string, std::string>& recipes, std::vector<std::string> titles,
                                     std::vector<std::string> categories, const std::string& split, std::uint64_t seed,
                                     const std::string& missing, std::string name,
                                     std::map<std::string, std::string> id_types) {
  Arrays arrays{span_of<std::int32_t>(users, "users"), span_of<std::int32_t>(items, "items"), {}, {}, {}};
  if (times) arrays.times = span_of<double>(*times, "times");
  if (weights) arrays.weights = span_of<float>(*weights, "weights");
  if (parts) arrays.parts = span_of<std::uint8_t>(*parts, "parts");
  LoadOptions options;
  data::set_load_option("split-by", split, options);
  data::set_load_option("missing", missing, options);
  options.split_seed = seed;
  std::vector<data::Modality> modalities;
  for (const auto& [modality, array] : features) {
    modalities.push_back(modality_of(modality, array, options));
    const auto recipe = recipes.find(modality);
    if (recipe != recipes.end()) modalities.back().recipe = recipe->second;
  }
  std::sort(modalities.begin(), modalities.end(),
            [](const data::Modality& a, const data::Modality& b) { return a.name < b.name; });

  const py::gil_scoped_release release;
  require_weights(arrays.weights);
  require_times(arrays.times);
  Interactions found;
  found.training_file = name;
  const auto num_users = static_cast<Index>(user_ids.size());
  const auto num_items = static_cast<Index>(item_ids.size());
  found.user.id = static_cast<std::int32_t>(num_users) - 1;
  found.item.id = static_cast<std::int32_t>(num_items) - 1;
  if (parts) {
    take_parts(arrays, draw_validation, options, found);
  } else {
    data::add_split(arrays.users, arrays.items, arrays.times, {arrays.weights.begin(), arrays.weights.end()}, num_users,
                    options.split, options.split_seed, found);
  }
  found.user_names = std::move(user_ids);
  found.item_names = std::move(item_ids);
  auto dataset = std::make_shared<Dataset>(data::assemble(std::move(found), {}, options));
  dataset->modalities = std::move(modalities);
  dataset->items = {std::move(titles), std::move(categories)};
  dataset->format = "arrays";
  dataset->name = std::move(name);
  dataset->id_types = std::move(id_types);
  dataset->load_options = data::to_record(options);
  if (!dataset->modalities.empty()) dataset->hash = data::content_hash(*dataset);
  return dataset;
}

std::shared_ptr<Dataset> load(const std::string& path, const std::map<std::string, std::string>& given,
                              std::optional<std::vector<std::string>> modalities) {
  LoadOptions options;
  for (const auto& [name, value] : given) data::set_load_option(name, value, options);
  options.modalities = std::move(modalities);
  const py::gil_scoped_release release;
  return std::make_shared<Dataset>(data::load(path, options));
}

/// The column of a role by the names that the field uses, or None.
std::optional<std::size_t> find_column(const std::vector<std::string>& header, const std::string& role) {
  using data::ColumnRole;
  for (const ColumnRole known :
       {ColumnRole::user, ColumnRole::item, ColumnRole::time, ColumnRole::title, ColumnRole::category}) {
    if (data::describe(known) == role) return data::find_column(header, known);
  }
  fail<InternalError>("[python] there is no role '{}'", role);
}

std::shared_ptr<Dataset> generate(Index users, Index items, Index interactions, std::uint64_t seed, double cold_items) {
  synth::GeneratorOptions options;
  options.num_users = users;
  options.num_items = items;
  options.num_interactions = interactions;
  options.seed = seed;
  options.cold_items = cold_items;
  const py::gil_scoped_release release;
  return std::make_shared<Dataset>(synth::generate_dataset(options));
}

const Csr& part_of(const Dataset& dataset, const std::string& part) {
  if (part == "train") return dataset.train;
  if (part == "validation") return dataset.validation;
  if (part == "test") return dataset.test;
  fail<InvalidArgument>("split: '{}' is not one of train, validation, test", part);
}

py::tuple csr_arrays(const py::object& self, const std::string& part) {
  const Csr& csr = part_of(py::cast<const Dataset&>(self), part);
  return py::make_tuple(view_of(csr.indptr(), self), view_of(csr.indices(), self));
}

py::list modalities(const py::object& self) {
  py::list out;
  for (const data::Modality& modality : py::cast<const Dataset&>(self).modalities) {
    out.append(py::make_tuple(modality.name, view_of(modality.features.view(), self), modality.missing_rows));
  }
  return out;
}

std::string missing_of(const Dataset& dataset) {
  const auto found = dataset.load_options.find("missing");
  return found == dataset.load_options.end() ? "mean" : found->second;
}

py::dict recipes_of(const Dataset& dataset) {
  py::dict out;
  for (const data::Modality& modality : dataset.modalities) {
    if (!modality.recipe.empty()) out[py::str(modality.name)] = py::bytes(modality.recipe);
  }
  return out;
}

}  // namespace

void bind_dataset(py::module_& module) {
  module.def("find_column", &find_column, py::arg("header"), py::arg("role"));
  py::class_<Dataset, std::shared_ptr<Dataset>>(module, "Dataset")
      .def_static("from_arrays", &from_arrays, py::kw_only(), py::arg("users"), py::arg("items"), py::arg("times"),
                  py::arg("weights"), py::arg("parts"), py::arg("draw_validation"), py::arg("user_ids"),
                  py::arg("item_ids"), py::arg("features"), py::arg("recipes"), py::arg("titles"),
                  py::arg("categories"), py::arg("split"), py::arg("seed"), py::arg("missing"), py::arg("name"),
                  py::arg("id_types"))
      .def_static("load", &load, py::arg("path"), py::arg("options"), py::arg("modalities"))
      .def_static("generate", &generate, py::arg("users"), py::arg("items"), py::arg("interactions"), py::arg("seed"),
                  py::arg("cold_items"))
      .def_property_readonly("num_users", &Dataset::num_users)
      .def_property_readonly("num_items", &Dataset::num_items)
      .def_readonly("name", &Dataset::name)
      .def_readonly("path", &Dataset::path)
      .def_readonly("format", &Dataset::format)
      .def_readonly("hash", &Dataset::hash)
      .def_readonly("id_types", &Dataset::id_types)
      .def_property_readonly("missing", &missing_of)
      .def("recipes", &recipes_of, "What made the features of a modality (data::Modality::recipe), where it is known.")
      .def_property_readonly("notes", [](const Dataset& d) { return d.notes.lines; })
      .def_property_readonly("duplicates", [](const Dataset& d) { return d.notes.duplicate_interactions; })
      .def_readonly("user_ids", &Dataset::user_ids)
      .def_readonly("item_ids", &Dataset::item_ids)
      .def_property_readonly("titles", [](const Dataset& d) { return d.items.titles; })
      .def_property_readonly("categories", [](const Dataset& d) { return d.items.categories; })
      .def("part", &csr_arrays, py::arg("name"), "(indptr, indices) of a split, views.")
      .def(
          "size", [](const Dataset& d, const std::string& part) { return part_of(d, part).nnz(); }, py::arg("name"))
      .def("weights",
           [](const py::object& self) {
             return view_of(std::span<const float>(py::cast<const Dataset&>(self).weights), self);
           })
      .def("modalities", &modalities, "(name, features, rows that were missing) of each, features as views.");
}

}  // namespace monet::python
