#include "monet/report/numbers.h"

#include <fmt/core.h>

#include <cmath>

namespace monet::report {

namespace {
constexpr const char* kNone = "–";
}

std::string metric_text(double value) {
  if (!std::isfinite(value)) return kNone;
  const double size = std::abs(value);
  if (size >= 1.0) return fmt::format("{:.4g}", value);
  return size > 0.0 && size < 0.00005 ? fmt::format("{:.1e}", value) : fmt::format("{:.4f}", value);
}

std::string metric_text(double mean, double sd) {
  if (!std::isfinite(mean) || !std::isfinite(sd)) return metric_text(mean);
  // As many decimals as the mean has, so that a column is aligned.
  return metric_text(mean) + " ± " + (sd < 0.00005 ? fmt::format("{:.4f}", sd) : metric_text(sd));
}

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds)) return kNone;
  if (seconds < 1.0) return fmt::format("{:.2f} s", seconds);
  if (seconds < 100.0) return fmt::format("{:.1f} s", seconds);
  if (seconds < 600.0) return fmt::format("{:.0f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string bytes_text(double bytes) {
  if (!std::isfinite(bytes)) return kNone;
  if (bytes < 1e6) return fmt::format("{:.0f} kB", bytes * 1e-3);
  return bytes < 1e9 ? fmt::format("{:.0f} MB", bytes * 1e-6) : fmt::format("{:.1f} GB", bytes * 1e-9);
}

std::string p_text(double p) {
  if (!std::isfinite(p)) return kNone;
  if (p < 0.0001) return "< 0.0001";
  return p < 0.01 ? fmt::format("{:.4f}", p) : fmt::format("{:.3f}", p);
}

std::string percent_text(double percent) {
  return std::isfinite(percent) ? fmt::format("{:+.1f} %", percent) : kNone;
}

std::string count_text(std::int64_t count) {
  std::string text = std::to_string(count);
  const std::size_t first = text.front() == '-' ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string plain_text(double value) {
  return std::isfinite(value) ? fmt::format("{:g}", value) : kNone;
}

std::string stars(double p) {
  if (!(p < 0.05)) return "";
  return p < 0.001 ? "***" : p < 0.01 ? "**" : "*";
}

}  // namespace monet::report
