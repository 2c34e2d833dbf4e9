#pragma once

#include "monet/experiments/process.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace monet::cli {

/// Trainings beside a server: `monet retrain` as a process of lower priority, one at a time. Any thread may call.
class Retraining {
 public:
  /// `arguments`: of `monet retrain`, without what this class adds. What it prints lies in `ARTIFACT.retrain.json` and
  /// `ARTIFACT.retrain.log`, beside the artifact. `every`: seconds between the end of one and the next; 0: only when
  /// asked.
  Retraining(std::filesystem::path artifact, std::vector<std::string> arguments, std::int64_t every);
  Retraining(const Retraining&) = delete;
  Retraining& operator=(const Retraining&) = delete;
  /// Asks one that runs to end, and waits for it.
  ~Retraining();

  /// False when one runs already. Throws IoError when it cannot be started.
  bool start();
  /// To be called now and then: starts one when it is time, and sees one that has ended. True: the artifact is another.
  bool look(std::int64_t now);
  /// For `/v1/status` and the page: {"state": "idle", "running", "done" or "failed", "started", "ended", …}, as JSON.
  std::string state() const;

 private:
  void finish(const experiments::ProcessEnd& end);

  const std::filesystem::path artifact_;
  const std::vector<std::string> arguments_;
  const std::int64_t every_;
  mutable std::mutex mutex_;
  std::optional<experiments::Process> process_;
  std::int64_t started_ = 0;  // of the last one; Unix time, 0: there was none
  std::int64_t next_ = 0;     // when the next is due; 0: never
  std::string state_ = "idle";
  nlohmann::ordered_json result_ = nlohmann::ordered_json::object();  // of the last one that ended well
  std::string error_;                                                 // last line of the last one that did not
  std::int64_t ended_ = 0;
};

}  // namespace monet::cli
