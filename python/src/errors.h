#pragma once

#include <pybind11/pybind11.h>

namespace monet::python {

/// Exceptions of the library as Python's: InvalidArgument is ValueError, DataError is `monet.DataError` (a ValueError),
/// IoError is OSError (FileNotFoundError where a file is not there), Interrupted is KeyboardInterrupt, InternalError is
/// `monet.InternalError` (a RuntimeError). Options are called as keyword arguments are: `split-by` is split, `force` is
/// force=True.
void register_errors(pybind11::module_& module);

}  // namespace monet::python
