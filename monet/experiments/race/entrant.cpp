#include "monet/experiments/race/entrant.h"

#include "monet/experiments/detail/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <numeric>

namespace monet::experiments::race {

namespace {
using State = Entrant::State;
}

double Entrant::value(std::string_view metric) const {
  const auto found = run.validation.find(std::string(metric));
  return found == run.validation.end() ? -1.0 : found->second;
}

std::string_view to_string(State state) {
  switch (state) {
    case State::racing: return "racing";
    case State::finished: return "finished";
    case State::out: return "out";
    case State::failed: return "failed";
    case State::left_out: break;
  }
  return "left out";
}

std::string state_text(const Entrant& entrant) {
  if (entrant.state == State::out) return fmt::format("out after rung {}", entrant.rungs);
  return std::string(to_string(entrant.state));
}

std::vector<CurvePoint> read_curve(const std::filesystem::path& log) {
  std::vector<CurvePoint> curve;
  std::ifstream stream(log, std::ios::binary);
  std::string line;
  while (std::getline(stream, line)) {
    const detail::Json json = detail::Json::parse(line, nullptr, false);
    if (json.is_discarded() || !json.contains("validation")) continue;
    curve.push_back({json.at("epoch").get<int>(), json.at("seconds").get<double>(),
                     json.at("validation").at("recall@20").get<double>()});
  }
  return curve;
}

std::vector<std::size_t> by_value(const std::vector<Entrant>& entrants, std::string_view metric) {
  std::vector<std::size_t> order(entrants.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return entrants[a].value(metric) > entrants[b].value(metric); });
  return order;
}

}  // namespace monet::experiments::race
