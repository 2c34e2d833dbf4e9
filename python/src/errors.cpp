#include "python/src/errors.h"

#include "monet/core/error.h"
#include "monet/core/options.h"
#include "monet/core/wording.h"

#include <pybind11/pybind11.h>

#include <map>
#include <regex>
#include <string>
#include <string_view>

namespace monet::python {

namespace py = pybind11;

namespace {

/// The keyword argument for an option; those of `monet.load` are shorter than the program's.
std::string keyword_of(std::string_view option) {
  static const std::map<std::string_view, std::string> kShorter = {{"user-column", "user"}, {"item-column", "item"},
                                                                   {"time-column", "time"}, {"weight-column", "weight"},
                                                                   {"split-by", "split"},   {"split-seed", "seed"}};
  const auto found = kShorter.find(option);
  return found == kShorter.end() ? field_name(option) : found->second;
}

std::string as_keyword(std::string_view option) {
  if (option == "force") return "force=True";
  const std::size_t blank = option.find(' ');
  if (blank == option.npos) return keyword_of(option);
  return keyword_of(option.substr(0, blank)) + "=\"" + std::string(option.substr(blank + 1)) + '"';
}

std::string in_python_words(const Error& error) {
  static const std::regex kPrepare("monet prepare (.+) --out DIR");
  return std::regex_replace(with_options_as(error.what(), as_keyword), kPrepare, "monet.prepare(\"$1\", out=\"DIR\")");
}

void raise(PyObject* type, const Error& error) {
  PyErr_SetString(type, in_python_words(error).c_str());
}

}  // namespace

void register_errors(py::module_& module) {
  // Python's exceptions live as long as the interpreter.
  static PyObject* data_error = py::exception<DataError>(module, "DataError", PyExc_ValueError).release().ptr();
  static PyObject* internal_error =
      py::exception<InternalError>(module, "InternalError", PyExc_RuntimeError).release().ptr();
  PyObject_SetAttrString(data_error, "__doc__", py::str("The content of data or of a file is wrong.").ptr());
  PyObject_SetAttrString(internal_error, "__doc__", py::str("A mistake of monet's own; please report it.").ptr());
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const InvalidArgument& error) {
      raise(PyExc_ValueError, error);
    } catch (const DataError& error) {
      raise(data_error, error);
    } catch (const IoError& error) {
      const std::string_view text = error.what();
      const bool missing = text.find("o such file") != text.npos;
      raise(missing ? PyExc_FileNotFoundError : PyExc_OSError, error);
    } catch (const InternalError& error) {
      raise(internal_error, error);
    } catch (const Interrupted& error) {
      raise(PyExc_KeyboardInterrupt, error);
    }
  });
}

}  // namespace monet::python
