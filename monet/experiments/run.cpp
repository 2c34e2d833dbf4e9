#include "monet/experiments/run.h"

#include "monet/artifact/config.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/io_error.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/last_line.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace monet::experiments {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFormat = "monet-run";
constexpr const char* kTrainTask = "train.task.json";

std::string split_name(bool test) {
  return test ? "test" : "val";
}

EvaluateTask evaluation_task(const fs::path& folder, const RunSettings& settings, bool test,
                             const std::string& per_user) {
  return {folder / "model",
          settings.data,
          settings.load,
          test,
          settings.ks,
          settings.threads,
          folder / (split_name(test) + ".json"),
          per_user.empty() ? fs::path() : folder / per_user};
}

void add_training(Job& job, const RunSpec& spec, const RunSettings& settings) {
  if (fs::exists(spec.folder / "model/config.json")) return;
  job.commands.push_back(training_command(training_task(spec, settings), spec.folder));
}

Job make_empty_job(const RunSpec& spec) {
  std::error_code error;
  fs::create_directories(spec.folder, error);
  if (error) files::fail_io(spec.folder, "make the folder", error.value());
  Job job;
  job.folder = spec.folder;
  return job;
}

artifact::Config read_config(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  artifact::FileRecords records;
  return artifact::parse_config(text.str(), file, records);
}

/// The limit that ended a training, or "".
std::string ended_by(const Fields& fields) {
  for (const auto& [key, value] : fields) {
    if (key == "ended_by" && std::holds_alternative<std::string>(value)) return std::get<std::string>(value);
  }
  return "";
}

double number(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key != name) continue;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
  }
  return 0.0;
}

std::string to_text(const RunSpec& spec, const Run& run, const JobEnd& end) {
  detail::Json json{{"format", kFormat}, {"version", 1}, {"program", artifact::program_version()}};
  json["label"] = spec.method.label;
  json["model"] = spec.method.model;
  json["options"] = detail::to_json(spec.method.options);
  json["tuned"] = detail::to_json(spec.tuned);
  json["seed"] = spec.seed;
  json["data"] = spec.data_hash;
  json["metrics"] = {{"validation", run.validation}, {"test", run.test}};
  json["best_epoch"] = run.best_epoch;
  json["epochs"] = run.epochs;
  json["ended_by"] = run.ended_by;
  json["seconds"] = run.seconds;
  json["cpu_seconds"] = end.cpu_seconds;
  json["peak_bytes"] = run.peak_bytes;
  return detail::dump(json);
}

std::vector<std::string_view> split_tabs(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
    fields.push_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  fields.push_back(line);
  return fields;
}

Run from_json(const detail::Json& json) {
  Run run;
  run.state = Run::State::done;
  json.at("metrics").at("validation").get_to(run.validation);
  json.at("metrics").at("test").get_to(run.test);
  json.at("best_epoch").get_to(run.best_epoch);
  json.at("epochs").get_to(run.epochs);
  run.ended_by = json.value("ended_by", "");
  json.at("seconds").get_to(run.seconds);
  json.at("peak_bytes").get_to(run.peak_bytes);
  return run;
}

}  // namespace

TrainTask training_task(const RunSpec& spec, const RunSettings& settings) {
  return {settings.data,
          settings.load,
          make_method(spec.method.model),
          overridden(overridden(settings.training, spec.method.options), spec.tuned),
          spec.seed,
          settings.threads,
          settings.max_minutes,
          spec.folder / "model"};
}

Command training_command(const TrainTask& task, const fs::path& folder) {
  return task_command(task, "train", folder / kTrainTask);
}

Command evaluation_command(const fs::path& folder, const RunSettings& settings, bool test,
                           const std::string& per_user) {
  const std::string split = split_name(test);
  return task_command(evaluation_task(folder, settings, test, per_user), "evaluate-" + split,
                      folder / (split + ".task.json"));
}

void rename_tasks(const RunSpec& spec, const RunSettings& settings, const fs::path& folder) {
  const fs::path training = folder / kTrainTask;
  if (fs::exists(training)) write_task(training_task(spec, settings), training);
  for (const bool test : {true, false}) {
    const fs::path evaluation = folder / (split_name(test) + ".task.json");
    if (!fs::exists(evaluation)) continue;
    write_task(evaluation_task(spec.folder, settings, test, test ? kTestUsers : ""), evaluation);
  }
}

