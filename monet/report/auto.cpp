#include "monet/report/comparison.h"
#include "monet/report/facts.h"
#include "monet/report/numbers.h"
#include "monet/report/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace monet::report {

namespace {

struct Candidate {
  std::string label;
  std::string state;  // racing | finished | out | failed | left out
  std::string reason;
  std::string error;
  bool trained = true;
  std::int64_t rungs = 0;
  double value = kNoNumber;  // of the metric, on validation
  std::int64_t epochs = 0;
  double seconds = kNoNumber;
  double peak_bytes = kNoNumber;
  Series curve;  // over the seconds of training
};

Candidate read_candidate(const Node& node, const std::string& metric) {
  Candidate candidate;
  candidate.label = node["label"].text();
  candidate.state = node["state"].text();
  candidate.reason = node.text_or("reason", "");
  candidate.error = node.text_or("error", "");
  candidate.trained = node["trained"].flag();
  candidate.rungs = node["rungs"].integer();
  candidate.value = node["validation"].number_or_nan(metric);
  candidate.epochs = node.integer_or("epochs", 0);
  candidate.seconds = node.number_or_nan("seconds");
  candidate.peak_bytes = node.number_or_nan("peak_bytes");
  candidate.curve.name = candidate.label;
  for (const Node& point : node["curve"].list()) {
    const std::vector<double> numbers = point.numbers();
    if (numbers.size() != 3) point.refuse("expected epoch, seconds and value");
    candidate.curve.x.push_back(numbers[1]);
    candidate.curve.y.push_back(numbers[2]);
  }
  return candidate;
}

/// Best first, those without a value last.
std::vector<Candidate> read_candidates(const Node& root, const std::string& metric) {
  std::vector<Candidate> candidates;
  for (const Node& node : root["candidates"].list()) candidates.push_back(read_candidate(node, metric));
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.value > b.value || (a.value == a.value && b.value != b.value);
  });
  return candidates;
}

Section verdict_section(const Node& root) {
  Section section{"What was found", {}};
  if (!root.has("choice")) return section;
  const Node choice = root["choice"];
  section.blocks.emplace_back(Facts{{{"Chosen", choice["chosen"].text()},
                                     {"Artifact", choice["artifact"].text() + "/"},
                                     {"Seed", std::to_string(choice["seed"].integer())}}});
  for (const Node& reason : root["reasons"].list()) section.blocks.emplace_back(Paragraph{reason.text()});
  section.blocks.emplace_back(Paragraph{root["sure"].text()});
  section.blocks.emplace_back(Paragraph{root["more"].text()});
  return section;
}

/// The final, as a comparison.
std::vector<Section> final_sections(const Node& root) {
  if (!root.has("final")) return {};
  Comparison comparison = read_comparison(root["final"]);
  comparison.tested = root["split"].text() == "test";
  std::vector<Section> sections;
  if (!comparison.metrics.empty()) {
    sections.push_back(results_section(comparison));
    sections.back().heading = comparison.methods.size() == 1 ? "The best" : "The best ones";
  }
  sections.push_back(significance_section(comparison));
  return sections;
}

Section modalities_section(const Node& root, const std::string& metric) {
  Section section{"What each modality adds", {}};
  if (!root.has("without") || root["without"].list().empty()) return section;
  Table table{root["choice"]["method"].text() + ", its first seed, trained as long without one modality",
              {{"modalities", false}, {"validation " + metric}, {"with it"}, {"t-test p"}},
              {}};
  for (const Node& node : root["without"].list()) {
    const double value = node["validation"].number_or_nan(metric);
    const std::string error = node.text_or("error", "");
    std::vector<Cell> row{
        {"without " + node["modality"].text(), error, false, error.empty() ? Tone::plain : Tone::bad}};
    if (error.empty()) {
      row.insert(row.end(), {{metric_text(value)},
                             {fmt::format("{:+.4f}", node["difference"].number())},
                             {p_text(node["p"].number()), stars(node["p"].number())}});
    } else {
      row.insert(row.end(), {{"–"}, {"–"}, {"–"}});
    }
    table.rows.push_back(std::move(row));
  }
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(
      Paragraph{"With it: how much the whole method finds beyond the one without. p: paired t-test over the users."});
  return section;
}

