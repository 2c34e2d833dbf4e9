#pragma once

#include "monet/experiments/paper/observations.h"
#include "monet/experiments/paper/plan.h"
#include "monet/experiments/results_folder.h"

#include <optional>
#include <string>
#include <vector>

namespace monet::experiments::paper {

/// A cell of a table: what was measured, what the paper prints, or why there is nothing.
struct Cell {
  std::optional<double> value;
  double sd = 0.0;        // over seeds; 0 for one
  std::size_t seeds = 0;  // behind the value
  std::optional<double> paper;
  std::string note;   // why there is no value, or what to know of it
  bool best = false;  // of its column
};

struct Row {
  std::string label;
  std::vector<Cell> cells;  // groups × columns, group by group
};

struct Table {
  std::string id;
  std::string title;
  std::string note;
  std::vector<std::string> columns;  // measures
  std::vector<std::string> groups;   // datasets; one unnamed group where the rows are datasets
  std::vector<Row> rows;
};

struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> error;  // standard deviation over seeds
};

struct Figure {
  std::string id;  // "figure-5"; "figure-6-recall@20" where one of the paper's has several measures
  std::string title;
  std::string kind;  // "line", "bar" or "histogram" (x: lower edges of the bins)
  std::string x_label;
  std::string y_label;
  std::vector<std::string> ticks;  // names of x = 0, 1, … of a bar chart
  std::string note;                // what could not be drawn and why
  std::vector<Series> series;
};

struct Claim {
  std::string id;
  std::string claim;
  std::string verdict;  // "supported", "not supported", "undecided", "cannot run"
  std::string evidence;
};

/// Everything that `monet reproduce` writes.
struct Reproduction {
  std::string command;
  Selection selection;
  std::vector<std::string> notes;  // what was run and how it differs from the paper, one line each
  Settings settings;               // what must be the same to go on in a results directory
  bool complete = false;
  std::vector<DatasetObservations> datasets;
  std::vector<Table> tables;
  std::vector<Figure> figures;
  std::vector<Claim> claims;
};

/// Fills tables, figures and claims from the observations.
void draw(Reproduction& reproduction);

std::vector<Table> make_tables(const Selection& selection, const std::vector<DatasetObservations>& datasets);
std::vector<Figure> make_figures(const Selection& selection, const std::vector<DatasetObservations>& datasets);
/// Claims whose methods are among the selected ones; the rule is in verdict.h.
std::vector<Claim> judge_claims(const Selection& selection, const std::vector<DatasetObservations>& datasets);

/// reproduction.json, reproduction.md, and a CSV file for each table and figure.
std::string to_json(const Reproduction& reproduction);
std::string to_markdown(const Reproduction& reproduction);
std::string to_csv(const Table& table);
std::string to_csv(const Figure& figure);

}  // namespace monet::experiments::paper
