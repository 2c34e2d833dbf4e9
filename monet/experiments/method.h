#pragma once

#include "monet/models/options.h"
#include "monet/train/options.h"

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
/// ("model:layer-widths=64,64"). Methods given twice are taken once. Throws InvalidArgument for an unknown model
/// (naming the nearest) and for a part that cannot be read; names and values of options are for `settings_of` to check.
std::vector<Method> parse_methods(std::string_view list);

/// What a method's options and those around it say, of the model and of its training. Later ones win: `shared` (of
/// every training), the method's own, `tuned`. Throws InvalidArgument for a name that neither the model nor its
/// training has (naming the nearest), and for a value outside its domain; the message begins with the method's label.
struct MethodSettings {
  models::ModelOptions model;
  train::TrainOptions training;
};
MethodSettings settings_of(const Method& method, const OptionValues& shared = {}, const OptionValues& tuned = {});

/// `values` with `more` in the place of what they both set.
OptionValues overridden(OptionValues values, const OptionValues& more);
/// "alpha=0.5 layers=2", in one line.
std::string joined(const OptionValues& values);

/// A name for a folder: the label with what is awkward in a path replaced, long ones cut and told apart by a hash.
std::string slug(std::string_view label);

}  // namespace monet::experiments
