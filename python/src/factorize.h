#pragma once

#include <pybind11/pybind11.h>

namespace monet::python {

void bind_factorize(pybind11::module_& module);

}  // namespace monet::python
