#include "tests/report/fixtures.h"

#include "tests/cli/shop.h"

#include <fmt/core.h>

#include <cmath>
#include <string>
#include <vector>

namespace monet::test {

namespace {

Document dataset() {
  return {{"name", "tiny"},
          {"path", "data/tiny"},
          {"hash", "0123456789abcdef"},
          {"users", 9308},
          {"items", 6710},
          {"interactions", 68722},
          {"train", 59541},
          {"validation", 3051},
          {"test", 6130},
          {"modalities", {"audio", "image"}}};
}

Document head(const std::string& format) {
  return {{"format", format}, {"version", 1}, {"program", "0.1.0"}, {"command", "monet …"}, {"dataset", dataset()}};
}

Document spread(double mean, double sd) {
  const double step = sd / std::sqrt(2.0);
  return {{"mean", mean}, {"sd", sd}, {"values", {mean - step, mean + step}}};
}

Document method(const std::string& label, double recall, double sd) {
  Document json{{"label", label}, {"model", label},  {"options", Document::object()},
                {"tuned", false}, {"state", "done"}, {"error", ""}};
  json["metrics"] = {{"ndcg@20", spread(recall / 2.0, sd / 2.0)}, {"recall@20", spread(recall, sd)},
                     {"recall@10", spread(recall / 1.5, sd)},     {"coverage@20", spread(recall * 8.0, sd)},
                     {"gini@20", spread(1.0 - recall, sd)},       {"novelty@20", spread(recall * 100.0, sd)},
                     {"ils.image@20", spread(recall * 3.0, sd)}};
  json["validation"] = {{"recall@20", spread(recall, sd)}};
  json["seconds"] = {{"mean", 118.0}, {"values", {118.2, 117.8}}};
  json["peak_bytes"] = 103'000'000;
  json["tests"] = Document::object();
  json["runs"] = Document::array();
  for (int seed = 0; seed < 2; ++seed) {
    json["runs"].push_back({{"seed", seed},
                            {"folder", fmt::format("runs/{}-seed{}", label, seed)},
                            {"best_epoch", 25},
                            {"epochs", 30},
                            {"seconds", 118.0}});
  }
  return json;
}

Document unfinished(const std::string& label, const std::string& state, const std::string& error) {
  return {{"label", label},           {"model", label}, {"options", Document::object()},
          {"state", state},           {"error", error}, {"metrics", Document::object()},
          {"runs", Document::array()}};
}

Document test_of(double difference, double p) {
  const Document result{{"statistic", 3.0}, {"p", p / 2.0}, {"p_holm", p}};
  return {{"against", "lightgcn"},
          {"improvement_percent", difference / 0.06 * 100.0},
          {"difference", difference},
          {"users", 6130},
          {"t", result},
          {"wilcoxon", result}};
}

}  // namespace

Document comparison(bool complete) {
  Document json = head("monet-comparison");
  json["primary"] = "recall@20";
  json["seeds"] = {0, 1};
  json["complete"] = complete;
  json["methods"] = {method("mf", 0.05, 0.001), method("lightgcn", 0.06, 0.002), method("monet", 0.07, 0.003)};
  json["methods"][0]["tests"]["recall@20"] = test_of(-0.01, 0.03);
  json["methods"][2]["tests"]["recall@20"] = test_of(0.01, 0.0004);
  if (!complete) {
    json["methods"][1] = unfinished("lightgcn", "not run", "");
    json["methods"][2] = unfinished("monet", "failed", "out of memory");
  }
  return json;
}

void write_comparison(const std::filesystem::path& folder, const Document& document) {
  write_json(folder / "comparison.json", document);
  for (const Document& compared : document["methods"]) {
    for (const Document& run : compared["runs"]) {
      std::string log;
      for (int epoch = 0; epoch < 30; ++epoch) {
        Document line{{"epoch", epoch}, {"loss", 0.7 / (1 + epoch)}, {"learning_rate", 1e-4}, {"seconds", epoch}};
        if (epoch % 5 == 0) line["validation"] = {{"recall@20", 0.001 * epoch}, {"ndcg@20", 0.0005 * epoch}};
        log += line.dump() + "\n";
      }
      write_text(folder / run["folder"].get<std::string>() / "model" / "train_log.jsonl", log);
    }
  }
}

Document sweep() {
  Document json = head("monet-sweep");
  json["model"] = "monet";
  json["metric"] = "recall@20";
  json["split"] = "validation";
  json["search"] = "grid";
  json["grid"] = {{"alpha", {0, 0.5, 1}}, {"beta", {0, 0.3}}};
  json["complete"] = true;
  json["trials"] = Document::array();
  for (const double alpha : {0.0, 0.5, 1.0}) {
    for (const double beta : {0.0, 0.3}) {
      const double recall = 0.06 - 0.02 * std::abs(alpha - 0.5) + (beta > 0.0 ? 0.002 : 0.0);
      json["trials"].push_back({{"options", {{"alpha", alpha}, {"beta", beta}}},
                                {"state", "done"},
                                {"validation", {{"recall@20", recall}}},
                                {"test", Document::object()},
                                {"best_epoch", 40},
                                {"seconds", 12.0},
                                {"peak_bytes", 1},
                                {"folder", "runs/x"}});
    }
  }
  json["best"] = 3;
  return json;
}

Document found(bool complete) {
  const auto candidate = [](const std::string& label, const std::string& state, int rungs, double value) {
    Document json{{"label", label}, {"model", label}, {"options", Document::object()}, {"seed", 0}, {"trained", true}};
    json["state"] = state;
    json["rungs"] = rungs;
    json["validation"] = Document::object();
    if (value > 0.0) json["validation"]["recall@20"] = value;
    json["best_epoch"] = 25;
    json["epochs"] = 30;
    json["seconds"] = 40.0;
    json["peak_bytes"] = 103'000'000;
    json["curve"] = Document::array();
    for (int point = 1; point <= 2 * rungs; ++point) {
      json["curve"].push_back({5 * point, 5.0 * point, value * (1.0 - 1.0 / (1.0 + point))});
    }
    return json;
  };
  Document json = head("monet-auto");
  json["metric"] = "recall@20";
  json["minutes"] = 10.0;
  json["used_seconds"] = 420.0;
  json["processors"] = 2;
  json["complete"] = complete;
  json["candidates"] = {candidate("mf", "out", 1, 0.05), candidate("lightgcn", "racing", 3, 0.06),
                        candidate("monet", "finished", 3, 0.07), candidate("vbpr", "failed", 0, 0.0),
                        candidate("slow", "left out", 0, 0.0)};
  json["candidates"][3]["error"] = "out of memory";
  json["candidates"][4]["reason"] = "no time: another setting took 900 s";
  if (!complete) return json;
  json["choice"] = {{"chosen", "monet"}, {"method", "monet"}, {"seed", 1}, {"artifact", "model"}};
  json["split"] = "test";
  json["final"] = comparison();
  json["without"] = {{{"modality", "image"},
                      {"state", "done"},
                      {"validation", {{"recall@20", 0.065}}},
                      {"difference", 0.005},
                      {"p", 0.0004}},
                     {{"modality", "audio"},
                      {"state", "failed"},
                      {"error", "no room"},
                      {"validation", Document::object()},
                      {"difference", 0.0},
                      {"p", 1.0}}};
  json["reasons"] = {"monet is the best on validation."};
  json["sure"] = "It finds 16.7 % more.";
  json["more"] = "One candidate still gained.";
  return json;
}

Document reproduction() {
  Document json = head("monet-reproduction");
  json.erase("dataset");
  json["quick"] = true;
  json["datasets"] = Document::array({dataset()});
  json["datasets"][0]["paper"] = "Men Clothing";
  const Document good{{"value", 0.0912}, {"sd", 0.0011}, {"paper", 0.0895}, {"note", ""}, {"best", true}};
  const Document none{{"value", nullptr}, {"sd", nullptr}, {"paper", nullptr}, {"note", "no images"}, {"best", false}};
  json["tables"] = Document::array();
  json["tables"].push_back({{"id", "table-5"},
                            {"title", "Table 5"},
                            {"note", "Thirty epochs."},
                            {"columns", Document::array({"recall@20"})},
                            {"groups", {"men", "tiny"}},
                            {"rows", Document::array()}});
  json["tables"][0]["rows"].push_back({{"label", "monet"}, {"cells", {good, none}}});
  const Document line{{"name", "tiny"}, {"x", {0, 0.5, 1}}, {"y", {0.1, 0.2, 0.15}}, {"error", {0.01, 0.01, 0.02}}};
  const Document bar{{"name", "tiny"}, {"x", {0, 1}}, {"y", {0.2, 0.1}}, {"error", {0.01, 0.02}}};
  const Document counts{{"name", "I–I"}, {"x", {0.0, 0.1, 0.2}}, {"y", {5, 9, 2}}};
  json["figures"] = Document::array();
  for (const auto& [kind, series] : {std::pair{"line", line}, std::pair{"bar", bar}, std::pair{"histogram", counts}}) {
    json["figures"].push_back({{"id", kind},
                               {"title", std::string("A ") + kind},
                               {"kind", kind},
                               {"x_label", "alpha"},
                               {"y_label", "recall@20"},
                               {"series", Document::array({series})}});
  }
  json["figures"][1]["x_ticks"] = {"with", "without"};
  json["figures"].push_back(
      {{"title", "A missing one"}, {"kind", "line"}, {"note", "no GPU"}, {"series", Document::array()}});
  json["claims"] = Document::array();
  json["claims"].push_back(
      {{"id", "RQ1"}, {"claim", "It is ahead."}, {"verdict", "supported"}, {"evidence", "p 0.01"}});
  json["claims"].push_back({{"id", "RQ2"}, {"claim", "Always."}, {"verdict", "not supported"}, {"evidence", "no"}});
  return json;
}

Document similarity() {
  Document json = head("monet-similarity");
  json["users"] = 9300;
  json["modalities"] = Document::array();
  for (const char* name : {"image", "audio"}) {
    json["modalities"].push_back(
        {{"name", name},
         {"interacted", 0.31},
         {"not_interacted", 0.22},
         {"t", {{"statistic", 9.0}, {"p", 1e-12}}},
         {"wilcoxon", {{"statistic", 9.0}, {"p", 0.0123}}},
         {"histogram", {{"edges", {0.0, 0.5, 1.0}}, {"interacted", {3, 8}}, {"not_interacted", {9, 2}}}}});
  }
  return json;
}

Document average_difference() {
  Document json = head("monet-average-difference");
  json.erase("dataset");
  json["artifact"] = "out";
  json["model"] = "monet";
  json["exact"] = true;
  json["modalities"] = Document::array();
  for (const char* name : {"image", "text"}) {
    json["modalities"].push_back({{"name", name}, {"value", 0.61}, {"standard_error", 0.0}, {"pairs", 22508195}});
  }
  return json;
}

void write_json(const std::filesystem::path& file, const Document& document) {
  write_text(file, document.dump(1) + "\n");
}

}  // namespace monet::test
