#include "cli/retraining.h"

#include "monet/core/error.h"
#include "cli/json_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

namespace monet::cli {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kNice = "10";

fs::path beside(const fs::path& artifact, const char* suffix) {
  fs::path path = artifact.filename().empty() ? artifact.parent_path() : artifact;
  path += suffix;
  return path;
}

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string last_line_of(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

std::string utc_text(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
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
  process_.emplace("/proc/self/exe", std::move(arguments), beside(artifact_, ".retrain.json"),
                   beside(artifact_, ".retrain.log"));
  started_ = std::time(nullptr);
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
      const nlohmann::json result = nlohmann::json::parse(result_, nullptr, false);
      return state_ == "done" && result.value("swapped", false);
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
  if (end.exit_code == 0) {
    const std::string text = read_all(beside(artifact_, ".retrain.json"));
    if (nlohmann::json::parse(text, nullptr, false).is_object()) {
      state_ = "done";
      result_ = text;
      error_.clear();
      return;
    }
  }
  state_ = "failed";
  error_ = end.signal != 0 ? fmt::format("ended by signal {}", end.signal)
                           : last_line_of(read_all(beside(artifact_, ".retrain.log")));
}

std::string Retraining::state() const {
  const std::lock_guard lock(mutex_);
  nlohmann::ordered_json json{{"state", state_}};
  if (started_ > 0) json["started"] = utc_text(started_);
  if (ended_ > 0) json["ended"] = utc_text(ended_);
  if (!error_.empty()) json["error"] = error_;
  if (next_ > 0 && !process_) json["next"] = utc_text(next_);
  if (!result_.empty()) json.update(nlohmann::ordered_json::parse(result_));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace monet::cli
