// The extension module `monet._engine`: what the package's Python files (../monet) are made with. Nothing here is for
// users.
#include "monet/artifact/config.h"
#include "python/src/dataset.h"
#include "python/src/errors.h"
#include "python/src/factorize.h"
#include "python/src/folders.h"
#include "python/src/options.h"
#include "python/src/recommender.h"
#include "python/src/training.h"

#include <pybind11/pybind11.h>

#include <string>

PYBIND11_MODULE(_engine, module) {
  module.doc() = "The engine behind the package monet; see monet's own documentation.";
  module.attr("__version__") = std::string(monet::artifact::program_version());
  monet::python::register_errors(module);
  monet::python::bind_options(module);
  monet::python::bind_dataset(module);
  monet::python::bind_training(module);
  monet::python::bind_recommender(module);
  monet::python::bind_folders(module);
  monet::python::bind_factorize(module);
}
