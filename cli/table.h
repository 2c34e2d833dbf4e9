#pragma once

#include "monet/core/text_table.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace monet::cli {

using monet::Align;
using monet::fitted;
using monet::grouped;
using monet::TextTable;

/// Metrics by name ("recall@20" → value), one column per named set, rows in the order of eval::all_metrics(), then of
/// K.
std::string metrics_table(const std::vector<std::pair<std::string, std::map<std::string, double>>>& sets);

}  // namespace monet::cli
