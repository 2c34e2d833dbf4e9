#include "monet/report/facts.h"

#include "monet/report/numbers.h"

namespace monet::report {

Facts dataset_facts(const Node& dataset) {
  Facts facts{{{"Dataset", dataset["name"].text()}}};
  for (const char* count : {"users", "items", "interactions", "train", "validation", "test"}) {
    if (!dataset.has(count)) continue;
    const std::string name = count;
    const bool split = name == "train" || name == "validation" || name == "test";
    facts.entries.emplace_back(split ? "of these for " + (name == "train" ? std::string("training") : name)
                                     : std::string(1, static_cast<char>(name[0] - 'a' + 'A')) + name.substr(1),
                               count_text(dataset[count].integer()));
  }
  if (dataset.has("modalities")) {
    std::string modalities;
    for (const Node& modality : dataset["modalities"].list()) {
      modalities += (modalities.empty() ? "" : ", ") + modality.text();
    }
    facts.entries.emplace_back("Modalities", modalities.empty() ? "none" : modalities);
  }
  if (dataset.has("path")) facts.entries.emplace_back("Path", dataset["path"].text());
  if (dataset.has("hash")) facts.entries.emplace_back("Hash", dataset["hash"].text());
  return facts;
}

void add_origin(Facts& facts, const Node& root) {
  if (root.has("command")) facts.entries.emplace_back("Command", root["command"].text());
  if (root.has("program")) facts.entries.emplace_back("Written by", "monet " + root["program"].text());
}

std::string options_text(const Node& options) {
  std::string text;
  for (const auto& [name, value] : options.entries()) {
    text += (text.empty() ? "" : ", ") + name + " " + value.any_text();
  }
  return text.empty() ? "defaults" : text;
}

}  // namespace monet::report
