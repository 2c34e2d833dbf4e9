#pragma once

#include "monet/core/options.h"
#include "monet/models/options.h"
#include "monet/train/options.h"

#include <pybind11/pybind11.h>

#include <string>

namespace monet::python {

/// A value that somebody wrote in Python as one of an option: True, 3, 0.5, "auto", (64, 64).
Value to_value(const OptionInfo& info, const pybind11::handle& object);

/// A model's options, and those of its training, with some values set. Throw InvalidArgument for an unknown name or a
/// value outside its domain.
models::ModelOptions model_options(const std::string& model, const pybind11::dict& given);
train::TrainOptions training_options(const std::string& model, const pybind11::dict& given);

void bind_options(pybind11::module_& module);

}  // namespace monet::python
