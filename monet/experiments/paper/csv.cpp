#include "monet/experiments/paper/document.h"

#include <fmt/core.h>

namespace monet::experiments::paper {

namespace {

/// RFC 4180.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string field(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

}  // namespace

std::string to_csv(const Table& table) {
  std::string text = "method,dataset,measure,value,sd,seeds,paper,note\n";
  for (const Row& row : table.rows) {
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      const Cell& cell = row.cells[c];
      text += fmt::format("{},{},{},{},{},{},{},{}\n", field(row.label), field(table.groups[c / table.columns.size()]),
                          field(table.columns[c % table.columns.size()]), field(cell.value), cell.sd, cell.seeds,
                          field(cell.paper), field(cell.note));
    }
  }
  return text;
}

std::string to_csv(const Figure& figure) {
  std::string text = "series,x,y,sd\n";
  for (const Series& series : figure.series) {
    for (std::size_t n = 0; n < series.x.size(); ++n) {
      const std::string x =
          figure.ticks.empty() ? fmt::format("{}", series.x[n]) : figure.ticks[static_cast<std::size_t>(series.x[n])];
      text += fmt::format("{},{},{},{}\n", field(series.name), field(x), series.y[n],
                          n < series.error.size() ? fmt::format("{}", series.error[n]) : "");
    }
  }
  return text;
}

}  // namespace monet::experiments::paper
