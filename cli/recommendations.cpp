#include "cli/recommendations.h"

#include "cli/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace monet::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTitleWidth = 48;
constexpr std::size_t kDriverTitleWidth = 32;

std::string user_name(const Recommendations& recommendations, const artifact::Artifact& artifact) {
  return recommendations.user ? artifact.users().id(*recommendations.user) : "new";
}

/// The shortest decimal that reads back as this float.
double shortest(float value) {
  const std::string text = fmt::format("{}", value);
  double result = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::string as_tsv(const Recommendations& recommendations, const artifact::Artifact& artifact) {
  const std::string user = artifact::escape_field(user_name(recommendations, artifact));
  std::string text;
  for (std::size_t r = 0; r < recommendations.items.size(); ++r) {
    const Recommended& item = recommendations.items[r];
    fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\n", user, r + 1,
                   artifact::escape_field(artifact.items().id(item.item)), item.score);
  }
  return text;
}

Json item_json(std::int32_t item, const artifact::IdTable& items) {
  Json object{{"item", items.id(item)}};
  if (const std::string_view title = items.title(item); !title.empty()) object["title"] = title;
  return object;
}

Json explanation_json(const rank::Explanation& why, const artifact::IdTable& items) {
  const auto part = [&](double value) { return Json{{"value", value}, {"share", rank::share_of(value, why.score)}}; };
  Json object{{"general", part(why.general)}, {"target_oriented", part(why.target)}, {"modalities", Json::object()}};
  for (const rank::ModalityPart& modality : why.modalities) object["modalities"][modality.name] = part(modality.value);
  object["because"] = Json::array();
  for (const rank::Driver& driver : why.drivers) {
    Json past = item_json(driver.item, items);
    past["weight"] = driver.weight;
    object["because"].push_back(std::move(past));
  }
  return object;
}

std::string as_json(const Recommendations& recommendations, const artifact::Artifact& artifact) {
  Json object;
  object["user"] = recommendations.user ? Json(artifact.users().id(*recommendations.user)) : Json();
  object["history"] = recommendations.history;
  object["fallback"] = recommendations.popular ? Json("popularity") : Json();
  object["items"] = Json::array();
  for (std::size_t r = 0; r < recommendations.items.size(); ++r) {
    const Recommended& item = recommendations.items[r];
    Json entry{{"rank", r + 1}};
    entry.update(item_json(item.item, artifact.items()));
    entry["score"] = shortest(item.score);
    if (item.explanation) entry["explanation"] = explanation_json(*item.explanation, artifact.items());
    object["items"].push_back(std::move(entry));
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100.0 * share);
}

std::string explanation_lines(const rank::Explanation& why, const artifact::Artifact& artifact,
                              const std::string& indent) {
  const artifact::IdTable& items = artifact.items();
  const scoring::ScoreKind kind = artifact.config().kind;
  std::string text;
  for (const rank::Driver& driver : why.drivers) {
    const std::string title = fitted(items.title(driver.item), kDriverTitleWidth);
    text += text.empty() ? "because of " : ", ";
    text += fitted(items.id(driver.item), kDriverTitleWidth);
    if (!title.empty()) text += fmt::format(" “{}”", title);
    text += fmt::format(" ({})", percent(driver.weight));
  }
  if (kind == scoring::ScoreKind::item_similarity) {
    return indent + (text.empty() ? "similar to no past item" : text) + "\n";
  }
  if (kind == scoring::ScoreKind::dot && why.modalities.empty()) {
    return indent + fmt::format("{} does not score by past items or modalities\n", artifact.config().model);
  }
  if (!text.empty()) text = indent + text + "\n";
  text += indent + fmt::format("score: general {}, target-oriented {}", percent(rank::share_of(why.general, why.score)),
                               percent(rank::share_of(why.target, why.score)));
  for (std::size_t m = 0; m < why.modalities.size(); ++m) {
    const rank::ModalityPart& part = why.modalities[m];
    text += fmt::format("{}{} {}", m == 0 ? "; by modality: " : ", ", part.name,
                        percent(rank::share_of(part.value, why.score)));
  }
  return text + "\n";
}

std::string as_table(const Recommendations& recommendations, const artifact::Artifact& artifact) {
  const artifact::IdTable& items = artifact.items();
  TextTable table({Align::right, Align::left, Align::right, Align::left}, "  ");
  table.add({"rank", "item", recommendations.popular ? "interactions" : "score", items.has_titles() ? "title" : ""});
  for (std::size_t r = 0; r < recommendations.items.size(); ++r) {
    const Recommended& item = recommendations.items[r];
    const std::string score = fmt::format("{:.{}f}", item.score, recommendations.popular ? 0 : 4);
    table.add({fmt::format("{}", r + 1), fitted(items.id(item.item), kTitleWidth), score,
               fitted(items.title(item.item), kTitleWidth)});
  }
  const std::string about = recommendations.popular ? "no past items, so by popularity"
                                                    : fmt::format("{} past items", grouped(recommendations.history));
  std::string text = fmt::format("user {} ({})\n", fitted(user_name(recommendations, artifact), kTitleWidth), about);
  const std::string lines = table.text();
  std::size_t begin = 0;
  for (std::size_t line = 0; begin < lines.size(); ++line) {
    const std::size_t end = lines.find('\n', begin) + 1;
    text += lines.substr(begin, end - begin);
    begin = end;
    if (line == 0 || recommendations.popular || !recommendations.items[line - 1].explanation) continue;
    text += explanation_lines(*recommendations.items[line - 1].explanation, artifact, "        ");
  }
  return text + "\n";
}

}  // namespace

std::string render(const Recommendations& recommendations, const artifact::Artifact& artifact, Format format) {
  switch (format) {
    case Format::tsv: return as_tsv(recommendations, artifact);
    case Format::jsonl: return as_json(recommendations, artifact);
    case Format::table: break;
  }
  return as_table(recommendations, artifact);
}

}  // namespace monet::cli
