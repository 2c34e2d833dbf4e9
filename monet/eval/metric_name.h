#pragma once

#include "monet/core/view.h"

#include <string>
#include <string_view>

namespace monet::eval {

/// The parts of "recall@20" or "ils.image@20".
struct MetricName {
  std::string metric;    // "recall", "ils"
  std::string modality;  // "image"; empty where the metric is not of a modality
  Index k = 0;           // 0: no list length, as in "auc"

  bool operator==(const MetricName&) const = default;
};

/// The one reading of a metric's name. K is what follows the last '@' where that is a whole number of 1 or more without
/// leading zeros, otherwise 0 and the '@' belongs to the name; the modality is what follows the first '.' before it.
/// Any text has parts: whether there is such a metric is for `find_metric` to say.
MetricName parse_metric_name(std::string_view text);

/// Its inverse, whatever the text was.
std::string to_string(const MetricName& name);

/// "recall@20" of "recall" and 20.
std::string at_k(std::string_view metric, Index k);

}  // namespace monet::eval
