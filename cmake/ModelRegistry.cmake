# The list of models, as a source file: registrations() returns what NAME_registration() of each model returns.
#
#   monet_model_registry(registered.cpp popularity mf monet)
#
# NAME is the stem of the model's file pair. A program that is linked with a list of its own uses that in the place of
# the library's (tests/recipe does so).
function(monet_model_registry output)
  set(declarations "")
  set(calls "")
  foreach(model IN LISTS ARGN)
    string(APPEND declarations "const Registration& ${model}_registration();\n")
    string(APPEND calls "      &${model}_registration(),\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
// Made from the list of models in CMakeLists.txt.
#include "monet/models/registry.h"

#include <array>

namespace monet::models {

@declarations@
std::span<const Registration* const> registrations() {
  static const std::array all{
@calls@  };
  return all;
}

}  // namespace monet::models
]])
endfunction()
