#include "cli/table.h"

#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace monet::cli {

std::string metrics_table(const std::vector<std::pair<std::string, std::map<std::string, double>>>& sets) {
  std::set<eval::MetricName, eval::ByPlace> names;
  std::vector<Align> columns(sets.size() + 1, Align::right);
  columns.front() = Align::left;
  TextTable table(std::move(columns));
  std::vector<std::string> header{"metric"};
  for (const auto& [title, metrics] : sets) {
    header.push_back(title);
    for (const auto& [name, value] : metrics) names.insert(eval::parse_metric_name(name));
  }
  table.add(header);
  for (const eval::MetricName& name : names) {
    std::vector<std::string> row{eval::to_string(name)};
    for (const auto& [title, metrics] : sets) {
      const auto found = metrics.find(row.front());
      row.push_back(found == metrics.end() ? "-" : fmt::format("{:.4f}", found->second));
    }
    table.add(row);
  }
  return table.text();
}

}  // namespace monet::cli
