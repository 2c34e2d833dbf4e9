#include "monet/artifact/artifact.h"
#include "monet/report/blend.h"
#include "monet/report/learning_curve.h"
#include "monet/report/metric_names.h"
#include "monet/report/numbers.h"
#include "monet/report/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace monet::report {

namespace {

using artifact::Config;

std::string text_of(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "on" : "off";
  if (const std::string* word = std::get_if<std::string>(&value)) return word->empty() ? "–" : *word;
  if (const double* number = std::get_if<double>(&value)) return plain_text(*number);
  return fmt::format("{}", std::get<std::int64_t>(value));
}

const Value* find(const Fields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

Facts overview(const Config& config) {
  Facts facts;
  facts.entries = {{"Model", config.model},
                   {"Dataset", config.data_name},
                   {"Users", count_text(config.num_users)},
                   {"Items", count_text(config.num_items)},
                   {"Training interactions", count_text(config.num_interactions)}};
  std::string modalities;
  for (const artifact::ModalityInfo& modality : config.modalities) {
    modalities += (modalities.empty() ? "" : ", ") + modality.name;
    if (modality.features > 0) modalities += fmt::format(" ({} features)", modality.features);
  }
  facts.entries.emplace_back("Modalities", modalities.empty() ? "none" : modalities);
  facts.entries.emplace_back("Scores", scoring::to_string(config.kind));
  if (config.embedding_width > 0)
    facts.entries.emplace_back("Embeddings", fmt::format("{} wide", config.embedding_width));
  for (const auto& [name, value] : config.training) {
    const std::int64_t* epoch = std::get_if<std::int64_t>(&value);
    if (name == "best_epoch" && epoch != nullptr && *epoch < 0) continue;  // nothing was trained
    const double* seconds = std::get_if<double>(&value);
    facts.entries.emplace_back(name == "best_epoch" ? "Best epoch" : "Training: " + name,
                               name == "seconds" && seconds != nullptr ? seconds_text(*seconds) : text_of(value));
  }
  facts.entries.emplace_back("Data hash", config.data_hash);
  facts.entries.emplace_back("Written by", "monet " + config.program_version);
  return facts;
}

Table metrics_table(const Config& config) {
  Table table{"Means over the users with a held-out item", {{"metric", false}, {"validation"}, {"test"}}, {}};
  std::set<std::string> names;
  for (const auto& [name, value] : config.validation) names.insert(name);
  for (const auto& [name, value] : config.test) names.insert(name);
  const auto value_of = [](const std::map<std::string, double>& metrics, const std::string& name) {
    const auto found = metrics.find(name);
    return metric_text(found == metrics.end() ? kNoNumber : found->second);
  };
  for (const std::string& name : ordered_metrics({names.begin(), names.end()}, "recall@20")) {
    table.rows.push_back({{name}, {value_of(config.validation, name)}, {value_of(config.test, name)}});
  }
  return table;
}

Section curves_section(const artifact::Artifact& artifact) {
  Section section{"Learning curves", {}};
  const std::vector<LearningCurve> curves{
      parse_learning_curve(artifact.train_log(), artifact.path() / "train_log.jsonl", "")};
  if (curves.front().epochs.empty()) {
    section.blocks.emplace_back(Paragraph{"This model is computed at once: there was nothing to train."});
    return section;
  }
  section.blocks.emplace_back(loss_figure(curves));
  const Value* best = find(artifact.config().training, "best_epoch");
  for (const char* metric : {"recall@20", "ndcg@20"}) {
    if (!curves.front().validation.contains(metric)) continue;
    Figure figure = validation_figure(curves, metric);
    const auto* epoch = best == nullptr ? nullptr : std::get_if<std::int64_t>(best);
    if (epoch != nullptr && *epoch >= 0) {
      figure.mark = static_cast<double>(*epoch);
      figure.mark_label = fmt::format("best: epoch {}", *epoch);
    }
    section.blocks.emplace_back(std::move(figure));
  }
  return section;
}

Table options_table(const Fields& fields) {
  Table table{"Options of the model and of its training", {{"option", false}, {"value", false}}, {}};
  for (const auto& [name, value] : fields) table.rows.push_back({{name}, {text_of(value)}});
  return table;
}

}  // namespace

Page artifact_page(const artifact::Artifact& artifact) {
  const Config& config = artifact.config();
  Page page{fmt::format("{} on {}", config.model, config.data_name),
            "A trained model: " + artifact.path().filename().string(),
            "",
            {}};
  page.sections.push_back({"Overview", {overview(config)}});
  if (!config.validation.empty() || !config.test.empty()) {
    page.sections.push_back({"Metrics", {metrics_table(config)}});
  }
  if (!artifact.parts().empty()) {
    page.sections.push_back(blend_parts(artifact));
    page.sections.push_back(blend_trials(artifact));
    return page;
  }
  page.sections.push_back(curves_section(artifact));
  page.sections.push_back({"Hyper-parameters", {options_table(config.hyper_parameters)}});
  return page;
}

}  // namespace monet::report
