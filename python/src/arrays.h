#pragma once

#include "monet/core/matrix.h"
#include "monet/core/view.h"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace monet::python {

/// Keeps a Python object from any thread: the last to let go of it takes the GIL.
std::shared_ptr<const void> keep(pybind11::object object);

/// A read-only array of memory that `owner` keeps. Nothing is copied.
template <class T>
pybind11::array_t<T> view_of(std::span<const T> values, const pybind11::handle& owner) {
  pybind11::array_t<T> array({static_cast<pybind11::ssize_t>(values.size())}, values.data(), owner);
  array.attr("setflags")(pybind11::arg("write") = false);
  return array;
}
template <class T>
pybind11::array_t<T> view_of(MatrixView<const T> matrix, const pybind11::handle& owner) {
  constexpr auto kBytes = static_cast<pybind11::ssize_t>(sizeof(T));
  pybind11::array_t<T> array({matrix.rows, matrix.cols}, {matrix.stride * kBytes, kBytes}, matrix.data, owner);
  array.attr("setflags")(pybind11::arg("write") = false);
  return array;
}

/// An array that owns what `values` held.
template <class T>
pybind11::array take(Matrix<T> values) {
  auto* held = new Matrix<T>(std::move(values));
  pybind11::capsule owner(held, [](void* pointer) { delete static_cast<Matrix<T>*>(pointer); });
  return pybind11::array_t<T>({held->rows(), held->cols()}, held->data(), owner);
}
template <class T>
pybind11::array take(std::vector<T> values) {
  auto* held = new std::vector<T>(std::move(values));
  pybind11::capsule owner(held, [](void* pointer) { delete static_cast<std::vector<T>*>(pointer); });
  return pybind11::array_t<T>({static_cast<pybind11::ssize_t>(held->size())}, held->data(), owner);
}

/// Arrays as the package hands them over: of one dimension, contiguous, of this very type. Throws TypeError otherwise.
template <class T>
std::span<const T> span_of(const pybind11::array& array, const char* name) {
  if (!pybind11::isinstance<pybind11::array_t<T, pybind11::array::c_style>>(array) || array.ndim() != 1) {
    throw pybind11::type_error(std::string(name) + " is not a contiguous array of one dimension and the right type");
  }
  return {static_cast<const T*>(array.data()), static_cast<std::size_t>(array.size())};
}

}  // namespace monet::python
