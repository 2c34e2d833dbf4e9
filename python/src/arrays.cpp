#include "python/src/arrays.h"

namespace monet::python {

namespace py = pybind11;

std::shared_ptr<const void> keep(py::object object) {
  auto* held = new py::object(std::move(object));
  return {held, [](const void* pointer) {
            // Where the interpreter is gone, so is the object.
            if (Py_IsInitialized() == 0) return;
            const py::gil_scoped_acquire gil;
            delete static_cast<const py::object*>(pointer);
          }};
}

}  // namespace monet::python
