#include "monet/experiments/results_folder.h"

#include "monet/core/error.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/sharing/share.h"
#include "monet/experiments/sharing/work_folder.h"
#include "monet/experiments/task.h"

#include <fmt/ranges.h>
#include <sys/file.h>
#include <fcntl.h>

#include <cerrno>

namespace monet::experiments {

namespace fs = std::filesystem;

namespace {

/// Whether it was not there.
bool make(const fs::path& path) {
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) files::fail_io(path, "make the folder", error.value());
  return made;
}

/// With `shared`, together with others. A file system without locks is let through then: signs of life do without.
files::Descriptor take_lock(const fs::path& path, bool shared) {
  const fs::path name = path / "lock";
  files::Descriptor lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock.valid()) files::fail_io(name, "write", errno);
  if (::flock(lock.get(), (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK && shared) return lock;
  if (errno != EWOULDBLOCK) files::fail_io(name, "lock", errno);
  fail<IoError>(
      "{}: another process is at work there (or a training that outlived the one that started it); wait for it, or "
      "choose another `out`",
      path.string());
}

/// What a folder holds beside the lock.
bool holds_nothing(const fs::path& path) {
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().filename() != "lock") return false;
  }
  return true;
}

/// Removes what an experiment writes. The folder was found to hold nothing else.
void remove_results(const fs::path& path, const fs::path& document) {
  for (const char* folder : {"runs", "trials", "model", sharing::kFolder}) fs::remove_all(path / folder);
  for (const char* extension : {".md", ".csv", ".tex", ".html"}) fs::remove(path / document.stem().concat(extension));
  fs::remove(path / "best.toml");
  fs::remove(path / document);
}

void check_same(const fs::path& file, const detail::Json& json, const DatasetInfo& dataset, const Settings& settings) {
  if (const std::string hash = json.at("dataset").at("hash"); hash != dataset.hash) {
    fail<InvalidArgument>(
        "{}: holds results on another dataset ({}, hash {}, not {}); choose another `out`, or `force` to start over",
        file.string(), json.at("dataset").at("path").get<std::string>(), hash, dataset.hash);
  }
  require_same_settings(file, json, settings);
}

}  // namespace

void require_same_settings(const fs::path& file, const nlohmann::ordered_json& document, const Settings& settings) {
  const auto before = document.at("settings").get<std::map<std::string, std::string>>();
  std::map<std::string, std::string> now(settings.begin(), settings.end());
  for (const auto& [name, was] : before) now.try_emplace(name, "");
  for (const auto& [name, value] : now) {
    const auto found = before.find(name);
    const std::string was = found == before.end() ? "" : found->second;
    if (was == value) continue;
    const auto said = [](const std::string& what) { return what.empty() ? "nothing" : "'" + what + "'"; };
    fail<InvalidArgument>(
        "{}: was made with {} {}, not {}; give the same options, choose another `out`, or `force` to start over",
        file.string(), name, said(was), said(value));
  }
}

void check_output(const ExperimentOptions& options, const files::FolderKind& kind, std::vector<fs::path> sources) {
  files::require_replaceable({options.out, options.force, &kind, std::move(sources), !options.force, {}});
}

ResultsFolder::ResultsFolder(const ExperimentOptions& options, const files::FolderKind& kind, std::string_view format,
                             const DatasetInfo& dataset, const Settings& settings, const Settings& agreed,
                             const std::atomic<bool>& should_stop)
    : path_(options.out), document_(kind.sign), parents_(options.out) {
  if (options.force) require_alone(options, "`force` starts over, and others may be at work there");
  check_output(options, kind, {options.run.data});
  const fs::path document = path_ / kind.sign;
  if (fs::exists(document) && !options.force) {
    const detail::Json json = detail::read_json(document);
    try {
      if (json.at("format") != format || json.at("version") != 1) {
        fail<DataError>("{}: no results of this kind (format {} 1 expected); choose another `out`", document.string(),
                        format);
      }
      check_same(document, json, dataset, settings);
    } catch (const nlohmann::json::exception& error) {
      fail<DataError>("{}: damaged: {}; `force` starts over", document.string(), error.what());
    }
    resumed_ = true;
  }
  made_ = make(path_);
  lock_ = take_lock(path_, options.shared);
  const fs::path shared = path_ / sharing::kFolder;
  if (options.shared) {
    const sharing::Terms terms = sharing::own_terms(options.claim_timeout, terms_of(settings, agreed, dataset));
    share_ = std::make_unique<sharing::Share>(path_, terms, should_stop);
    return;
  }
  sharing::require_nobody(shared, should_stop);
  sharing::end_sharing(path_, shared);
  if (!resumed_) remove_results(path_, kind.sign);
}

ResultsFolder::~ResultsFolder() {
  if (share_) return;
  std::error_code ignored;
  if (!made_ || !holds_nothing(path_)) return;
  fs::remove(path_ / "lock", ignored);
  fs::remove(path_, ignored);
}

void ResultsFolder::write(const std::function<void(const fs::path&)>& write) const {
  if (share_) {
    share_->write(document_, write);
  } else {
    write(path_);
  }
}

std::map<std::string, std::string> terms_of(Settings settings, const Settings& agreed, const DatasetInfo& dataset) {
  settings.insert(settings.end(), agreed.begin(), agreed.end());
  settings.emplace_back("dataset", fmt::format("{} {}", dataset.name, dataset.hash));
  return {settings.begin(), settings.end()};
}

Settings common_settings(const RunSettings& settings) {
  return {{"data options", joined(data_options(settings.load))},
          {"training options", joined(settings.training)},
          {"list lengths", fmt::format("{}", fmt::join(settings.ks, ","))},
          {"threads", fmt::format("{}", settings.threads)},
          {"minutes", fmt::format("{}", settings.max_minutes)}};
}

}  // namespace monet::experiments
