#include "monet/report/figure.h"
#include "monet/report/sweep.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace monet::report {

namespace {

bool is_numeric(const std::vector<SweptValue>& values) {
  return std::all_of(values.begin(), values.end(), [](const SweptValue& value) { return std::isfinite(value.number); });
}

bool has(const Trial& trial, const std::string& parameter, const SweptValue& value) {
  const auto found = trial.options.find(parameter);
  return found != trial.options.end() && found->second.text == value.text;
}

/// The best score among trials with `wanted`; NaN when there is none.
double best_score(const Sweep& sweep, const std::vector<std::pair<std::string, SweptValue>>& wanted) {
  double best = kNoNumber;
  for (const Trial& trial : sweep.trials) {
    const bool fits = std::all_of(wanted.begin(), wanted.end(),
                                  [&](const auto& want) { return has(trial, want.first, want.second); });
    if (fits && std::isfinite(trial.score) && !(best >= trial.score)) best = trial.score;
  }
  return best;
}

/// A line or bars over `x`, one series for each value of `other` (empty: one series, the best over everything else).
Figure dependence(const Sweep& sweep, const std::string& x, const std::string& other) {
  const std::vector<SweptValue>& values = sweep.values.at(x);
  Figure figure{fmt::format("{} by {}", sweep.metric, x), FigureKind::bar, x, sweep.metric, {}};
  if (is_numeric(values)) {
    figure.kind = FigureKind::line;
    std::vector<double> numbers;
    for (const SweptValue& value : values) numbers.push_back(value.number);
    figure.x_scale = scale_for(numbers);
  }
  const std::vector<SweptValue> groups = other.empty() ? std::vector<SweptValue>{{}} : sweep.values.at(other);
  for (const SweptValue& group : groups) {
    Series series{other.empty() ? "" : fmt::format("{} {}", other, group.text)};
    for (const SweptValue& value : values) {
      std::vector<std::pair<std::string, SweptValue>> wanted{{x, value}};
      if (!other.empty()) wanted.emplace_back(other, group);
      const double score = best_score(sweep, wanted);
      if (!std::isfinite(score)) continue;
      if (figure.kind == FigureKind::line) {
        series.x.push_back(value.number);
      } else {
        series.labels.push_back(value.text);
      }
      series.y.push_back(score);
    }
    if (!series.y.empty()) figure.series.push_back(std::move(series));
  }
  return figure;
}

Figure heat_map(const Sweep& sweep, const std::string& x, const std::string& y) {
  Figure figure{fmt::format("{} by {} and {}", sweep.metric, x, y), FigureKind::heat, x, sweep.metric, {}};
  figure.row_label = y;
  figure.note = fmt::format("Darker is better; the best cell has a frame. {} goes up, {} to the right.", y, x);
  for (const SweptValue& row : sweep.values.at(y)) {
    Series series{row.text};
    for (const SweptValue& value : sweep.values.at(x)) {
      series.labels.push_back(value.text);
      series.y.push_back(best_score(sweep, {{x, value}, {y, row}}));
    }
    figure.series.push_back(std::move(series));
  }
  return figure;
}

}  // namespace

std::vector<Figure> sensitivity_figures(const Sweep& sweep) {
  std::vector<Figure> figures;
  const std::vector<std::string>& parameters = sweep.parameters;
  if (parameters.size() == 2) {
    figures.push_back(dependence(sweep, parameters[0], parameters[1]));
    figures.push_back(dependence(sweep, parameters[1], parameters[0]));
    figures.push_back(heat_map(sweep, parameters[0], parameters[1]));
  } else {
    for (const std::string& parameter : parameters) {
      figures.push_back(dependence(sweep, parameter, ""));
      if (parameters.size() > 2) figures.back().note = "The best over all values of the other parameters.";
    }
  }
  std::erase_if(figures, [](const Figure& figure) { return figure.series.empty(); });
  return figures;
}

}  // namespace monet::report
