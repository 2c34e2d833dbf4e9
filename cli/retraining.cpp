#include "cli/retraining.h"

#include "monet/api/answers.h"
#include "monet/artifact/artifact.h"
#include "monet/experiments/last_line.h"

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>
#include <utility>

namespace monet::cli {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kNice = "10";

fs::path result_file(const fs::path& artifact) {
  return artifact::beside(artifact, ".retrain.json");
}
fs::path log_file(const fs::path& artifact) {
  return artifact::beside(artifact, ".retrain.log");
}

}  // namespace

Retraining::Retraining(fs::path artifact, std::vector<std::string> arguments, std::int64_t every)
    : artifact_(std::move(artifact)),
      arguments_(std::move(arguments)),
      every_(every),
      next_(every > 0 ? std::time(nullptr) + every : 0) {}

Retraining::~Retraining() {
  const std::lock_guard lock(mutex_);
  if (!process_) return;
  process_->stop();
  for (int tick = 0; tick < 100 && !process_->poll(); ++tick) std::this_thread::sleep_for(100ms);
}

bool Retraining::start() {
  const std::lock_guard lock(mutex_);
  if (process_) return false;
  std::vector<std::string> arguments{"retrain", "--json", "--nice", kNice};
  arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
  process_.emplace("/proc/self/exe", std::move(arguments), result_file(artifact_), log_file(artifact_));
  started_ = std::time(nullptr);
  ended_ = 0;
  error_.clear();
  state_ = "running";
  return true;
}

bool Retraining::look(std::int64_t now) {
  bool due = false;
  {
    const std::lock_guard lock(mutex_);
    if (process_) {
      const std::optional<experiments::ProcessEnd> end = process_->poll();
      if (!end) return false;
      process_.reset();
      finish(*end);
      return state_ == "done" && result_.value("swapped", false);
    }
    due = next_ > 0 && now >= next_;
    if (due) next_ = now + every_;  // also where it cannot be started
  }
  if (due) start();
  return false;
}

void Retraining::finish(const experiments::ProcessEnd& end) {
  ended_ = std::time(nullptr);
  if (every_ > 0) next_ = ended_ + every_;
  error_.clear();
  if (end.exit_code == 0) {
    std::ifstream file(result_file(artifact_), std::ios::binary);
    nlohmann::ordered_json result = nlohmann::ordered_json::parse(file, nullptr, false);
    if (result.is_object()) {
      state_ = "done";
      result_ = std::move(result);
      return;
    }
  }
  state_ = "failed";
  error_ =
      end.signal != 0 ? fmt::format("ended by signal {}", end.signal) : experiments::last_line(log_file(artifact_));
}

std::string Retraining::state() const {
  const std::lock_guard lock(mutex_);
  nlohmann::ordered_json json{{"state", state_}};
  if (started_ > 0) json["started"] = api::utc(started_);
  if (ended_ > 0) json["ended"] = api::utc(ended_);
  if (!error_.empty()) json["error"] = error_;
  if (next_ > 0 && !process_) json["next"] = api::utc(next_);
  if (state_ == "done") json.update(result_);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace monet::cli
