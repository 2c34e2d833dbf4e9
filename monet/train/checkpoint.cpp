#include "monet/train/checkpoint.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"

#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <fcntl.h>

#include <system_error>
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace monet::train {

namespace fs = std::filesystem;

namespace {

constexpr int kVersion = 2;
constexpr const char* kLock = "lock";
constexpr const char* kCheckpoint = CheckpointFolder::kFile;

}  // namespace

std::string to_json(const TrainState& state) {
  return nlohmann::json{{"version", kVersion},
                        {"epoch", state.epoch},
                        {"step", state.step},
                        {"total_steps", state.total_steps},
                        {"loss_sum", state.loss_sum},
                        {"rng", state.rng},
                        {"best_recall", state.best_recall},
                        {"best_epoch", state.best_epoch},
                        {"popularity", state.popularity},
                        {"without_gain", state.without_gain},
                        {"finished", state.finished},
                        {"seconds", state.seconds},
                        {"log", state.log},
                        {"configuration", state.configuration}}
      .dump();
}

TrainState state_from_json(const std::string& text, const fs::path& file) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("version") != kVersion) {
      fail<DataError>("{}: a checkpoint of format {}, this program reads {}; train again with `force`", file.string(),
                      json.at("version").dump(), kVersion);
    }
    TrainState state;
    json.at("epoch").get_to(state.epoch);
    json.at("step").get_to(state.step);
    json.at("total_steps").get_to(state.total_steps);
    json.at("loss_sum").get_to(state.loss_sum);
    json.at("rng").get_to(state.rng);
    json.at("best_recall").get_to(state.best_recall);
    json.at("best_epoch").get_to(state.best_epoch);
    state.popularity = json.value("popularity", 0.0);
    json.at("without_gain").get_to(state.without_gain);
    json.at("finished").get_to(state.finished);
    json.at("seconds").get_to(state.seconds);
    json.at("log").get_to(state.log);
    json.at("configuration").get_to(state.configuration);
    return state;
  } catch (const nlohmann::json::exception& error) {
    fail<DataError>("{}: the state of the training cannot be read ({}); train again with `force`", file.string(),
                    error.what());
  }
}

// Copies a stored tensor over one of ours.
namespace {

void restore(const files::Safetensors& file, const std::string& name, MatrixView<float> target) {
  const auto stored = file.matrix<float>(name);
  if (stored.rows != target.rows || stored.cols != target.cols) {
    fail<DataError>("{}: {} is {} x {}, the model needs {} x {}; was it trained with other options?", file.name(), name,
                    stored.rows, stored.cols, target.rows, target.cols);
  }
  copy<float>(stored, target);
}

}  // namespace

const files::FolderKind& checkpoint_folder() {
  static const files::FolderKind kind{std::string(kCheckpoint), [](const fs::path& folder) -> files::Owns {
                                        if (!fs::exists(folder / kLock)) return {};
                                        return files::owns_matching({kLock, kCheckpoint, "best-*.safetensors"});
                                      }};
  return kind;
}

CheckpointFolder::CheckpointFolder(const fs::path& out) : path_(artifact::partial_path(out)), parents_(path_) {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) files::fail_io(path_, "make the folder", error.value());
  const fs::path lock = path_ / kLock;
  lock_ = files::Descriptor(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock_.valid()) files::fail_io(lock, "write", errno);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      fail<IoError>("{}: another process is training there; choose another `out`", path_.string());
    files::fail_io(lock, "lock", errno);
  }
}

bool CheckpointFolder::has_checkpoint(const fs::path& partial) {
  return fs::exists(partial / kCheckpoint);
}

void CheckpointFolder::clear() {
  // What is not its own stays, which the constructor of Keeper refuses unless a training is resumed.
  const files::Owns owns = checkpoint_folder().recognise(path_);
  for (const auto& entry : fs::directory_iterator(path_)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(".tmp")) name = name.substr(1, name.size() - 5);
    if (name != kLock && owns && owns(name)) fs::remove(entry.path());
  }
}

fs::path CheckpointFolder::best(int epoch) const {
  return path_ / fmt::format("best-{}.safetensors", epoch);
}

void CheckpointFolder::save_best(const models::ParameterSet& parameters, int epoch) const {
  files::SafetensorsWriter writer;
  for (const auto& parameter : parameters.parameters()) writer.add(parameter.name, parameter.value);
  writer.write(best(epoch));
}

void CheckpointFolder::load_best(models::ParameterSet& parameters, int epoch) const {
  const files::Safetensors file(best(epoch));
  for (auto& parameter : parameters.parameters()) restore(file, parameter.name, parameter.value);
}

void CheckpointFolder::save(const TrainState& state, const models::ParameterSet& parameters, Adam& optimizer) const {
  files::SafetensorsWriter writer;
  for (const auto& parameter : parameters.parameters()) writer.add("parameter." + parameter.name, parameter.value);
  for (std::size_t block = 0; block < optimizer.first_moments().size(); ++block) {
    writer.add(fmt::format("first_moment.{}", block), optimizer.first_moments()[block].view());
    writer.add(fmt::format("second_moment.{}", block), optimizer.second_moments()[block].view());
  }
  const std::int64_t steps = optimizer.steps();
  writer.add("adam_steps", std::span<const std::int64_t>(&steps, 1));
  writer.add("model_state", files::Dtype::u8, {static_cast<Index>(state.model.size())}, state.model);
  writer.set_metadata(kStateKey, to_json(state));
  writer.write(path_ / kCheckpoint);
  forget_all_but(state.best_epoch);  // only now does nothing name the older ones any more
}

void CheckpointFolder::forget_all_but(int epoch) const {
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("best-") && entry.path() != best(epoch)) fs::remove(entry.path());
  }
}

TrainState CheckpointFolder::load_state() const {
  const files::Safetensors file(path_ / kCheckpoint);
  const auto found = file.metadata().find(kStateKey);
  if (found == file.metadata().end()) fail<DataError>("{}: not a checkpoint; train again with `force`", file.name());
  return state_from_json(found->second, path_ / kCheckpoint);
}

TrainState CheckpointFolder::load(models::ParameterSet& parameters, Adam& optimizer) const {
  const files::Safetensors file(path_ / kCheckpoint);
  for (auto& parameter : parameters.parameters()) restore(file, "parameter." + parameter.name, parameter.value);
  for (std::size_t block = 0; block < optimizer.first_moments().size(); ++block) {
    restore(file, fmt::format("first_moment.{}", block), optimizer.first_moments()[block].view());
    restore(file, fmt::format("second_moment.{}", block), optimizer.second_moments()[block].view());
  }
  optimizer.set_steps(file.values<std::int64_t>("adam_steps").front());
  TrainState state = load_state();
  const auto model = file.at("model_state").bytes;
  state.model.assign(model.begin(), model.end());
  return state;
}

void CheckpointFolder::remove() {
  clear();
  std::error_code somebody_elses_files;
  fs::remove(path_ / kLock);
  fs::remove(path_, somebody_elses_files);
  lock_ = {};
}

CheckpointFolder::~CheckpointFolder() {
  if (!lock_.valid()) return;
  std::error_code ignored;
  const auto count = std::distance(fs::directory_iterator(path_, ignored), fs::directory_iterator());
  if (count != 1 || !fs::exists(path_ / kLock, ignored)) return;
  fs::remove(path_ / kLock, ignored);
  fs::remove(path_, ignored);
}

}  // namespace monet::train
