#pragma once

#include "monet/experiments/comparison.h"
#include "monet/experiments/results_folder.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace monet::experiments::detail {

using Json = nlohmann::ordered_json;

/// Options with numbers as numbers: {"alpha": 0.5, "layer-widths": "64,64"}.
Json to_json(const OptionValues& options);
Json to_json(const DatasetInfo& dataset);
Json settings_json(const Settings& settings);
/// A trial of tuning or of a sweep; `folder` is what its folder is noted relative to.
Json to_json(const Trial& trial, const std::filesystem::path& folder);
/// What comparison.json holds.
Json to_json(const Comparison& comparison, const Settings& settings, const std::filesystem::path& out);
/// Metrics by name.
Json to_json(const std::map<std::string, double>& metrics);

/// "done", "failed", "not run".
std::string to_string(Run::State state);

/// A document as text. Bytes that are no UTF-8 (a path's, say) are replaced.
std::string dump(const Json& json);
/// Reads a JSON file. Throws IoError, or DataError with line and column.
Json read_json(const std::filesystem::path& file);

}  // namespace monet::experiments::detail
