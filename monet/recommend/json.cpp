#include "monet/recommend/json.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

namespace monet::recommend {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

double shortest(float value) {
  const std::string text = fmt::format("{}", value);
  double result = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

nlohmann::ordered_json explanation_json(const Explanation& why) {
  const auto json = [](const Part& part) { return Json{{"value", part.value}, {"share", part.share}}; };
  Json object{{"general", json(why.general)}, {"target_oriented", json(why.target)}, {"modalities", Json::object()}};
  for (const ModalityPart& modality : why.modalities) object["modalities"][modality.name] = json(modality.part);
  object["because"] = Json::array();
  for (const Driver& driver : why.drivers) {
    Json past{{"item", driver.item}};
    if (!driver.title.empty()) past["title"] = driver.title;
    past["weight"] = driver.weight;
    object["because"].push_back(std::move(past));
  }
  for (const BlendedPart& part : why.parts) {
    object["parts"].push_back({{"model", part.model},
                               {"weight", part.weight},
                               {"value", part.part.value},
                               {"share", part.part.share},
                               {"score", shortest(part.score)},
                               {"explanation", explanation_json(part.because)}});
  }
  return object;
}

}  // namespace monet::recommend
