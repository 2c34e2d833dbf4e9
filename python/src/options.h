#pragma once

#include "monet/core/options.h"

#include <pybind11/pybind11.h>

namespace monet::python {

/// A value that somebody wrote in Python as one of an option: True, 3, 0.5, "auto", (64, 64).
Value to_value(const OptionInfo& info, const pybind11::handle& object);

void bind_options(pybind11::module_& module);

}  // namespace monet::python
