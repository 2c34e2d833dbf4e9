#include "monet/report/metric_names.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace monet::report {

namespace {

std::size_t rank_of(std::string_view metric) {
  constexpr std::array<std::string_view, 7> kOrder = {"recall", "ndcg", "precision", "hit", "map", "mrr", "ndcg_paper"};
  const std::string_view name = metric.substr(0, metric.find('@'));
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), name) - kOrder.begin());
}

}  // namespace

std::string_view cutoff_of(std::string_view metric) {
  const std::size_t at = metric.find('@');
  return at == std::string_view::npos ? "" : metric.substr(at + 1);
}

std::vector<std::string> ordered_metrics(std::vector<std::string> names, const std::string& primary) {
  const auto key = [&](const std::string& name) {
    const std::string_view cutoff = cutoff_of(name);
    return std::tuple(name != primary, cutoff != cutoff_of(primary), cutoff.size(), cutoff, rank_of(name),
                      std::string_view(name));
  };
  std::sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return names;
}

}  // namespace monet::report
