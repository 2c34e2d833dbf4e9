#include "cli/standings.h"

#include "cli/progress.h"
#include "cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace monet::cli {

namespace {

using experiments::race::Entrant;

constexpr std::size_t kNameWidth = 44;

std::vector<std::string> lines_of_text(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string doing(const Entrant& entrant, const std::vector<experiments::RunningRun>& running) {
  const auto runs = std::find_if(running.begin(), running.end(),
                                 [&](const experiments::RunningRun& run) { return run.name == entrant.name; });
  if (runs != running.end()) return "runs " + clock_text(runs->seconds);
  return entrant.state == Entrant::State::finished ? "finished" : entrant.rungs > 0 ? "stands" : "waits";
}

}  // namespace

std::vector<std::string> standings(const std::vector<Entrant>& entrants, const std::string& metric,
                                   const std::vector<experiments::RunningRun>& running,
                                   const experiments::race::Budget& budget, std::size_t height) {
  constexpr std::size_t kOtherLines = 5;  // the time, the heads, two that tell of the rest, the cursor's
  const std::size_t most = height > kOtherLines ? height - kOtherLines : 1;
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::left});
  table.add({"candidate", metric, "epochs", "time", ""});
  std::size_t standing = 0;
  std::size_t out = 0;
  for (const std::size_t n : experiments::race::by_value(entrants, metric)) {
    const Entrant& entrant = entrants[n];
    if (!entrant.stands()) {
      ++out;
    } else if (++standing <= most) {
      const double value = entrant.value(metric);
      table.add({fitted(entrant.name, kNameWidth), value < 0.0 ? "-" : fmt::format("{:.4f}", value),
                 entrant.trained && value >= 0.0 ? fmt::format("{}", entrant.run.epochs) : "-",
                 value < 0.0 ? "-" : clock_text(entrant.run.seconds), doing(entrant, running)});
    }
  }
  std::vector<std::string> lines{fmt::format("{} {} of {}", bar_cells(budget.used() / budget.total()),
                                             clock_text(budget.used()), clock_text(budget.total()))};
  for (std::string& line : lines_of_text(table.text())) lines.push_back(std::move(line));
  if (standing > most) lines.push_back(fmt::format("… and {} more", standing - most));
  if (out > 0) lines.push_back(fmt::format("{} out", out));
  return lines;
}

}  // namespace monet::cli
