#pragma once

#include "monet/data/dataset.h"
#include "monet/models/options.h"
#include "monet/synth/generator.h"
#include "monet/train/trainer.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace monet::train {

namespace fs = std::filesystem;

inline data::Dataset shop() {
  synth::GeneratorOptions options;
  options.num_users = 220;
  options.num_items = 150;
  options.num_interactions = 2400;
  options.modalities = {{"image", 20}, {"text", 12}};
  return synth::generate_dataset(options);
}

inline std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class TrainerTest : public test::TemporaryFolder {
 protected:
  void SetUp() override {
    options_.epochs = 6;
    options_.batch_size = 64;
    options_.validate_every = 2;
    options_.learning_rate = 5e-3;
    model_.set("dim", 16);
  }

  TrainResult run(const std::string& out, Observer& observer) {
    options_.out = folder_ / out;
    return train(dataset_, model_, options_, pool_, {&observer, [this] { return stop_; }});
  }
  TrainResult run(const std::string& out) {
    options_.out = folder_ / out;
    return train(dataset_, model_, options_, pool_);
  }

  /// Epochs and figures of the validations that are due, as an artifact's log has them.
  std::vector<std::string> validations_of(const std::string& out) const {
    std::vector<std::string> found;
    std::ifstream log(folder_ / out / "train_log.jsonl");
    for (std::string line; std::getline(log, line);) {
      const auto json = nlohmann::json::parse(line);
      if (json.contains("paused") || !json.contains("validation")) continue;
      found.push_back(json.at("epoch").dump() + json.at("validation").dump() + json.at("loss").dump());
    }
    return found;
  }

  data::Dataset dataset_ = shop();
  models::ModelOptions model_{"monet"};
  TrainOptions options_;
  ThreadPool pool_{1};
  bool stop_ = false;
};

// Asks to stop after so many steps.
class StopAfter : public Observer {
 public:
  StopAfter(int steps, bool& stop) : left_(steps), stop_(&stop) {}
  void on_step(const Progress&) override {
    if (--left_ == 0) *stop_ = true;
  }

 private:
  int left_;
  bool* stop_;
};

}  // namespace monet::train
