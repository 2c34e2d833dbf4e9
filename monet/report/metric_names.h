#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace monet::report {

/// "20" of "recall@20".
std::string_view cutoff_of(std::string_view metric);

/// Metric names in the field's order (recall, ndcg, precision, hit, map, mrr, …): `primary` first, its K before others.
std::vector<std::string> ordered_metrics(std::vector<std::string> names, const std::string& primary);

}  // namespace monet::report