Job make_job(const RunSpec& spec, const RunSettings& settings) {
  Job job = make_empty_job(spec);
  add_training(job, spec, settings);
  if (spec.test) {
    job.commands.push_back(evaluation_command(spec.folder, settings, true, kTestUsers));
    if (spec.validate) job.commands.push_back(evaluation_command(spec.folder, settings, false, ""));
  }
  return job;
}

Job make_test_job(const RunSpec& spec, const RunSettings& settings) {
  Job job = make_empty_job(spec);
  add_training(job, spec, settings);
  job.commands.push_back(evaluation_command(spec.folder, settings, true, kTestUsers));
  return job;
}

std::map<std::string, double> read_metrics(const fs::path& folder, bool test) {
  const fs::path file = folder / (test ? "test.json" : "val.json");
  return detail::read_json(file).at("metrics").get<std::map<std::string, double>>();
}

Run finish_run(const RunSpec& spec, const RunSettings& settings, const JobEnd& end) {
  Run run;
  run.seed = spec.seed;
  run.folder = spec.folder;
  run.peak_bytes = end.peak_bytes;
  if (!end.done) {
    run.state = Run::State::failed;
    run.error = end.error;
    return run;
  }
  if (!fs::exists(spec.folder / "model/config.json")) {
    run.state = Run::State::failed;
    const fs::path log = spec.folder / "1-train.err";
    const std::string said = last_line(log);
    run.error = said.empty()
                    ? fmt::format("{} ended and left no artifact and no word", settings.program.string())
                    : fmt::format("{} ended and left no artifact; it said last: {}", settings.program.string(), said);
    return run;
  }
  const artifact::Config config = read_config(spec.folder / "model/config.json");
  run.state = Run::State::done;
  run.best_epoch = static_cast<int>(number(config.training, "best_epoch"));
  run.epochs = static_cast<int>(number(config.training, "epochs"));
  run.ended_by = ended_by(config.training);
  run.seconds = number(config.training, "seconds");
  if (spec.test) {
    run.test = read_metrics(spec.folder, true);
    if (spec.validate) run.validation = read_metrics(spec.folder, false);
  } else {
    run.validation = config.validation;
  }
  files::write_file(spec.folder / "run.json", to_text(spec, run, end));
  if (!settings.keep_models) fs::remove_all(spec.folder / "model");
  return run;
}

std::optional<Run> read_run(const RunSpec& spec) {
  const fs::path file = spec.folder / "run.json";
  if (!fs::exists(file)) return std::nullopt;
  const detail::Json json = detail::read_json(file);
  try {
    const bool same = json.at("format") == kFormat && json.at("label") == spec.method.label &&
                      json.at("tuned") == detail::to_json(spec.tuned) && json.at("seed") == spec.seed &&
                      json.at("data") == spec.data_hash;
    if (!same) {
      fail<DataError>("{}: is a run of another method, seed or dataset; choose another `out`, or `force` to start over",
                      file.string());
    }
    Run run = from_json(json);
    run.seed = spec.seed;
    run.folder = spec.folder;
    return run;
  } catch (const nlohmann::json::exception& error) {
    fail<DataError>("{}: damaged: {}; `force` starts over", file.string(), error.what());
  }
}

UserMetrics read_user_metrics(const fs::path& file) {
  constexpr std::string_view kRemedy = "delete the run's folder to do it again";
  std::ifstream stream(file, std::ios::binary);
  UserMetrics metrics;
  std::string line;
  if (std::getline(stream, line)) {
    const std::vector<std::string_view> header = split_tabs(line);
    metrics.names.assign(header.begin() + 1, header.end());
    metrics.values.resize(metrics.names.size());
  }
  for (std::size_t number = 2; std::getline(stream, line); ++number) {
    const std::vector<std::string_view> fields = split_tabs(line);
    if (fields.size() != metrics.names.size() + 1) {
      fail<DataError>("{}:{}: {} columns, expected {}; {}", file.string(), number, fields.size(),
                      metrics.names.size() + 1, kRemedy);
    }
    metrics.users.emplace_back(fields.front());
    for (std::size_t c = 1; c < fields.size(); ++c) {
      double value = 0.0;
      const char* end = fields[c].data() + fields[c].size();
      const auto [stop, error] = std::from_chars(fields[c].data(), end, value);
      if (error != std::errc() || stop != end) {
        fail<DataError>("{}:{}: '{}' is no number; {}", file.string(), number, fields[c], kRemedy);
      }
      metrics.values[c - 1].push_back(value);
    }
  }
  if (metrics.users.empty()) fail<DataError>("{}: holds no users; {}", file.string(), kRemedy);
  return metrics;
}

}  // namespace monet::experiments
