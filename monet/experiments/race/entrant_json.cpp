#include "monet/experiments/race/entrant_json.h"

#include "monet/experiments/detail/json.h"

#include <string>
#include <vector>

namespace monet::experiments::race {

namespace {

using detail::Json;
using State = Entrant::State;

Json curve_json(const std::vector<CurvePoint>& curve) {
  Json json = Json::array();
  for (const CurvePoint& point : curve) json.push_back(Json::array({point.epoch, point.seconds, point.value}));
  return json;
}

std::vector<CurvePoint> curve_of(const Json& json) {
  std::vector<CurvePoint> curve;
  for (const Json& point : json) {
    curve.push_back({point.at(0).get<int>(), point.at(1).get<double>(), point.at(2).get<double>()});
  }
  return curve;
}

}  // namespace

Json to_json(const Entrant& entrant, const std::filesystem::path& out) {
  Json json{{"label", entrant.name}, {"model", entrant.spec.method.model}};
  json["options"] = detail::to_json(overridden(entrant.spec.method.options, entrant.spec.tuned));
  json["seed"] = entrant.spec.seed;
  json["trained"] = entrant.trained;
  json["state"] = to_string(entrant.state);
  if (!entrant.reason.empty()) json["reason"] = entrant.reason;
  if (!entrant.run.error.empty()) json["error"] = entrant.run.error;
  json["rungs"] = entrant.rungs;
  json["validation"] = detail::to_json(entrant.run.validation);
  json["best_epoch"] = entrant.run.best_epoch;
  json["epochs"] = entrant.run.epochs;
  json["ended_by"] = entrant.run.ended_by;
  json["seconds"] = entrant.run.seconds;
  json["overhead_seconds"] = entrant.overhead;
  json["estimated_bytes"] = entrant.bytes;
  json["peak_bytes"] = entrant.run.peak_bytes;
  json["folder"] = entrant.spec.folder.lexically_relative(out).string();
  json["curve"] = curve_json(entrant.curve);
  return json;
}

namespace {

bool is_same(const Entrant& entrant, const Json& json) {
  return json.at("label") == entrant.name && json.at("seed") == entrant.spec.seed &&
         json.at("options") == detail::to_json(overridden(entrant.spec.method.options, entrant.spec.tuned));
}

void take_up(Entrant& entrant, const Json& json) {
  const std::string state = json.at("state");
  for (const State known : {State::racing, State::finished, State::out, State::failed, State::left_out}) {
    if (to_string(known) == state) entrant.state = known;
  }
  entrant.reason = json.value("reason", "");
  entrant.run.error = json.value("error", "");
  json.at("rungs").get_to(entrant.rungs);
  json.at("validation").get_to(entrant.run.validation);
  json.at("best_epoch").get_to(entrant.run.best_epoch);
  json.at("epochs").get_to(entrant.run.epochs);
  json.at("ended_by").get_to(entrant.run.ended_by);
  json.at("seconds").get_to(entrant.run.seconds);
  json.at("overhead_seconds").get_to(entrant.overhead);
  json.at("peak_bytes").get_to(entrant.run.peak_bytes);
  entrant.curve = curve_of(json.at("curve"));
  entrant.run.seed = entrant.spec.seed;
  entrant.run.folder = entrant.spec.folder;
  if (!entrant.run.validation.empty()) entrant.run.state = Run::State::done;
  if (entrant.state == State::failed) entrant.run.state = Run::State::failed;
}

}  // namespace

void take_up(std::vector<Entrant>& entrants, const Json& before) {
  for (Entrant& entrant : entrants) {
    const auto found =
        std::find_if(before.begin(), before.end(), [&](const Json& json) { return is_same(entrant, json); });
    if (found != before.end()) take_up(entrant, *found);
  }
}

}  // namespace monet::experiments::race
