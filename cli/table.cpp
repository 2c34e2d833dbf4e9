#include "cli/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

namespace monet::cli {

namespace {

constexpr std::array<std::string_view, 8> kMetricOrder = {"recall",     "precision", "hit", "ndcg",
                                                          "ndcg_paper", "map",       "mrr", "auc"};

/// Sorts by the field's order of metrics, then by K.
std::tuple<std::size_t, std::string, int> metric_key(const std::string& name) {
  const std::size_t at = std::min(name.find('@'), name.size());
  const std::string base = name.substr(0, at);
  const auto found = std::find(kMetricOrder.begin(), kMetricOrder.end(), base);
  int k = 0;
  if (at < name.size()) std::from_chars(name.data() + at + 1, name.data() + name.size(), k);
  return {static_cast<std::size_t>(found - kMetricOrder.begin()), base, k};
}

}  // namespace

std::string metrics_table(const std::vector<std::pair<std::string, std::map<std::string, double>>>& sets) {
  std::map<std::tuple<std::size_t, std::string, int>, std::string> names;
  std::vector<Align> columns(sets.size() + 1, Align::right);
  columns.front() = Align::left;
  TextTable table(std::move(columns));
  std::vector<std::string> header{"metric"};
  for (const auto& [title, metrics] : sets) {
    header.push_back(title);
    for (const auto& [name, value] : metrics) names.emplace(metric_key(name), name);
  }
  table.add(header);
  for (const auto& [key, name] : names) {
    std::vector<std::string> row{name};
    for (const auto& [title, metrics] : sets) {
      const auto found = metrics.find(name);
      row.push_back(found == metrics.end() ? "-" : fmt::format("{:.4f}", found->second));
    }
    table.add(row);
  }
  return table.text();
}

}  // namespace monet::cli
