#include "monet/train/trainer.h"

#include "monet/artifact/config.h"
#include "monet/artifact/load_parameters.h"
#include "monet/artifact/write.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/memory.h"
#include "monet/eval/evaluator.h"
#include "monet/graph/bipartite.h"
#include "monet/models/model.h"
#include "monet/train/checkpoint.h"
#include "monet/train/plan.h"
#include "monet/train/sampler.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

namespace monet::train {

namespace fs = std::filesystem;

namespace {

// Independent random streams of one seed.
constexpr std::uint64_t kInitialisation = 1;
constexpr std::uint64_t kSampling = 2;
constexpr std::uint64_t kStep = 5;

nlohmann::json to_json(const artifact::Fields& fields) {
  nlohmann::json json;
  for (const auto& [name, value] : fields) std::visit([&, &key = name](const auto& v) { json[key] = v; }, value);
  return json;
}

models::ModelOptions resolved(const models::ModelOptions& options, const TrainOptions& train) {
  if (train.init.empty()) return options;
  return models::with_sizes_of(train.model, options, artifact::tensor_shapes(train.init));
}

artifact::Fields training_fields(const TrainOptions& options, const Plan& plan, int threads) {
  return {{"learning_rate", options.learning_rate},
          {"decay", options.decay},
          {"decay_epochs", options.decay_epochs},
          {"sampling", options.sampling == models::Sampling::users ? "users" : "interactions"},
          {"batch_size", plan.batch_size},
          {"validate_every", std::int64_t{options.validate_every}},
          {"patience", std::int64_t{options.patience}},
          {"validation_users", options.validation_users},
          {"seed", static_cast<std::int64_t>(options.seed)},
          {"threads", std::int64_t{threads}}};
}

std::map<std::string, double> metrics_of(ThreadPool& pool, const scoring::Scoring& scoring, const Csr& targets,
                                         std::vector<Index> ks) {
  if (targets.nnz() == 0) return {};
  eval::EvaluateOptions options;
  options.ks = std::move(ks);
  return eval::evaluate(pool, scoring, targets, options).metrics;
}

class Training {
 public:
  Training(const data::Dataset& dataset, const models::ModelOptions& model_options, const TrainOptions& options,
           ThreadPool& pool, Observer& observer, const std::atomic<bool>& should_stop)
      : dataset_(dataset),
        model_options_(resolved(model_options, options)),
        options_(options),
        pool_(pool),
        observer_(observer),
        should_stop_(should_stop),
        memory_(estimated_bytes(dataset, options.model, model_options_)),
        graph_((check_memory(memory_, available_memory()), dataset.train)),
        model_(models::make_model(options.model, model_options_, dataset, graph_, pool)),
        sampler_(graph_.user_items()),
        plan_(make_plan(graph_.num_edges(), sampler_.num_users(), options)),
        validation_(validation_sample(dataset.validation, options.validation_users, options.seed)),
        rng_(options.seed, kSampling) {}

  TrainResult run() {
    started_ = std::chrono::steady_clock::now();
    CheckpointFolder folder(options_.out);
    if (model_->trained()) {
      learn(folder);
    } else {
      check_untrained(folder);
      observer_.on_start({fmt::format("{}: nothing to train, {} interactions of {} users and {} items", options_.model,
                                      graph_.num_edges(), dataset_.num_users(), dataset_.num_items())});
    }
    return finish(folder);
  }

 private:
  // Training options have no effect on a model that is not trained; what would be lost or not heeded is refused.
  void check_untrained(const CheckpointFolder& folder) const {
    if (!options_.init.empty()) {
      fail<InvalidArgument>("[train] {} is computed from the interactions and has no parameters; leave --init out",
                            options_.model);
    }
    if (folder.has_checkpoint() && !options_.force) {
      fail<InvalidArgument>(
          "{} holds an unfinished training of another model; choose another --out, or give --force to discard it",
          folder.path().string());
    }
  }

  // The optimiser's moments are given back before the artifact is computed and written.
  void learn(CheckpointFolder& folder) {
    Adam optimizer(model_->parameters());
    begin(folder, optimizer);
    try {
      while (!state_.finished) epoch(folder, optimizer);
    } catch (const Interrupted&) {
      save(folder, optimizer);
      throw;
    }
  }

  std::string configuration() const {
    auto json = to_json(artifact::to_fields(options_.model, model_options_));
    json.update(to_json(training_fields(options_, plan_, pool_.size())));
    json["model"] = options_.model;
    json["data"] = dataset_.hash;
    json["init"] = options_.init.string();
    return json.dump();
  }

