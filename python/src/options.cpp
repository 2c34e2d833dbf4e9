#include "python/src/options.h"

#include "monet/core/error.h"
#include "monet/models/model.h"
#include "monet/models/registry.h"

#include <fmt/format.h>
#include <pybind11/stl.h>

#include <span>
#include <string>
#include <vector>

namespace monet::python {

namespace py = pybind11;

namespace {

py::object to_object(const OptionInfo& info, const Value& value) {
  if (!info.word.empty() && std::holds_alternative<double>(value) && std::get<double>(value) == OptionInfo::kWord) {
    return py::str(info.word);
  }
  if (!info.zero.empty() && std::holds_alternative<std::int64_t>(value) && std::get<std::int64_t>(value) == 0) {
    return py::str(info.zero);
  }
  return std::visit([](const auto& held) -> py::object { return py::cast(held); }, value);
}

py::dict describe(const OptionInfo& info, const Value& initial) {
  py::dict out;
  out["name"] = field_name(info.name);
  out["help"] = info.help;
  out["domain"] = option_domain(info);
  out["default"] = to_object(info, initial);
  switch (info.kind) {
    case OptionInfo::Kind::toggle: out["type"] = "bool"; break;
    case OptionInfo::Kind::whole: out["type"] = "int"; break;
    case OptionInfo::Kind::number: out["type"] = "float"; break;
    case OptionInfo::Kind::word: out["type"] = "str"; break;
    case OptionInfo::Kind::widths: out["type"] = "Sequence[int] | str"; break;
  }
  out["words"] = info.words;
  if (!info.zero.empty()) out["word"] = info.zero;
  if (!info.word.empty()) out["word"] = info.word;
  return out;
}

py::list models() {
  py::list out;
  for (const models::Registration* model : models::registrations()) {
    py::dict entry;
    entry["name"] = std::string(model->name);
    entry["summary"] = model->summary;
    entry["trained"] = model->trained;
    entry["serves_new_users"] = model->serves_new_users;
    const models::ModelOptions defaults(model->name);
    entry["needs_features"] = models::needs_features(defaults);
    py::list options;
    for (std::size_t k = 0; k < defaults.infos().size(); ++k) {
      options.append(describe(defaults.infos()[k], defaults.values()[k]));
    }
    entry["options"] = options;
    py::list training;
    const auto& schedule = train::schedule_options();
    const std::vector<Value> values = schedule.values(train::TrainOptions::for_model(model->name));
    for (std::size_t k = 0; k < schedule.infos().size(); ++k) {
      training.append(describe(schedule.infos()[k], values[k]));
    }
    entry["training"] = training;
    out.append(entry);
  }
  return out;
}

/// Hands each value on with the option that it is of. Throws for a name that there is not.
template <class Set>
void for_each_option(const std::string& model, std::span<const OptionInfo> infos, const py::dict& given,
                     const Set& set) {
  for (const auto& [key, value] : given) {
    const auto name = py::cast<std::string>(key);
    const OptionInfo* info = find_option(infos, name);
    if (info == nullptr) fail_unknown_option(model, name, infos);
    set(*info, value);
  }
}

/// Throws as the training would, before there is data.
void check(const std::string& model, const py::dict& options, const py::dict& training) {
  model_options(model, options);
  training_options(model, training);
}

}  // namespace

Value to_value(const OptionInfo& described, const py::handle& object) {
  OptionInfo info = described;
  info.name = field_name(info.name);
  const bool toggle = info.kind == OptionInfo::Kind::toggle;
  const auto refuse = [&]() -> Value {
    fail<InvalidArgument>("{}: {} is not {}", info.name, py::cast<std::string>(py::repr(object)),
                          toggle ? "True or False" : option_domain(info));
  };
  const auto value = py::reinterpret_borrow<py::object>(object);
  if (py::isinstance<py::str>(object)) return read_option(info, py::cast<std::string>(value));
  // NumPy's own booleans are none of Python's.
  const bool is_bool = py::cast<std::string>(py::type::of(object).attr("__name__")).starts_with("bool");
  if (is_bool != toggle) return refuse();
  if (toggle) return py::cast<bool>(py::bool_(value));
  if (info.kind == OptionInfo::Kind::widths && py::isinstance<py::sequence>(object) &&
      !py::isinstance<py::bytes>(object)) {
    return read_option(info, py::cast<std::string>(py::str(",").attr("join")(
                                 py::module_::import("builtins").attr("map")(py::type::of(py::str()), value))));
  }
  if (info.kind == OptionInfo::Kind::widths && PyIndex_Check(object.ptr()) != 0) {
    return read_option(info, py::cast<std::string>(py::str(value)));
  }
  // Whatever Python cannot make a number of is none.
  const auto failed = [] {
    const bool error = PyErr_Occurred() != nullptr;
    PyErr_Clear();
    return error;
  };
  if (info.kind == OptionInfo::Kind::whole) {
    const auto index = py::reinterpret_steal<py::object>(PyNumber_Index(object.ptr()));
    const std::int64_t whole = index ? PyLong_AsLongLong(index.ptr()) : 0;
    if (failed() || (whole == 0 && !info.zero.empty())) return refuse();
    return checked_option(info, whole);
  }
  if (info.kind == OptionInfo::Kind::number) {
    const double number = PyFloat_AsDouble(object.ptr());
    if (failed() || number == OptionInfo::kWord) return refuse();
    return checked_option(info, number);
  }
  return refuse();
}

models::ModelOptions model_options(const std::string& model, const py::dict& given) {
  models::ModelOptions options(model);
  for_each_option(model, options.infos(), given, [&](const OptionInfo& info, const py::handle& value) {
    options.set(info.name, to_value(info, value));
  });
  return options;
}

train::TrainOptions training_options(const std::string& model, const py::dict& given) {
  const auto& schedule = train::schedule_options();
  std::vector<Value> values = schedule.values(train::TrainOptions::for_model(model));
  for_each_option(model, schedule.infos(), given, [&](const OptionInfo& info, const py::handle& value) {
    values[static_cast<std::size_t>(&info - schedule.infos().data())] = to_value(info, value);
  });
  return schedule.make(values);
}

void bind_options(py::module_& module) {
  module.def("models", &models, "Every model with its options, as dictionaries.");
  module.def("check_options", &check, py::arg("model"), py::arg("options"), py::arg("training"),
             "Raises ValueError for a name or a value that a training would not take.");
}

}  // namespace monet::python
