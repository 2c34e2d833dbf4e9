#include "monet/recommend/render.h"

#include "monet/artifact/id_table.h"
#include "monet/core/text_table.h"
#include "monet/recommend/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iterator>
#include <span>

namespace monet::recommend {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTitleWidth = 48;
constexpr std::size_t kDriverTitleWidth = 32;

std::string tsv_lines(const std::string& of, std::span<const ScoredItem> items) {
  const std::string first = artifact::escape_field(of);
  std::string text;
  for (std::size_t r = 0; r < items.size(); ++r) {
    fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\n", first, r + 1, artifact::escape_field(items[r].item),
                   items[r].score);
  }
  return text;
}

Json item_json(const std::string& item, const std::string& title) {
  Json object{{"item", item}};
  if (!title.empty()) object["title"] = title;
  return object;
}

Json items_json(std::span<const ScoredItem> items) {
  Json list = Json::array();
  for (std::size_t r = 0; r < items.size(); ++r) {
    Json entry{{"rank", r + 1}};
    entry.update(item_json(items[r].item, items[r].title));
    entry["score"] = shortest(items[r].score);
    if (items[r].explanation) entry["explanation"] = explanation_json(*items[r].explanation);
    list.push_back(std::move(entry));
  }
  return list;
}

std::string json_line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string as_json(const Recommendations& recommendations) {
  Json object;
  object["user"] = recommendations.user ? Json(*recommendations.user) : Json();
  object["history"] = recommendations.history;
  object["fallback"] = recommendations.popular ? Json("popularity") : Json();
  object["items"] = items_json(recommendations.items);
  return json_line(object);
}

std::string as_json(const SimilarItems& similar) {
  Json object = item_json(similar.item, similar.title);
  object["by"] = similar.by;
  object["items"] = items_json(similar.items);
  return json_line(object);
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100.0 * share);
}

std::string explanation_lines(const Explanation& why, const Source& source, const std::string& indent) {
  std::string text;
  for (const BlendedPart& part : why.parts) {
    text += fmt::format("{}{} (weight {:.2g}): {}, its own score {:.4f}\n", indent, part.model, part.weight,
                        percent(part.part.share), part.score);
    text += explanation_lines(part.because, {part.model, part.kind, source.has_titles}, indent + "  ");
  }
  if (!text.empty()) return text;
  for (const Driver& driver : why.drivers) {
    const std::string title = fitted(driver.title, kDriverTitleWidth);
    text += text.empty() ? "because of " : ", ";
    text += fitted(driver.item, kDriverTitleWidth);
    if (!title.empty()) text += fmt::format(" “{}”", title);
    text += fmt::format(" ({})", percent(driver.weight));
  }
  if (source.kind == scoring::ScoreKind::item_similarity) {
    return indent + (text.empty() ? "similar to no past item" : text) + "\n";
  }
  if (source.kind == scoring::ScoreKind::dot && why.modalities.empty()) {
    return indent + fmt::format("{} does not score by past items or modalities\n", source.model);
  }
  if (!text.empty()) text = indent + text + "\n";
  text += indent +
          fmt::format("score: general {}, target-oriented {}", percent(why.general.share), percent(why.target.share));
  for (std::size_t m = 0; m < why.modalities.size(); ++m) {
    text += fmt::format("{}{} {}", m == 0 ? "; by modality: " : ", ", why.modalities[m].name,
                        percent(why.modalities[m].part.share));
  }
  return text + "\n";
}

/// Lines of rank, item, score and title after a header.
std::string items_table(std::span<const ScoredItem> items, const std::string& score_name, int decimals,
                        const Source& source) {
  TextTable table({Align::right, Align::left, Align::right, Align::left}, "  ");
  table.add({"rank", "item", score_name, source.has_titles ? "title" : ""});
  for (std::size_t r = 0; r < items.size(); ++r) {
    table.add({fmt::format("{}", r + 1), fitted(items[r].item, kTitleWidth),
               fmt::format("{:.{}f}", items[r].score, decimals), fitted(items[r].title, kTitleWidth)});
  }
  return table.text();
}

std::string as_table(const Recommendations& recommendations, const Source& source) {
  const std::string about = recommendations.popular ? "no past items, so by popularity"
                                                    : fmt::format("{} past items", grouped(recommendations.history));
  std::string text = fmt::format("user {} ({})\n", fitted(recommendations.user.value_or("new"), kTitleWidth), about);
  const std::string lines = items_table(recommendations.items, recommendations.popular ? "interactions" : "score",
                                        recommendations.popular ? 0 : 4, source);
  std::size_t begin = 0;
  for (std::size_t line = 0; begin < lines.size(); ++line) {
    const std::size_t end = lines.find('\n', begin) + 1;
    text += lines.substr(begin, end - begin);
    begin = end;
    if (line == 0 || recommendations.popular || !recommendations.items[line - 1].explanation) continue;
    text += explanation_lines(*recommendations.items[line - 1].explanation, source, "        ");
  }
  return text + "\n";
}

std::string as_table(const SimilarItems& similar, const Source& source) {
  std::string text = fmt::format("item {}", fitted(similar.item, kTitleWidth));
  if (!similar.title.empty()) text += fmt::format(" “{}”", fitted(similar.title, kTitleWidth));
  if (similar.items.empty()) return text + fmt::format(": nothing is similar to it by {}\n\n", similar.by);
  return text + "\n" + items_table(similar.items, "similarity", 4, source) + "\n";
}

}  // namespace

Source source_of(const artifact::Artifact& artifact) {
  return {artifact.config().model, artifact.config().kind, artifact.items().has_titles()};
}

std::string render(const Recommendations& recommendations, const Source& source, Format format) {
  switch (format) {
    case Format::tsv: return tsv_lines(recommendations.user.value_or("new"), recommendations.items);
    case Format::jsonl: return as_json(recommendations);
    case Format::table: break;
  }
  return as_table(recommendations, source);
}

std::string render(const SimilarItems& similar, const Source& source, Format format) {
  switch (format) {
    case Format::tsv: return tsv_lines(similar.item, similar.items);
    case Format::jsonl: return as_json(similar);
    case Format::table: break;
  }
  return as_table(similar, source);
}

}  // namespace monet::recommend