  void begin(CheckpointFolder& folder, Adam& optimizer) {
    std::vector<std::string> lines = describe();
    if (folder.has_checkpoint() && !options_.resume && !options_.force) {
      fail<InvalidArgument>("{} holds an unfinished training; give --resume to go on from it or --force to start again",
                            folder.path().string());
    }
    if (options_.resume && folder.has_checkpoint()) {
      check_same(folder.load_state().configuration, folder.path());
      state_ = folder.load(model_->parameters(), optimizer);
      model_->restore(state_.model);
      rng_ = Rng::from_state(state_.rng);
      seconds_before_ = state_.seconds;
      // A limit that ended the first part may have been raised.
      if (state_.finished && state_.without_gain < options_.patience && !limit_reached()) state_.finished = false;
      lines.push_back(
          fmt::format("resuming at epoch {}, step {} of {}", state_.epoch, state_.step, plan_.steps_per_epoch));
    } else {
      folder.clear();
      if (options_.init.empty()) {
        Rng rng(options_.seed, kInitialisation);
        model_->initialise(rng);
      } else {
        artifact::load_parameters(options_.init, model_->parameters());
        lines.push_back(fmt::format("starting from the parameters in {}", options_.init.string()));
      }
      if (options_.resume) lines.emplace_back("nothing to resume from, starting at the beginning");
      state_.configuration = configuration();
      state_.finished = limit_reached();
    }
    observer_.on_start(lines);
  }

  std::vector<std::string> describe() const {
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{}: {} parameters, {} training interactions of {} users and {} items", options_.model,
                                model_->parameters().size(), graph_.num_edges(), dataset_.num_users(),
                                dataset_.num_items()));
    lines.push_back(fmt::format("{} steps of {} an epoch, {} thread{}, about {:.0f} MB of memory beside the dataset",
                                plan_.steps_per_epoch, plan_.batch_size, pool_.size(), pool_.size() == 1 ? "" : "s",
                                static_cast<double>(memory_) * 1e-6));
    if (options_.batch_size == 0) {
      lines.push_back(fmt::format("batch size {} chosen for {} interactions, learning rate scaled to {:.3g}",
                                  plan_.batch_size, graph_.num_edges(), plan_.learning_rate));
    }
    if (dataset_.validation.nnz() == 0)
      lines.emplace_back("no validation split: all epochs are run and the last one is kept");
    return lines;
  }

  // What a resumed training must share with the one it goes on from; how long it runs may change.
  void check_same(const std::string& before, const fs::path& where) const {
    const auto was = nlohmann::json::parse(before);
    const auto is = nlohmann::json::parse(configuration());
    for (const auto& [key, value] : is.items()) {
      if (key == "patience" || was.value(key, nlohmann::json()) == value) continue;
      fail<InvalidArgument>("{}: was started with {} = {}, not {}; give the same options, or --force to start again",
                            where.string(), key, was.value(key, nlohmann::json()).dump(), value.dump());
    }
  }

  bool limit_reached() const {
    return state_.epoch >= options_.epochs || (options_.max_steps > 0 && state_.total_steps >= options_.max_steps) ||
           out_of_time();
  }

  bool out_of_time() const {
    constexpr double kSecondsPerMinute = 60.0;
    return options_.max_minutes > 0.0 && state_.total_steps > 0 &&
           seconds() >= options_.max_minutes * kSecondsPerMinute;
  }

