#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::experiments {

/// Options by name, as on the command line without dashes: {"alpha", "0.5"}, {"layer-widths", "64,64"}.
using OptionValues = std::vector<std::pair<std::string, std::string>>;

/// A model with the options in which it differs from its defaults: what a row of a comparison is.
struct Method {
  std::string label;  // "monet", "monet:encoder=lightgcn", "lightgcn:layers=2,weight-decay=1e-4"
  std::string model;  // "monet"
  OptionValues options;
};

/// The method of a model and options, labelled `model` or `model:option=value,…`.
Method make_method(std::string model, OptionValues options = {});

/// Reads labels separated by commas or semicolons: "mf,lightgcn:layers=2,weight-decay=1e-4,monet". A part with `=` that
/// names no model belongs to the method before it, and so does a part that goes on with a list of numbers
/// ("ngcf:layer-widths=64,64"). Methods given twice are taken once. Throws InvalidArgument for an unknown model (naming
/// the nearest) and for a part that cannot be read; names and values of options are for `monet train` to check.
std::vector<Method> parse_methods(std::string_view list);

/// `options` as arguments: "--alpha=0.5".
std::vector<std::string> to_arguments(const OptionValues& options);

/// A name for a folder: the label with what is awkward in a path replaced, long ones cut and told apart by a hash.
std::string slug(std::string_view label);

/// Whether a model cannot be trained on a dataset without item features.
bool needs_modalities(std::string_view model);

}  // namespace monet::experiments
