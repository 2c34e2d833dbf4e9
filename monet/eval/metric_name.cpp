#include "monet/eval/metric_name.h"

#include <charconv>

namespace monet::eval {

MetricName parse_metric_name(std::string_view text) {
  MetricName name;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    Index k = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + at + 1, end, k);
    if (error == std::errc() && stop == end && k >= 1 && text[at + 1] != '0') {
      name.k = k;
      text = text.substr(0, at);
    }
  }
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos && dot + 1 < text.size()) {
    name.modality = text.substr(dot + 1);
    text = text.substr(0, dot);
  }
  name.metric = text;
  return name;
}

std::string to_string(const MetricName& name) {
  const std::string metric = name.modality.empty() ? name.metric : name.metric + "." + name.modality;
  return name.k > 0 ? at_k(metric, name.k) : metric;
}

std::string at_k(std::string_view metric, Index k) {
  return std::string(metric) + "@" + std::to_string(k);
}

}  // namespace monet::eval