Table race_table(const std::vector<Candidate>& candidates, const std::string& metric, const std::string& chosen) {
  Table table{"Candidates, best " + metric + " on the validation split first",
              {{"candidate", false}, {metric}, {"rungs", false}, {"state", false}, {"epochs"}, {"time"}, {"memory"}},
              {}};
  for (const Candidate& candidate : candidates) {
    const bool best = candidate.label == chosen;
    const bool failed = candidate.state == "failed";
    const bool some = candidate.value == candidate.value;
    std::string rungs;
    for (std::int64_t rung = 0; rung < candidate.rungs; ++rung) rungs += "●";
    const std::string state = candidate.state == "racing" ? "still in" : candidate.state;
    const Tone tone = failed ? Tone::bad : candidate.state == "out" || !some ? Tone::quiet : Tone::plain;
    table.rows.push_back({{candidate.label, best ? "chosen" : "", best},
                          {metric_text(candidate.value), "", best},
                          {rungs.empty() ? "–" : rungs},
                          {state, failed ? candidate.error : candidate.reason, false, tone},
                          {some && candidate.trained ? std::to_string(candidate.epochs) : "–"},
                          {some ? seconds_text(candidate.seconds) : "–"},
                          {candidate.peak_bytes > 0.0 ? bytes_text(candidate.peak_bytes) : "–"}});
  }
  return table;
}

/// How the trainings went; those that came further are drawn first.
Figure curves_figure(std::vector<Candidate> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.rungs > b.rungs; });
  Figure figure{"Learning curves", FigureKind::line, "seconds of training", "validation recall@20", {}};
  double least = kNoNumber;
  double most = kNoNumber;
  for (Candidate& candidate : candidates) {
    if (candidate.curve.x.size() < 2) continue;
    least = std::fmin(least, std::max(candidate.curve.x.front(), 1e-3));
    most = std::fmax(most, candidate.curve.x.back());
    figure.series.push_back(std::move(candidate.curve));
  }
  if (most > 20.0 * least) figure.x_scale = Scale::log;
  figure.note =
      "One line for each candidate that was validated at least twice. A line ends where its candidate was out, "
      "had stopped gaining, or the time was up.";
  return figure;
}

Section race_section(const std::vector<Candidate>& candidates, const std::string& metric, const std::string& chosen) {
  Section section{"The race", {}};
  section.blocks.emplace_back(Paragraph{
      "In each rung those that were still in trained for equal times, and the better half went on, by what the "
      "next rung could be expected to bring; a dot for each rung that a candidate took part in. What is "
      "computed at once, or stopped gaining by itself, keeps its value to the end."});
  section.blocks.emplace_back(race_table(candidates, metric, chosen));
  if (Figure figure = curves_figure(candidates); !figure.series.empty()) section.blocks.emplace_back(std::move(figure));
  return section;
}

std::string notice_of(const Node& root, const std::vector<Candidate>& candidates) {
  std::string notice;
  if (!root["complete"].flag()) notice = "Not complete: the same command goes on. What is there so far is shown.";
  const auto failed = std::count_if(candidates.begin(), candidates.end(),
                                    [](const Candidate& candidate) { return candidate.state == "failed"; });
  if (failed > 0) {
    notice += fmt::format("{}{} of {} candidates failed; see The race.", notice.empty() ? "" : " ", failed,
                          candidates.size());
  }
  return notice;
}

}  // namespace

Page auto_page(const Document& document) {
  const Node root = document.root();
  const Node dataset = root["dataset"];
  const std::string metric = root["metric"].text();
  const std::vector<Candidate> candidates = read_candidates(root, metric);
  const std::string chosen = root.has("choice") ? root["choice"]["chosen"].text() : "";
  Page page{"The best method for " + dataset["name"].text(),
            fmt::format("{} candidates in {} of {:.3g} minutes on {} processor{}, chosen by {} on the validation split",
                        candidates.size(), seconds_text(root["used_seconds"].number()), root["minutes"].number(),
                        root["processors"].integer(), root["processors"].integer() == 1 ? "" : "s", metric),
            notice_of(root, candidates),
            {}};
  Facts facts = dataset_facts(dataset);
  add_origin(facts, root);
  std::vector<Section> sections{verdict_section(root)};
  for (Section& section : final_sections(root)) sections.push_back(std::move(section));
  sections.push_back(modalities_section(root, metric));
  sections.push_back(race_section(candidates, metric, chosen));
  sections.push_back({"Dataset", {std::move(facts)}});
  for (Section& section : sections) {
    if (!section.blocks.empty()) page.sections.push_back(std::move(section));
  }
  return page;
}

}  // namespace monet::report
