#include "monet/report/facts.h"
#include "monet/report/numbers.h"
#include "monet/report/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace monet::report {

namespace {

Cell read_cell(const Node& node) {
  Cell cell;
  const double paper = node.number_or_nan("paper");
  const std::string note = node.text_or("note", "");
  const double sd = node.number_or_nan("sd");
  cell.text = metric_text(node.number_or_nan("value"), sd > 0.0 ? sd : kNoNumber);
  if (std::isfinite(paper)) cell.note = "(" + metric_text(paper) + ")";
  if (!note.empty()) cell.note += (cell.note.empty() ? "" : "; ") + note;
  cell.best = node.has("best") && node["best"].flag();
  return cell;
}

/// Headings: each of `groups` holds all of `columns`.
void read_heads(const Node& node, Table& table) {
  std::vector<std::string> columns;
  for (const Node& column : node["columns"].list()) columns.push_back(column.text());
  std::vector<std::string> groups;
  if (node.has("groups")) {
    for (const Node& group : node["groups"].list()) groups.push_back(group.text());
  }
  table.columns.push_back({"", false});
  for (std::size_t group = 0; group < std::max<std::size_t>(groups.size(), 1); ++group) {
    for (const std::string& column : columns) table.columns.push_back({column});
    if (!groups.empty()) table.groups.push_back({groups[group], columns.size()});
  }
}

void add_table(Section& section, const Node& node) {
  Table table{node["title"].text(), {}, {}};
  read_heads(node, table);
  for (const Node& line : node["rows"].list()) {
    std::vector<Cell> row{{line["label"].text()}};
    for (const Node& cell : line["cells"].list()) row.push_back(read_cell(cell));
    if (row.size() != table.columns.size()) {
      line["cells"].refuse(
          fmt::format("expected {} cells, one for each column, found {}", table.columns.size() - 1, row.size() - 1));
    }
    table.rows.push_back(std::move(row));
  }
  section.blocks.emplace_back(std::move(table));
  if (const std::string note = node.text_or("note", ""); !note.empty()) section.blocks.emplace_back(Paragraph{note});
}

FigureKind read_kind(const Node& node) {
  const std::string kind = node.text();
  if (kind == "line") return FigureKind::line;
  if (kind == "bar") return FigureKind::bar;
  if (kind == "histogram") return FigureKind::histogram;
  node.refuse(fmt::format("expected line, bar or histogram, found {}", kind));
}

/// The edges of bins given by their lower ones.
std::vector<double> edges_of(std::vector<double> lower) {
  if (!lower.empty()) lower.push_back(lower.back() + (lower.size() > 1 ? lower[1] - lower[0] : 1.0));
  return lower;
}

/// The names of a bar chart's places: x is either a name or a number among `ticks`.
std::string label_of(const Node& x, const std::vector<std::string>& ticks) {
  if (ticks.empty()) return x.any_text();
  const double at = x.number();
  if (!(at >= 0.0 && at < static_cast<double>(ticks.size()))) {
    x.refuse(fmt::format("{} is none of the {} ticks", at, ticks.size()));
  }
  return ticks[static_cast<std::size_t>(at)];
}

Series read_series(const Node& node, FigureKind kind, const std::vector<std::string>& ticks) {
  Series series{node["name"].text()};
  series.y = node["y"].numbers();
  if (node.has("error")) series.error = node["error"].numbers();
  // A single seed has no spread.
  if (std::none_of(series.error.begin(), series.error.end(), [](double error) { return error > 0.0; })) {
    series.error.clear();
  }
  std::size_t places = 0;
  if (kind == FigureKind::bar) {
    for (const Node& x : node["x"].list()) series.labels.push_back(label_of(x, ticks));
    places = series.labels.size();
  } else {
    series.x = node["x"].numbers();
    places = series.x.size();
    if (kind == FigureKind::histogram) series.x = edges_of(std::move(series.x));
  }
  if (places != series.y.size()) node.refuse(fmt::format("{} values of x for {} of y", places, series.y.size()));
  return series;
}

void add_figure(Section& section, const Node& node) {
  Figure figure{
      node["title"].text(), read_kind(node["kind"]), node.text_or("x_label", ""), node.text_or("y_label", ""), {}};
  figure.note = node.text_or("note", "");
  std::vector<std::string> ticks;
  if (node.has("x_ticks")) {
    for (const Node& tick : node["x_ticks"].list()) ticks.push_back(tick.text());
  }
  bool errors = false;
  for (const Node& series : node["series"].list()) {
    figure.series.push_back(read_series(series, figure.kind, ticks));
    errors = errors || !figure.series.back().error.empty();
  }
  if (errors) {
    figure.note += figure.note.empty() ? "" : ". ";
    figure.note += "Error bars: one standard deviation over the seeds, up and down.";
  }
  if (!figure.series.empty()) {
    section.blocks.emplace_back(std::move(figure));
  } else if (!figure.note.empty()) {
    section.blocks.emplace_back(Paragraph{figure.title + ": not drawn. " + figure.note});
  }
}

Tone tone_of(const std::string& verdict) {
  if (verdict == "supported") return Tone::good;
  return verdict == "not supported" ? Tone::bad : Tone::quiet;
}

Table claims_table(const Node& claims) {
  Table table{"The paper's claims, and what these runs say",
              {{"", false}, {"claim", false}, {"verdict", false}, {"evidence", false}},
              {}};
  for (const Node& claim : claims.list()) {
    const std::string verdict = claim["verdict"].text();
    table.rows.push_back({{claim["id"].text()},
                          {claim["claim"].text()},
                          {verdict, "", false, tone_of(verdict)},
                          {claim["evidence"].text()}});
  }
  return table;
}

Section datasets(const Node& root) {
  Section section{"Datasets", {}};
  for (const Node& dataset : root["datasets"].list()) {
    Facts facts = dataset_facts(dataset);
    facts.entries.emplace_back("Paper's dataset", dataset.text_or("paper", "none of them"));
    section.blocks.emplace_back(std::move(facts));
  }
  Facts origin;
  add_origin(origin, root);
  section.blocks.emplace_back(std::move(origin));
  return section;
}

}  // namespace

Page reproduction_page(const Document& document) {
  const Node root = document.root();
  const bool quick = root.has("quick") && root["quick"].flag();
  Page page{"The paper's tables and figures", quick ? "A quick run: small, and with few epochs" : "A full run", "", {}};
  if (root.has("complete") && !root["complete"].flag()) {
    page.notice = "This reproduction is not finished. What is there so far is shown.";
  }
  std::vector<Section> sections;
  if (root.has("claims")) {
    const Table claims = claims_table(root["claims"]);
    if (!claims.rows.empty()) sections.push_back({"Claims", {claims}});
  }
  Section tables{"Tables", {}};
  for (const Node& table : root["tables"].list()) add_table(tables, table);
  Section figures{"Figures", {}};
  for (const Node& figure : root["figures"].list()) add_figure(figures, figure);
  if (!tables.blocks.empty()) {
    tables.blocks.insert(
        tables.blocks.begin(),
        Paragraph{"Bold: the best measured value of a column. In parentheses: what the paper prints."});
  }
  for (Section* section : {&tables, &figures}) {
    if (!section->blocks.empty()) sections.push_back(std::move(*section));
  }
  sections.push_back(datasets(root));
  page.sections = std::move(sections);
  return page;
}

}  // namespace monet::report
