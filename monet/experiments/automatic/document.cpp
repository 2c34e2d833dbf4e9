#include "monet/experiments/automatic/document.h"

#include "monet/artifact/config.h"
#include "monet/experiments/comparison_documents.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/detail/markdown.h"
#include "monet/experiments/race/entrant_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace monet::experiments::automatic {

namespace {

using detail::Json;
using race::Entrant;

Json choice_json(const Found& found) {
  const Choice& choice = found.choice;
  return {{"chosen", found.chosen},
          {"method", found.contenders[choice.chosen]},
          {"seed", found.seed},
          {"artifact", "model"},
          {"best", found.contenders[choice.best]},
          {"compared", found.contenders[choice.compared]},
          {"difference", choice.difference},
          {"standard_error", choice.error}};
}

Json without_json(const Without& without, const std::filesystem::path& out) {
  Json json{{"modality", without.modality}, {"state", detail::to_string(without.run.state)}};
  if (!without.run.error.empty()) json["error"] = without.run.error;
  json["validation"] = detail::to_json(without.run.validation);
  json["difference"] = without.difference;
  json["p"] = without.p;
  json["epochs"] = without.run.epochs;
  json["seconds"] = without.run.seconds;
  json["folder"] = without.run.folder.lexically_relative(out).string();
  return json;
}

std::string race_table(const Found& found) {
  const std::string& metric = found.options.metric;
  detail::Rows rows{{"candidate", metric + ", validation", "best epoch", "epochs", "time", "state"}};
  for (const std::size_t n : race::by_value(found.candidates, metric)) {
    const Entrant& candidate = found.candidates[n];
    const bool some = candidate.value(metric) >= 0.0;
    const bool epochs = some && candidate.trained;
    rows.push_back({candidate.name, some ? fmt::format("{:.4f}", candidate.value(metric)) : "-",
                    epochs ? fmt::format("{}", candidate.run.best_epoch) : "-",
                    epochs ? fmt::format("{}", candidate.run.epochs) : "-",
                    some ? fmt::format("{:.1f} s", candidate.run.seconds) : "-", race::state_text(candidate)});
  }
  return detail::aligned(rows);
}

std::string chosen_text(const Found& found) {
  const bool blend = found.blend && found.blend->gains;
  std::string text = blend
                         ? fmt::format("**A blend of {}** lies in `model/`.\n\n", fmt::join(found.blend->parts, ", "))
                         : fmt::format("**{}**, trained with seed {}, lies in `model/`.\n\n", found.chosen, found.seed);
  for (const std::string& reason : found.reasons) text += reason + "\n";
  return text + "\n" + found.sure + "\n" + found.more + "\n\n";
}

std::string final_text(const Found& found) {
  const bool blended = found.blend && found.blend->gains;
  std::string text = fmt::format("## The best {}{}\n\n{}\n", found.final.methods.size() - (blended ? 1 : 0),
                                 blended ? " and their blend" : "", results_table(found.final));
  text += found.split == "test" ? "Test split" : "Validation split, by which they were chosen (there is no test split)";
  text += found.final.seeds.size() > 1 ? ", mean ± standard deviation over the seeds." : ", one seed.";
  return text +
         " p values are of paired tests over users against the best one, corrected by Holm. †: a training was "
         "ended while it still gained, by the time, or in a further seed after as many epochs as the first took.\n\n";
}

std::string without_text(const Found& found) {
  if (found.without.empty()) return "";
  const std::string& metric = found.options.metric;
  detail::Rows rows{{"modalities", metric + ", validation", "with it", "p (t-test)"}};
  for (const Without& without : found.without) {
    const auto value = without.run.validation.find(metric);
    if (value == without.run.validation.end()) {
      rows.push_back({"without " + without.modality, "-", "-", "-"});
      continue;
    }
    rows.push_back({"without " + without.modality, fmt::format("{:.4f}", value->second),
                    fmt::format("{:+.4f}", without.difference), detail::p_text(without.p)});
  }
  return fmt::format("## What each modality adds\n\n{}\n{}, its first seed, trained as long without it.\n\n",
                     detail::aligned(rows), found.contenders[found.choice.chosen]);
}

std::string notes(const Found& found) {
  std::string text;
  for (const Entrant& candidate : found.candidates) {
    if (candidate.state == Entrant::State::left_out) {
      text += fmt::format("- {}: left out: {}\n", candidate.name, candidate.reason);
    }
    if (candidate.state == Entrant::State::failed) {
      text += fmt::format("- {}: failed: {}\n", candidate.name, candidate.run.error);
    }
  }
  return text.empty() ? "" : "\n" + text;
}

}  // namespace

std::string to_json(const Found& found, const Settings& settings) {
  const std::filesystem::path& out = found.options.out;
  Json json{{"format", "monet-auto"}, {"version", 1}, {"program", artifact::program_version()}};
  json["command"] = found.command;
  json["dataset"] = detail::to_json(found.dataset);
  json["settings"] = detail::settings_json(settings);
  json["metric"] = found.options.metric;
  json["minutes"] = found.options.minutes;
  json["used_seconds"] = found.used_seconds;
  json["processors"] = found.options.processors;
  json["complete"] = found.complete;
  json["candidates"] = Json::array();
  for (const Entrant& candidate : found.candidates) json["candidates"].push_back(race::to_json(candidate, out));
  if (found.chosen.empty()) return detail::dump(json);
  json["choice"] = choice_json(found);
  json["split"] = found.split;
  json["final"] = detail::to_json(found.final, {}, out);
  if (found.blend) {
    json["blend"] = {{"parts", found.blend->parts},
                     {"weights", found.blend->weights},
                     {"gain", found.blend->gain},
                     {"p", found.blend->p},
                     {"gains", found.blend->gains}};
  }
  json["without"] = Json::array();
  for (const Without& without : found.without) json["without"].push_back(without_json(without, out));
  json["reasons"] = found.reasons;
  json["sure"] = found.sure;
  json["more"] = found.more;
  return detail::dump(json);
}

std::string to_markdown(const Found& found) {
  std::string text = fmt::format("# The best method for {}\n\n", found.dataset.name);
  text += fmt::format(
      "{:.1f} of {:.3g} minutes on {} processor{}; {} users, {} items, {} training interactions; item "
      "features: {}.\n\n",
      found.used_seconds / kSecondsPerMinute, found.options.minutes, found.options.processors,
      found.options.processors == 1 ? "" : "s", found.dataset.users, found.dataset.items, found.dataset.train,
      found.dataset.modalities.empty() ? "none" : fmt::format("{}", fmt::join(found.dataset.modalities, ", ")));
  if (found.complete) {
    text += chosen_text(found) + final_text(found) + without_text(found);
  } else {
    text += "Not complete: the same command goes on.\n\n";
  }
  return text + "## The race\n\n" + race_table(found) + notes(found);
}

}  // namespace monet::experiments::automatic
