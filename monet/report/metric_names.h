#pragma once

#include <string>
#include <vector>

namespace monet::report {

/// Metric names ("recall@20") in the order of a page: `primary` first, its K before others, then as in
/// eval::all_metrics().
std::vector<std::string> ordered_metrics(std::vector<std::string> names, const std::string& primary);

}  // namespace monet::report
