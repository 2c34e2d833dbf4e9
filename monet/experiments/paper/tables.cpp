#include "monet/experiments/paper/document.h"

#include <fmt/core.h>

#include <algorithm>

namespace monet::experiments::paper {

namespace {

using Datasets = std::vector<DatasetObservations>;

bool lower_is_better(std::string_view measure) {
  return measure.starts_with(kEveryDifference);
}

/// The measures of a table, avg.diff for every modality that any of the datasets has.
std::vector<std::string> columns_of(const TablePlan& plan, const Datasets& datasets) {
  std::vector<std::string> columns;
  for (const std::string_view measure : plan.measures) {
    for (const DatasetObservations& dataset : datasets) {
      for (const std::string& name : dataset.expand(measure)) {
        if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
      }
    }
  }
  return columns;
}

Cell cell_of(const DatasetObservations& dataset, std::string_view label, const std::string& measure) {
  Cell cell;
  cell.paper = dataset.paper_value(label, measure);
  if (const Values* values = dataset.find(label, measure)) {
    cell.value = values->mean();
    cell.sd = values->sd();
    cell.seeds = values->seeds.size();
    cell.note = dataset.remark(label);
  } else {
    cell.note = dataset.why_missing(label, measure);
  }
  return cell;
}

void mark_best(Table& table) {
  for (std::size_t at = 0; at < table.columns.size() * table.groups.size(); ++at) {
    const bool lower = lower_is_better(table.columns[at % table.columns.size()]);
    Cell* best = nullptr;
    for (Row& row : table.rows) {
      Cell& cell = row.cells[at];
      if (!cell.value) continue;
      if (best == nullptr || (lower ? *cell.value < *best->value : *cell.value > *best->value)) best = &cell;
    }
    if (best != nullptr) best->best = true;
  }
}

/// By how many percent the last row is above the best of the others.
Row improvement_row(const Table& table, const Datasets& datasets) {
  Row row{"improvement over the best other (%)", {}};
  for (std::size_t at = 0; at < table.columns.size() * table.groups.size(); ++at) {
    Cell cell;
    cell.paper =
        datasets[at / table.columns.size()].paper_value("improvement", table.columns[at % table.columns.size()]);
    std::optional<double> best;
    for (std::size_t r = 0; r + 1 < table.rows.size(); ++r) {
      const std::optional<double>& value = table.rows[r].cells[at].value;
      if (value && (!best || *value > *best)) best = value;
    }
    const std::optional<double>& last = table.rows.back().cells[at].value;
    if (best && last && *best > 0.0) {
      cell.value = 100.0 * (*last / *best - 1.0);
    } else {
      cell.note = "nothing to compare";
    }
    row.cells.push_back(std::move(cell));
  }
  return row;
}

Table table_of(const TablePlan& plan, const Datasets& datasets) {
  Table table;
  table.id = plan.id;
  table.title = plan.title;
  table.note = plan.note;
  table.columns = columns_of(plan, datasets);
  for (const DatasetObservations& dataset : datasets) table.groups.push_back(dataset.info.name);
  for (const PlannedMethod& method : plan.rows) {
    Row row{std::string(method.name), {}};
    for (const DatasetObservations& dataset : datasets) {
      for (const std::string& column : table.columns) row.cells.push_back(cell_of(dataset, method.label, column));
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  if (plan.improvement) table.rows.push_back(improvement_row(table, datasets));
  return table;
}

double sparsity_percent(double users, double items, double interactions) {
  return 100.0 * (1.0 - interactions / (users * items));
}

Row statistics_row(std::string_view name, Index users, Index items, Index interactions) {
  const auto [u, i, n] =
      std::tuple(static_cast<double>(users), static_cast<double>(items), static_cast<double>(interactions));
  Row row{std::string(name), {}};
  for (const double value : {u, i, n, sparsity_percent(u, i, n)}) {
    Cell cell;
    cell.value = value;
    row.cells.push_back(cell);
  }
  return row;
}

/// Table 4: the datasets, and those of the paper that were not given.
Table statistics_table(const Datasets& datasets) {
  Table table{
      std::string(kStatisticsTable), "Datasets", "", {"users", "items", "interactions", "sparsity %"}, {""}, {}};
  for (const DatasetObservations& dataset : datasets) {
    const DatasetInfo& info = dataset.info;
    Row row = statistics_row(info.name, info.users, info.items, info.interactions());
    if (dataset.paper != nullptr) {
      row.label += fmt::format(" (the paper's {})", dataset.paper->name);
      for (Cell& cell : row.cells) cell.paper = cell.value;  // the same counts: that is how it was recognised
    }
    table.rows.push_back(std::move(row));
  }
  for (const PaperDataset& paper : paper_datasets()) {
    if (std::any_of(datasets.begin(), datasets.end(), [&](const auto& d) { return d.paper == &paper; })) continue;
    Row row = statistics_row(paper.name, paper.users, paper.items, paper.interactions);
    for (Cell& cell : row.cells) {
      std::swap(cell.value, cell.paper);
      cell.note = "not given";
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::vector<Table> make_tables(const Selection& selection, const Datasets& datasets) {
  std::vector<Table> result;
  for (const std::string& id : all_ids()) {
    if (!selection.has(id)) continue;
    if (id == kStatisticsTable) result.push_back(statistics_table(datasets));
    for (const TablePlan& plan : tables()) {
      if (plan.id == id) result.push_back(table_of(plan, datasets));
    }
  }
  return result;
}

void draw(Reproduction& reproduction) {
  reproduction.tables = make_tables(reproduction.selection, reproduction.datasets);
  reproduction.figures = make_figures(reproduction.selection, reproduction.datasets);
  reproduction.claims = judge_claims(reproduction.selection, reproduction.datasets);
}

}  // namespace monet::experiments::paper
