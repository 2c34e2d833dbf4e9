#pragma once

#include "monet/experiments/comparison.h"
#include "monet/experiments/results_folder.h"

#include <filesystem>
#include <string>

namespace monet::experiments {

/// A comparison as text (docs/experiments.md). Folders of runs are relative to `out`.
std::string to_json(const Comparison& comparison, const Settings& settings, const std::filesystem::path& out);
/// A heading, a table (one row a method: the metrics of accuracy that the list in eval/metrics.h gives a column, the
/// lead over the best other method with its p values, time and memory), a table of those beyond accuracy, and how to
/// read them. Readable as it is.
std::string to_markdown(const Comparison& comparison);
/// The first table of that.
std::string results_table(const Comparison& comparison);
/// One line for each method and metric.
std::string to_csv(const Comparison& comparison);
/// The table for a paper, with booktabs; the best mean bold, the second underlined.
std::string to_latex(const Comparison& comparison);

/// Writes all four as `comparison.json`, `.md`, `.csv`, `.tex` to a folder, each atomically, the JSON last.
void write_documents(const Comparison& comparison, const Settings& settings, const std::filesystem::path& out,
                     const std::filesystem::path& folder);

}  // namespace monet::experiments
