#include "monet/report/figure.h"

#include "monet/report/numbers.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace monet::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostRows = 20;

const char* word(FigureKind kind) {
  switch (kind) {
    case FigureKind::line: return "line";
    case FigureKind::bar: return "bar";
    case FigureKind::histogram: return "histogram";
    case FigureKind::heat: return "heat";
    case FigureKind::scatter: break;
  }
  return "scatter";
}

const char* word(Scale scale) {
  if (scale == Scale::linear) return "linear";
  return scale == Scale::log ? "log" : "point";
}

/// Six digits; what is no number is null.
Json to_json(double value) {
  return std::isfinite(value) ? Json(std::stod(fmt::format("{:.6g}", value))) : Json();
}

Json to_json(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(to_json(value));
  return list;
}

Json to_json(const Series& series) {
  Json json{{"name", series.name}, {"y", to_json(series.y)}};
  if (!series.x.empty()) json["x"] = to_json(series.x);
  if (!series.labels.empty()) json["labels"] = series.labels;
  if (!series.error.empty()) json["error"] = to_json(series.error);
  return json;
}

Json to_json(const Figure& figure) {
  Json json{{"kind", word(figure.kind)},    {"xLabel", figure.x_label},       {"yLabel", figure.y_label},
            {"rowLabel", figure.row_label}, {"xScale", word(figure.x_scale)}, {"series", Json::array()}};
  for (const Series& series : figure.series) json["series"].push_back(to_json(series));
  if (figure.highest_is_best) json["highestIsBest"] = true;
  if (figure.mark) json["mark"] = {{"x", *figure.mark}, {"label", figure.mark_label}};
  return json;
}

double error_of(const Series& series, std::size_t i) {
  return i < series.error.size() ? series.error[i] : kNoNumber;
}

/// A row of each label, a column of each series.
Table by_label(const Figure& figure) {
  Table table;
  table.columns.push_back({figure.kind == FigureKind::bar ? "" : figure.x_label, false});
  std::vector<std::string> labels;
  for (const Series& series : figure.series) {
    table.columns.push_back({series.name.empty() ? figure.y_label : series.name});
    for (const std::string& label : series.labels) {
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    }
  }
  for (const std::string& label : labels) {
    std::vector<Cell> row{{label}};
    for (const Series& series : figure.series) {
      const auto at = static_cast<std::size_t>(std::find(series.labels.begin(), series.labels.end(), label) -
                                               series.labels.begin());
      row.push_back({at < series.y.size() ? metric_text(series.y[at], error_of(series, at)) : metric_text(kNoNumber)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string interval_text(const Series& series, std::size_t i, FigureKind kind) {
  if (kind != FigureKind::histogram) return plain_text(series.x[i]);
  return plain_text(series.x[i]) + " to " + plain_text(series.x[i + 1]);
}

/// A row of each point.
Table by_point(const Figure& figure, bool& thinned) {
  Table table;
  table.columns = {{"series", false}, {figure.x_label}, {figure.y_label}};
  for (const Series& series : figure.series) {
    const std::size_t step = (series.y.size() + kMostRows - 1) / kMostRows;
    thinned = thinned || step > 1;
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      if (i % step != 0 && i + 1 != series.y.size()) continue;
      table.rows.push_back({{series.name.empty() ? figure.y_label : series.name},
                            {interval_text(series, i, figure.kind)},
                            {figure.kind == FigureKind::histogram ? plain_text(series.y[i])
                                                                  : metric_text(series.y[i], error_of(series, i))}});
    }
  }
  return table;
}

}  // namespace

std::string figures_json(std::span<const Figure* const> figures) {
  Json list = Json::array();
  for (const Figure* figure : figures) list.push_back(to_json(*figure));
  std::string text;
  for (const char c : list.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    switch (c) {
      case '<': text += "\\u003c"; break;
      case '>': text += "\\u003e"; break;
      case '&': text += "\\u0026"; break;
      default: text += c;
    }
  }
  return text;
}

Table numbers_of(const Figure& figure) {
  bool thinned = false;
  const bool labelled = figure.kind == FigureKind::bar || figure.kind == FigureKind::heat;
  Table table = labelled ? by_label(figure) : by_point(figure, thinned);
  table.caption = "Numbers of this figure";
  if (thinned) table.caption += fmt::format(" (about {} points of each series)", kMostRows);
  table.folded = true;
  return table;
}

std::string description_of(const Figure& figure) {
  std::string text = figure.kind == FigureKind::heat      ? "Heat map"
                     : figure.kind == FigureKind::scatter ? "Scatter plot"
                     : figure.kind == FigureKind::bar     ? "Bar chart"
                     : figure.kind == FigureKind::line    ? "Line chart"
                                                          : "Histogram";
  text += fmt::format(" of {}", figure.y_label);
  if (!figure.x_label.empty()) text += " by " + figure.x_label;
  std::string names;
  for (const Series& series : figure.series) {
    if (!series.name.empty()) names += (names.empty() ? ": " : ", ") + series.name;
  }
  return text + names + ". The numbers are in the table that follows.";
}

Scale scale_for(std::span<const double> values) {
  double least = INFINITY;
  double most = 0.0;
  for (const double value : values) {
    if (value < 0.0) return Scale::linear;
    if (value > 0.0) least = std::min(least, value);
    most = std::max(most, value);
  }
  if (!(most >= 100.0 * least)) return Scale::linear;
  return std::find(values.begin(), values.end(), 0.0) == values.end() ? Scale::log : Scale::point;
}

}  // namespace monet::report
