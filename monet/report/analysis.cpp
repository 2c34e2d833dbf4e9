#include "monet/report/facts.h"
#include "monet/report/numbers.h"
#include "monet/report/report.h"

#include <fmt/core.h>

#include <cmath>

namespace monet::report {

namespace {

Figure similarity_histogram(const std::string& modality, const Node& histogram) {
  Figure figure{"Similarity by " + modality,
                FigureKind::histogram,
                "mean cosine similarity of a user's pairs of items",
                "users",
                {}};
  const std::vector<double> edges = histogram["edges"].numbers();
  for (const auto& [key, name] : {std::pair{"interacted", "I–I: both items interacted with"},
                                  std::pair{"not_interacted", "I–N: one of them not"}}) {
    const Node counts = histogram[key];
    Series series{name, edges, {}, counts.numbers()};
    if (edges.size() != series.y.size() + 1) {
      counts.refuse(fmt::format("{} bins between {} edges", series.y.size(), edges.size()));
    }
    figure.series.push_back(std::move(series));
  }
  return figure;
}

std::string p_of(const Node& modality, const char* test) {
  return p_text(modality.has(test) ? modality[test].number_or_nan("p") : kNoNumber);
}

}  // namespace

Page similarity_page(const Document& document) {
  const Node root = document.root();
  const Node dataset = root["dataset"];
  Page page{"Similarity of items on " + dataset["name"].text(),
            "Are the items a user interacted with more alike than others?",
            "",
            {}};
  const std::int64_t users = root["users"].integer();
  Table table{"Means over users",
              {{"modality", false}, {"I–I"}, {"I–N"}, {"difference"}, {"t-test p"}, {"Wilcoxon p"}, {"users"}},
              {}};
  Section results{"Results", {}};
  std::vector<Figure> figures;
  for (const Node& modality : root["modalities"].list()) {
    const std::string name = modality["name"].text();
    const double interacted = modality["interacted"].number();
    const double other = modality["not_interacted"].number();
    table.rows.push_back({{name},
                          {metric_text(interacted)},
                          {metric_text(other)},
                          {std::isfinite(interacted - other) ? fmt::format("{:+.4f}", interacted - other) : "–"},
                          {p_of(modality, "t")},
                          {p_of(modality, "wilcoxon")},
                          {count_text(modality.integer_or("users", users))}});
    if (modality.has("histogram")) figures.push_back(similarity_histogram(name, modality["histogram"]));
  }
  results.blocks.emplace_back(std::move(table));
  results.blocks.emplace_back(
      Paragraph{"I–I: mean cosine similarity between items the user interacted with. I–N: between those and items the "
                "user did not "
                "interact with. The tests are paired by user."});
  for (Figure& figure : figures) results.blocks.emplace_back(std::move(figure));
  Facts facts = dataset_facts(dataset);
  add_origin(facts, root);
  page.sections = {std::move(results), {"Dataset", {std::move(facts)}}};
  return page;
}

Page average_difference_page(const Document& document) {
  const Node root = document.root();
  const std::string model = root["model"].text();
  const bool exact = root["exact"].flag();
  Page page{
      "Average difference of " + model, exact ? "Over all pairs of items" : "Estimated from a sample of pairs", "", {}};
  Table table{"Average difference by modality",
              {{"modality", false}, {"average difference"}, {"standard error"}, {"pairs"}},
              {}};
  Figure figure{"Average difference by modality", FigureKind::bar, "", "average difference", {{"average difference"}}};
  for (const Node& modality : root["modalities"].list()) {
    const std::string name = modality["name"].text();
    const double value = modality["value"].number();
    const double error = exact ? kNoNumber : modality.number_or_nan("standard_error");
    table.rows.push_back(
        {{name}, {metric_text(value)}, {metric_text(error)}, {count_text(modality["pairs"].integer())}});
    figure.series.front().labels.push_back(name);
    figure.series.front().y.push_back(value);
    figure.series.front().error.push_back(error);
  }
  Facts facts{{{"Model", model}, {"Artifact", root.text_or("artifact", "–")}}};
  add_origin(facts, root);
  page.sections = {{"Results", {std::move(table)}}, {"Origin", {std::move(facts)}}};
  if (!figure.series.front().y.empty()) page.sections.front().blocks.emplace_back(std::move(figure));
  return page;
}

}  // namespace monet::report
