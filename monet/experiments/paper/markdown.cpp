#include "monet/experiments/paper/document.h"
#include "monet/experiments/paper/verdict.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace monet::experiments::paper {

namespace {

/// Four decimals for shares, whole numbers where there is nothing behind the point, two decimals from 10 on.
std::string number(double value) {
  if (std::abs(value) >= 10.0)
    return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
  return fmt::format("{:.4f}", value);
}

/// Text inside a Markdown table.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + escaped(cell) + " |";
  return line + "\n";
}

/// A header, the rule below it (first column left, others by `rule`), and rows.
std::string grid(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                 std::string_view rule = "---:|") {
  std::string text = line_of(header) + "|---|";
  for (std::size_t c = 1; c < header.size(); ++c) text += rule;
  text += "\n";
  for (const auto& row : rows) text += line_of(row);
  return text;
}

std::string text_of(const Cell& cell) {
  std::string text = "–";
  if (cell.value) {
    text = number(*cell.value);
    if (cell.best) text = "**" + text + "**";
    if (cell.sd > 0.0) text += " ± " + number(cell.sd);
  }
  return cell.paper ? text + fmt::format(" (paper {})", number(*cell.paper)) : text;
}

/// Why cells are empty, and what to know of others: each note once, with the rows and groups it holds for.
std::string reasons(const Table& table) {
  std::vector<std::pair<std::string, std::vector<std::string>>> notes;
  for (const Row& row : table.rows) {
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      const std::string& note = row.cells[c].note;
      if (note.empty()) continue;
      const std::string& group = table.groups[c / table.columns.size()];
      const std::string who = group.empty() ? row.label : fmt::format("{} on {}", row.label, group);
      auto at = std::find_if(notes.begin(), notes.end(), [&](const auto& n) { return n.first == note; });
      if (at == notes.end()) at = notes.insert(at, {note, {}});
      if (at->second.empty() || at->second.back() != who) at->second.push_back(who);
    }
  }
  std::string text;
  for (const auto& [note, who] : notes) {
    std::string names;
    for (const std::string& name : who) names += (names.empty() ? "" : ", ") + name;
    text += fmt::format("- {}: {}\n", names, note);
  }
  return text.empty() ? text : "\n" + text;
}

std::string text_of(const Table& table) {
  std::vector<std::string> header{""};
  for (const std::string& group : table.groups) {
    for (const std::string& column : table.columns) {
      header.push_back(table.groups.size() > 1 ? fmt::format("{}: {}", group, column) : column);
    }
  }
  std::vector<std::vector<std::string>> rows;
  for (const Row& row : table.rows) {
    std::vector<std::string> cells{row.label};
    for (const Cell& cell : row.cells) cells.push_back(text_of(cell));
    rows.push_back(std::move(cells));
  }
  std::string text = fmt::format("### {}: {}\n\n{}{}", table.id, table.title, grid(header, rows), reasons(table));
  return table.note.empty() ? text : text + fmt::format("\n{}.\n", table.note);
}

std::string text_of(const Figure& figure) {
  std::string text = fmt::format("### {}: {}\n\n", figure.id, figure.title);
  std::vector<double> places;
  for (const Series& series : figure.series) places.insert(places.end(), series.x.begin(), series.x.end());
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<std::string> header{figure.x_label.empty() ? figure.y_label
                                                         : fmt::format("{} \\ {}", figure.x_label, figure.y_label)};
  for (const Series& series : figure.series) header.push_back(series.name);
  const bool counts = figure.kind == "histogram";
  std::vector<std::vector<std::string>> rows;
  for (const double x : places) {
    std::vector<std::string> row{figure.ticks.empty() ? fmt::format("{:.4g}", x)
                                                      : figure.ticks[static_cast<std::size_t>(x)]};
    for (const Series& series : figure.series) {
      const auto at = static_cast<std::size_t>(std::find(series.x.begin(), series.x.end(), x) - series.x.begin());
      row.push_back(at == series.x.size() ? "" : counts ? fmt::format("{:.0f}", series.y[at]) : number(series.y[at]));
      if (at < series.error.size() && series.error[at] > 0.0) row.back() += " ± " + number(series.error[at]);
    }
    rows.push_back(std::move(row));
  }
  text += rows.empty() ? "nothing to draw\n" : grid(header, rows);
  return figure.note.empty() ? text : text + fmt::format("\n{}.\n", figure.note);
}

/// What every method was trained with, and how long it took.
std::string trained_text(const Reproduction& reproduction) {
  std::vector<std::vector<std::string>> rows;
  for (const DatasetObservations& dataset : reproduction.datasets) {
    for (const auto& [label, method] : dataset.methods) {
      if (method.runs == 0) continue;
      rows.push_back({fmt::format("{}, {}", dataset.info.name, label), method.tuned, fmt::format("{}", method.runs),
                      fmt::format("{}", method.cut_off), fmt::format("{:.1f} s", method.seconds)});
    }
  }
  if (rows.empty()) return "";
  return "\n## Trainings\n\n" + grid({"", "tuned", "seeds", "cut off by a limit", "time of one"}, rows);
}

std::string rule_text() {
  return fmt::format(
      "A difference in accuracy counts when a paired t-test over users has p < {} (each user's recall@20 averaged over "
      "the "
      "seeds; Holm's correction within a claim) and, from two seeds on, the means are more than {} standard errors "
      "over "
      "seeds apart. avg.diff has no users: there the standard errors decide, and one seed decides nothing. A claim is "
      "supported when all its parts hold, not supported when one is contradicted on any dataset, otherwise "
      "undecided.\n",
      kLevel, kStandardErrors);
}

}  // namespace

std::string to_markdown(const Reproduction& reproduction) {
  std::string text = "# The paper's experiments\n\n";
  if (!reproduction.complete) text += "**Unfinished**: the same command goes on.\n\n";
  text += fmt::format("`{}`\n\n", reproduction.command);
  for (const std::string& line : reproduction.notes) text += fmt::format("- {}\n", line);
  text += "\nMeans over seeds ± standard deviation; the paper's figures in parentheses; bold: the best of a column.\n";
  text += "\n## Claims\n\n" + rule_text() + "\n";
  std::vector<std::vector<std::string>> rows;
  for (const Claim& claim : reproduction.claims) rows.push_back({claim.id, claim.claim, claim.verdict});
  text += grid({"", "claim", "verdict"}, rows, "---|");
  for (const Claim& claim : reproduction.claims) text += fmt::format("\n**{}**: {}\n", claim.id, claim.evidence);
  text += "\n## Tables\n";
  for (const Table& table : reproduction.tables) text += "\n" + text_of(table);
  text += "\n## Figures\n";
  for (const Figure& figure : reproduction.figures) text += "\n" + text_of(figure);
  return text + trained_text(reproduction);
}

}  // namespace monet::experiments::paper
