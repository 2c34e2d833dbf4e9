#include "monet/report/metric_names.h"

#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"

#include <algorithm>
#include <tuple>

namespace monet::report {

std::vector<std::string> ordered_metrics(std::vector<std::string> names, const std::string& primary) {
  const Index first_k = eval::parse_metric_name(primary).k;
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    const eval::MetricName x = eval::parse_metric_name(a);
    const eval::MetricName y = eval::parse_metric_name(b);
    const auto by_k = [&](const std::string& text, Index k) { return std::tuple(text != primary, k != first_k, k); };
    return by_k(a, x.k) != by_k(b, y.k) ? by_k(a, x.k) < by_k(b, y.k) : eval::ByPlace()(x, y);
  });
  return names;
}

}  // namespace monet::report
