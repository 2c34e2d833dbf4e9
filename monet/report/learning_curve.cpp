#include "monet/report/learning_curve.h"

#include "monet/core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace monet::report {

namespace {

constexpr std::size_t kMostPoints = 250;

double number(const nlohmann::json& json) {
  return json.is_null() ? kNoNumber : json.get<double>();
}

void add_line(LearningCurve& curve, const nlohmann::json& line) {
  const double epoch = line.at("epoch").get<double>();
  curve.epochs.push_back(epoch);
  curve.loss.push_back(number(line.at("loss")));
  if (!line.contains("validation")) return;
  const std::size_t before = curve.validation_epochs.size();
  curve.validation_epochs.push_back(epoch);
  for (const auto& [metric, value] : line.at("validation").items()) {
    std::vector<double>& values = curve.validation[metric];
    values.resize(before, kNoNumber);
    values.push_back(number(value));
  }
}

/// The points at equal distances, first and last among them.
Series thinned(const std::string& name, const std::vector<double>& x, const std::vector<double>& y) {
  Series series{name};
  const std::size_t n = std::min(x.size(), y.size());
  const std::size_t kept = std::min(n, kMostPoints);
  for (std::size_t i = 0; i < kept; ++i) {
    const std::size_t at = kept == n ? i : i * (n - 1) / (kept - 1);
    series.x.push_back(x[at]);
    series.y.push_back(y[at]);
  }
  return series;
}

}  // namespace

LearningCurve parse_learning_curve(std::string_view log, const std::filesystem::path& file, std::string name) {
  LearningCurve curve;
  curve.name = std::move(name);
  std::size_t number = 0;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    const std::string_view line = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    ++number;
    if (line.empty()) continue;
    try {
      add_line(curve, nlohmann::json::parse(line));
    } catch (const nlohmann::json::exception&) {
      fail<DataError>(
          "{}:{}: damaged: expected an object with epoch, loss and perhaps validation; restore the artifact or train "
          "again",
          file.string(), number);
    }
  }
  return curve;
}

Figure loss_figure(std::span<const LearningCurve> curves) {
  Figure figure{"Training loss", FigureKind::line, "epoch", "loss", {}};
  for (const LearningCurve& curve : curves) {
    if (!curve.epochs.empty()) figure.series.push_back(thinned(curve.name, curve.epochs, curve.loss));
  }
  return figure;
}

Figure validation_figure(std::span<const LearningCurve> curves, const std::string& metric) {
  Figure figure{"Validation " + metric, FigureKind::line, "epoch", metric, {}};
  for (const LearningCurve& curve : curves) {
    const auto found = curve.validation.find(metric);
    if (found != curve.validation.end()) {
      figure.series.push_back(thinned(curve.name, curve.validation_epochs, found->second));
    }
  }
  return figure;
}

}  // namespace monet::report