  double seconds() const {
    return seconds_before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  void epoch(CheckpointFolder& folder, Adam& optimizer) {
    const double rate = plan_.rate(state_.epoch, options_);
    const auto begun = std::chrono::steady_clock::now();
    const Index first = state_.step;
    if (state_.step == 0) model_->begin_epoch(state_.epoch);
    Progress progress;
    progress.epoch = state_.epoch;
    progress.epochs = options_.epochs;
    progress.steps_per_epoch = plan_.steps_per_epoch;
    progress.best_recall = std::max(state_.best_recall, 0.0);
    progress.best_epoch = state_.best_epoch;
    while (state_.step < plan_.steps_per_epoch) {
      if (should_stop_) throw Interrupted("interrupted");
      draw();
      const auto loss =
          model_->compute_gradients({triples_.users, triples_.positives, triples_.negatives, step_seed()});
      if (!std::isfinite(loss.total)) {
        fail<DataError>(
            "[train] the loss became {} at step {} of epoch {}, learning rate {:.3g}; try a lower --learning-rate, a "
            "smaller --alpha or fewer --layers",
            loss.total, state_.step, state_.epoch, rate);
      }
      optimizer.step(pool_, rate);
      ++state_.step;
      ++state_.total_steps;
      state_.loss_sum += loss.total;
      progress.step = state_.step;
      progress.loss = state_.loss_sum / static_cast<double>(state_.step);
      progress.steps_per_second = static_cast<double>(state_.step - first) /
                                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      observer_.on_step(progress);
      if ((options_.max_steps > 0 && state_.total_steps >= options_.max_steps) || out_of_time()) break;
    }
    end_epoch(folder, optimizer, rate);
  }

  void draw() {
    if (options_.sampling == models::Sampling::users) {
      sampler_.draw(rng_, plan_.batch_size, triples_);
    } else {
      sampler_.draw_interactions(options_.seed, state_.epoch, state_.step, plan_.batch_size, rng_, triples_);
    }
  }

  /// Depends on seed and step alone, so that a resumed training makes the same choices.
  std::uint64_t step_seed() const {
    Rng rng(options_.seed, kStep + (static_cast<std::uint64_t>(state_.total_steps) << 8U));
    return rng.below(std::numeric_limits<std::uint64_t>::max());
  }

  void end_epoch(CheckpointFolder& folder, Adam& optimizer, double rate) {
    const int epoch = state_.epoch;
    const double loss = state_.loss_sum / static_cast<double>(state_.step);
    ++state_.epoch;
    state_.step = 0;
    state_.loss_sum = 0.0;
    ended_by_time_ = out_of_time();
    state_.finished = ended_by_time_ || limit_reached();
    nlohmann::json line{{"epoch", epoch}, {"loss", loss}, {"learning_rate", rate}};
    if (ended_by_time_) line["ended_by"] = "max_minutes";
    const bool due = epoch % options_.validate_every == 0 || state_.finished;
    if (due) validate(folder, epoch, loss, rate, line);
    line["seconds"] = seconds();
    state_.log += line.dump() + "\n";
    if (due) save(folder, optimizer);
  }

  void validate(CheckpointFolder& folder, int epoch, double loss, double rate, nlohmann::json& line) {
    Validation validation;
    validation.epoch = epoch;
    validation.loss = loss;
    validation.learning_rate = rate;
    if (dataset_.validation.nnz() == 0) {
      validation.best = true;
    } else {
      const auto metrics = metrics_of(pool_, model_->scoring(), validation_, {20});
      validation.recall20 = metrics.at("recall@20");
      validation.ndcg20 = metrics.at("ndcg@20");
      validation.best = validation.recall20 > state_.best_recall;
      line["validation"] = metrics;
    }
    if (validation.best) {
      state_.best_recall = validation.recall20;
      state_.best_epoch = epoch;
      state_.without_gain = 0;
      folder.save_best(model_->parameters(), epoch);
    } else if (++state_.without_gain >= options_.patience) {
      state_.finished = true;
    }
    validation.seconds = seconds();
    observer_.on_validation(validation);
  }

  void save(CheckpointFolder& folder, Adam& optimizer) {
    state_.rng = rng_.state();
    state_.seconds = seconds();
    state_.model = model_->state();
    folder.save(state_, model_->parameters(), optimizer);
  }

  TrainResult finish(CheckpointFolder& folder) {
    if (state_.best_epoch >= 0) folder.load_best(model_->parameters(), state_.best_epoch);
    const scoring::Scoring scoring = model_->scoring();
    TrainResult result;
    result.best_epoch = state_.best_epoch;
    result.epochs_run = state_.epoch;
    result.steps = state_.total_steps;
    result.validation = metrics_of(pool_, scoring, dataset_.validation, {10, 20});
    result.test = metrics_of(pool_, scoring, dataset_.test, {10, 20});
    result.seconds = seconds();
    result.out_of_time = ended_by_time_;

    artifact::ArtifactContents contents;
    contents.model = options_.model;
    contents.hyper_parameters = artifact::to_fields(options_.model, model_options_);
    for (auto& field : training_fields(options_, plan_, pool_.size()))
      contents.hyper_parameters.push_back(std::move(field));
    contents.training = {{"best_epoch", std::int64_t{result.best_epoch}},
                         {"epochs", std::int64_t{result.epochs_run}},
                         {"steps", result.steps},
                         {"seconds", result.seconds}};
    contents.validation = result.validation;
    contents.test = result.test;
    contents.dataset = &dataset_;
    contents.parameters = &model_->parameters();
    contents.scoring = scoring;
    contents.tensors = model_->artifact_tensors();
    contents.train_log = state_.log;
    artifact::write_artifact(options_.out, contents, options_.force || options_.resume);
    folder.remove();
    return result;
  }

  const data::Dataset& dataset_;
  const models::ModelOptions model_options_;
  const TrainOptions& options_;
  ThreadPool& pool_;
  Observer& observer_;
  const std::atomic<bool>& should_stop_;
  std::size_t memory_;  // checked before anything is allocated
  graph::Bipartite graph_;
  std::unique_ptr<models::Model> model_;
  Sampler sampler_;
  Plan plan_;
  Csr validation_;  // what validations during training rank
  Rng rng_;
  Sampler::Triples triples_;
  TrainState state_;
  double seconds_before_ = 0.0;
  bool ended_by_time_ = false;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace

void TrainOptions::use(const models::TrainingDefaults& defaults) {
  learning_rate = defaults.learning_rate;
  decay = defaults.decay;
  batch_size = defaults.batch_size;
  epochs = defaults.epochs;
  validate_every = defaults.validate_every;
  patience = defaults.patience;
  sampling = defaults.sampling;
}

TrainResult train(const data::Dataset& dataset, const models::ModelOptions& model_options, const TrainOptions& options,
                  ThreadPool& pool, Observer& observer, const std::atomic<bool>& should_stop) {
  check_options(options);
  if (!options.resume) {
    files::require_replaceable(options.out, options.force);
  } else if (!fs::exists(CheckpointFolder::path_of(options.out))) {
    fail<InvalidArgument>("[train] nothing to resume: {} is not there{}; leave --resume out to start a training",
                          CheckpointFolder::path_of(options.out).string(),
                          fs::exists(options.out) ? " and the artifact is complete" : "");
  }
  return Training(dataset, model_options, options, pool, observer, should_stop).run();
}

}  // namespace monet::train
