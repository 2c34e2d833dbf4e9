#include "monet/api/answers.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"
#include "monet/artifact/config.h"
#include "monet/recommend/json.h"

#include <memory>
#include <shared_mutex>
#include <utility>

namespace monet::api {

namespace {

/// Of a blend that of its first part with one.
float beta_of(const artifact::Artifact& artifact) {
  for (const artifact::Artifact& part : artifact.parts()) {
    if (part.config().kind == scoring::ScoreKind::target_aware) return part.config().beta;
  }
  return artifact.config().beta;
}

Json artifact_json(const serve::Loaded& loaded) {
  const artifact::Artifact& artifact = loaded.recommender.artifact();
  const artifact::Config& config = artifact.config();
  Json json{{"path", artifact.path().string()},
            {"model", config.model},
            {"hash", loaded.version},
            {"opened", utc(loaded.opened)},
            {"users", config.num_users},
            {"items", config.num_items},
            {"interactions", config.num_interactions},
            {"kind", scoring::to_string(config.kind)}};
  json["features"] = loaded.recommender.feature_widths();
  json["describes"] = Json::object();
  for (const auto& [modality, from] :
       {std::pair(loaded.describer().text_modality(), "texts"), {loaded.describer().picture_modality(), "pictures"}}) {
    if (!modality.empty()) json["describes"][modality] = from;
  }
  json["beta"] = loaded.recommender.has_beta() ? Json(recommend::shortest(beta_of(artifact))) : Json();
  json["takes_history"] = loaded.recommender.takes_history();
  json["similarities"] = loaded.recommender.similarities();
  json["validation"] = config.validation;
  const candidates::CellIndex* index = loaded.index();
  json["candidates"] = index == nullptr ? Json() : Json{{"cells", index->cells()}, {"bytes", index->bytes()}};
  return json;
}

}  // namespace

std::vector<Route> Routes::operations() {
  std::vector<Route> routes;
  routes.push_back({.method = "GET",
                    .pattern = "/healthz",
                    .role = Role::none,
                    .work = Work::at_once,
                    .summary = "200 while the process lives",
                    .answer = R"({"alive": true})",
                    .handle = [](const Call& call) {
                      call.reply.send(json_response({{"alive", true}}));
                    }});
  routes.push_back({.method = "GET",
                    .pattern = "/readyz",
                    .role = Role::none,
                    .summary = "200 when requests are answered and the store is there",
                    .answer = R"({"ready": true})",
                    .handle = [engine = &engine, ready = &ready](const Call& call) {
                      if (!*ready) refuse(503, "the service is stopping");
                      engine->store().state();
                      call.reply.send(json_response({{"ready", true}}));
                    }});
  routes.push_back({.method = "GET",
                    .pattern = "/metrics",
                    .summary = "numbers for Prometheus",
                    .handle = [metrics = &metrics](const Call& call) {
                      call.reply.send({.content_type = "text/plain; version=0.0.4", .body = metrics->text()});
                    }});
  routes.push_back({.method = "GET",
                    .pattern = "/v1/status",
                    .summary = "artifact, catalogue, events, requests and latency",
                    .handle = [*this](const Call& call) {
                      const auto loaded = engine.loaded();
                      const Index items = loaded->num_items();
                      const auto own = static_cast<Index>(loaded->recommender.artifact().items().size());
                      Json catalogue{{"items", items}, {"added", items - own}};
                      {
                        const std::shared_lock lock(loaded->shelf_mutex);
                        catalogue["available"] = items - static_cast<Index>(loaded->shelf.unavailable().size());
                        catalogue["hidden"] = loaded->shelf.hidden().size();
                      }
                      Json status{
                          {"program", artifact::program_version()},
                          {"started", utc(started)},
                          {"ready", ready.load()},
                          {"artifact", artifact_json(*loaded)},
                          {"catalogue", std::move(catalogue)},
                          {"events", {{"stored", engine.live().num_events()}, {"users", engine.live().num_users()}}},
                          {"requests", metrics.requests()},
                          {"lists",
                           {{"scanned", engine.lists().scanned.load()},
                            {"proved", engine.lists().proved.load()},
                            {"unproved", engine.lists().unproved.load()}}},
                          {"latency", metrics.latency()}};
                      if (options.retraining) status["retraining"] = Json::parse(options.retraining());
                      call.reply.send(json_response(status));
                    }});
  routes.push_back({.method = "POST",
                    .pattern = "/v1/reload",
                    .role = Role::admin,
                    .summary = "opens the artifact anew; the old one answers until then",
                    .answer = R"({"hash": "9f2c", "changed": true})",
                    .handle = [engine = &engine](const Call& call) {
                      const std::string before = engine->loaded()->version;
                      try {
                        engine->reload();
                      } catch (const Error& error) {
                        refuse(409, "the artifact cannot be used, the one before serves on: {}", error.what());
                      }
                      const std::string now = engine->loaded()->version;
                      call.reply.send(json_response({{"hash", now}, {"changed", now != before}}));
                    }});
  if (options.retrain) {
    routes.push_back({.method = "POST",
                      .pattern = "/v1/retrain",
                      .role = Role::admin,
                      .summary = "trains anew with what was recorded; the better artifact is swapped in (/v1/status)",
                      .answer = R"({"state": "running", "started": "2026-03-01T12:00:00Z"})",
                      .status = 202,
                      .handle = [options = &options](const Call& call) {
                        if (!options->retrain()) refuse(409, "a training runs already");
                        call.reply.send(json_response(Json::parse(options->retraining()), 202));
                      }});
  }
  return routes;
}

}  // namespace monet::api
