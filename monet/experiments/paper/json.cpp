#include "monet/experiments/detail/json.h"
#include "monet/artifact/config.h"
#include "monet/experiments/paper/document.h"

namespace monet::experiments::paper {

namespace {

using detail::Json;

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const DatasetObservations& dataset) {
  Json json = detail::to_json(dataset.info);
  json["paper"] = dataset.paper != nullptr ? Json(dataset.paper->name) : Json(nullptr);
  json["trained"] = Json::array();
  for (const auto& [label, method] : dataset.methods) {
    if (method.runs == 0) continue;
    json["trained"].push_back({{"label", label},
                               {"tuned", method.tuned},
                               {"seeds", method.runs},
                               {"cut_off", method.cut_off},
                               {"seconds", method.seconds}});
  }
  return json;
}

Json json_of(const Cell& cell) {
  return {{"value", or_null(cell.value)}, {"sd", cell.sd},     {"seeds", cell.seeds},
          {"paper", or_null(cell.paper)}, {"note", cell.note}, {"best", cell.best}};
}

Json json_of(const Table& table) {
  Json rows = Json::array();
  for (const Row& row : table.rows) {
    Json cells = Json::array();
    for (const Cell& cell : row.cells) cells.push_back(json_of(cell));
    rows.push_back({{"label", row.label}, {"cells", cells}});
  }
  return {{"id", table.id},           {"title", table.title},   {"note", table.note},
          {"columns", table.columns}, {"groups", table.groups}, {"rows", rows}};
}

Json json_of(const Figure& figure) {
  Json series = Json::array();
  for (const Series& s : figure.series)
    series.push_back({{"name", s.name}, {"x", s.x}, {"y", s.y}, {"error", s.error}});
  return {{"id", figure.id},           {"title", figure.title},   {"kind", figure.kind}, {"x_label", figure.x_label},
          {"y_label", figure.y_label}, {"x_ticks", figure.ticks}, {"note", figure.note}, {"series", series}};
}

}  // namespace

std::string to_json(const Reproduction& reproduction) {
  Json json{{"format", "monet-reproduction"},
            {"version", 1},
            {"program", artifact::program_version()},
            {"command", reproduction.command},
            {"quick", reproduction.selection.quick},
            {"notes", reproduction.notes},
            {"settings", detail::settings_json(reproduction.settings)},
            {"complete", reproduction.complete}};
  for (const char* part : {"datasets", "tables", "figures", "claims"}) json[part] = Json::array();
  for (const DatasetObservations& dataset : reproduction.datasets) json["datasets"].push_back(json_of(dataset));
  for (const Table& table : reproduction.tables) json["tables"].push_back(json_of(table));
  for (const Figure& figure : reproduction.figures) json["figures"].push_back(json_of(figure));
  for (const Claim& claim : reproduction.claims) {
    json["claims"].push_back(
        {{"id", claim.id}, {"claim", claim.claim}, {"verdict", claim.verdict}, {"evidence", claim.evidence}});
  }
  return detail::dump(json);
}

}  // namespace monet::experiments::paper
