#include "monet/train/trainer.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/memory.h"
#include "monet/eval/evaluator.h"
#include "monet/graph/bipartite.h"
#include "monet/models/model.h"
#include "monet/train/configuration.h"
#include "monet/train/epoch.h"
#include "monet/train/initial_parameters.h"
#include "monet/train/keeper.h"
#include "monet/train/plan.h"
#include "monet/train/popularity.h"
#include "monet/train/provenance.h"
#include "monet/train/sampler.h"
#include "monet/train/stopping.h"
#include "monet/train/validated.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace monet::train {

namespace {

// Independent random streams of one seed.
constexpr std::uint64_t kInitialisation = 1;
constexpr std::uint64_t kSampling = 2;

models::ModelOptions resolved(const models::ModelOptions& model, const TrainOptions& options) {
  return options.init.empty() ? model : models::with_sizes_of(model, tensor_shapes(options.init));
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
  Training(const data::Dataset& dataset, const models::ModelOptions& model, const TrainOptions& options,
           ThreadPool& pool, const TrainHooks& hooks)
      : dataset_(dataset),
        options_(options),
        keeper_(options),
        model_options_(resolved(model, options)),
        pool_(pool),
        hooks_(hooks),
        observer_(hooks.observer == nullptr ? silent_ : *hooks.observer),
        memory_(estimated_bytes(dataset, model_options_)),
        graph_((check_memory(dataset, model_options_, memory_, available_memory()), dataset.train)),
        model_(models::make_model(model_options_, dataset, graph_, pool)),
        tape_(pool),
        sampler_(graph_.user_items(), dataset.weights),
        plan_(make_plan(graph_.num_edges(), sampler_.num_users(), options)),
        validation_(validation_sample(dataset.validation, options.validation_users, options.seed)),
        stopping_(options),
        epoch_(*model_, tape_, sampler_, options, plan_),
        configuration_(configuration_of(dataset, model_options_, options, plan_, pool.size())),
        rng_(options.seed, kSampling) {}

  TrainResult run() {
    started_ = std::chrono::steady_clock::now();
    if (!model_->trained()) check_untrained();
    keeper_.open();
    if (model_->trained()) {
      learn();
    } else {
      std::vector<std::string> lines{fmt::format("{}: nothing to train, {} interactions of {} users and {} items",
                                                 model_->name(), graph_.num_edges(), dataset_.num_users(),
                                                 dataset_.num_items())};
      if (!dataset_.weights.empty()) {
        lines.push_back(fmt::format("{} counts every interaction as one, whatever it weighs", model_->name()));
      }
      observer_.on_start(lines);
    }
    return finish();
  }

 private:
  // Training options have no effect on a model that is not trained; what would be lost or not heeded is refused.
  void check_untrained() const {
    if (!options_.init.empty()) {
      fail<InvalidArgument>("[train] {} is computed from the interactions and has no parameters; leave `init` out",
                            model_->name());
    }
    if (keeper_.resumes()) {
      fail<InvalidArgument>(
          "{} holds an unfinished training of another model; choose another `out`, or give `force` to discard it",
          artifact::partial_path(options_.out).string());
    }
  }

  // The optimiser's moments are given back before the artifact is computed and written.
  void learn() {
    Adam optimizer(model_->parameters());
    begin(optimizer);
    try {
      while (!state_.finished && !is_paused()) run_epoch(optimizer);
    } catch (const Interrupted&) {
      save(optimizer);
      throw;
    }
    if (!is_paused()) return;
    look();
    save(optimizer);
  }

  bool is_paused() const { return options_.pause && !state_.finished && stopping_.out_of_time(state_, seconds()); }

  void begin(Adam& optimizer) {
    std::vector<std::string> lines = describe();
    if (keeper_.resumes()) {
      require_same_configuration(keeper_.load_state().configuration, configuration_, keeper_.folder());
      state_ = keeper_.load(model_->parameters(), optimizer);
      model_->restore(state_.model);
      rng_ = Rng::from_state(state_.rng);
      seconds_before_ = state_.seconds;
      stopping_.reopen(state_, seconds());
      lines.push_back(
          fmt::format("resuming at epoch {}, step {} of {}", state_.epoch, state_.step, plan_.steps_per_epoch));
    } else {
      Rng rng(options_.seed, kInitialisation);
      model_->initialise(rng);
      if (!options_.init.empty()) lines.push_back(load_initial_parameters(options_.init, dataset_, *model_));
      if (options_.resume) lines.emplace_back("nothing to resume from, starting at the beginning");
      state_.configuration = configuration_;
      state_.finished = stopping_.limit_reached(state_, seconds());
    }
    observer_.on_start(lines);
  }

  std::vector<std::string> describe() const {
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{}: {} parameters, {} training interactions of {} users and {} items", model_->name(),
                                model_->parameters().size(), graph_.num_edges(), dataset_.num_users(),
                                dataset_.num_items()));
    lines.push_back(fmt::format("{} steps of {} an epoch, {} thread{}, about {:.0f} MB of memory beside the dataset",
                                plan_.steps_per_epoch, plan_.batch_size, pool_.size(), pool_.size() == 1 ? "" : "s",
                                static_cast<double>(memory_) * 1e-6));
    if (options_.batch_size == 0) {
      lines.push_back(fmt::format("batch size {} chosen for {} interactions, learning rate scaled to {:.3g}",
                                  plan_.batch_size, graph_.num_edges(), plan_.learning_rate));
    }
    if (!dataset_.weights.empty()) lines.emplace_back("positives are drawn in proportion to their weights");
    if (dataset_.validation.nnz() == 0)
      lines.emplace_back("no validation split: all epochs are run and the last one is kept");
    if (dataset_.validation.nnz() == 0 && chooses_popularity()) {
      lines.emplace_back("no validation split to choose `popularity` by: there is no popularity term");
    }
    return lines;
  }

  double seconds() const {
    return seconds_before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  void run_epoch(Adam& optimizer) {
    const double rate = plan_.rate(state_.epoch, options_);
    const auto begun = std::chrono::steady_clock::now();
    const Index first = state_.step;
    Progress progress;
    progress.epoch = state_.epoch;
    progress.epochs = options_.epochs;
    progress.steps_per_epoch = plan_.steps_per_epoch;
    progress.best_recall = std::max(state_.best_recall, 0.0);
    progress.best_epoch = state_.best_epoch;
    const auto after_step = [&](double mean_loss) {
      progress.step = state_.step;
      progress.loss = mean_loss;
      progress.steps_per_second = static_cast<double>(state_.step - first) /
                                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      observer_.on_step(progress);
      stopped_ = stopped_ || (hooks_.should_finish && hooks_.should_finish());
      return !stopped_ && !stopping_.out_of_steps(state_) && !stopping_.out_of_time(state_, seconds());
    };
    epoch_.run(state_, optimizer, rng_, rate, after_step, hooks_.should_stop);
    if (state_.step < plan_.steps_per_epoch && is_paused()) return;
    end_epoch(optimizer, rate);
  }

  void end_epoch(Adam& optimizer, double rate) {
    const int epoch = state_.epoch;
    const double loss = state_.loss_sum / static_cast<double>(state_.step);
    epoch_loss_ = loss;
    ++state_.epoch;
    state_.step = 0;
    state_.loss_sum = 0.0;
    ended_by_time_ = !options_.pause && stopping_.out_of_time(state_, seconds());
    state_.finished = stopped_ || ended_by_time_ || stopping_.limit_reached(state_, seconds());
    nlohmann::json line{{"epoch", epoch}, {"loss", loss}, {"learning_rate", rate}};
    if (ended_by_time_) line["ended_by"] = "max_minutes";
    if (stopped_) line["ended_by"] = "stopped";
    const bool due = epoch % options_.validate_every == 0 || state_.finished;
    if (due) validate(epoch, loss, rate, line);
    line["seconds"] = seconds();
    state_.log += line.dump() + "\n";
    if (due) save(optimizer);
  }

  bool chooses_popularity() const { return options_.popularity == OptionInfo::kWord; }

  Validated choose_popularity() {
    const models::Output output = models::compute_output(tape_, *model_);
    const std::span<const double> weights =
        chooses_popularity() ? model_->popularity_weights() : std::span(&options_.popularity, 1);
    return best_popularity(weights, [&](double weight) {
      const std::vector<float> prior = with_popularity(output.scoring, weight, options_.new_items);
      scoring::Scoring scoring = output.scoring;
      scoring.item_prior = prior;
      return metrics_of(pool_, scoring, validation_, {20});
    });
  }

  // Where a training stands that pauses between two validations; counts for the best and not for patience.
  void look() {
    if (state_.step == 0 && (state_.epoch - 1) % options_.validate_every == 0) return;
    const int epoch = state_.step > 0 ? state_.epoch : state_.epoch - 1;
    const double loss = state_.step > 0 ? state_.loss_sum / static_cast<double>(state_.step) : epoch_loss_;
    const double rate = plan_.rate(epoch, options_);
    nlohmann::json line{{"epoch", epoch}, {"loss", loss}, {"learning_rate", rate}, {"paused", true}};
    const int without_gain = state_.without_gain;
    validate(epoch, loss, rate, line);
    state_.without_gain = without_gain;
    state_.finished = false;
    line["seconds"] = seconds();
    state_.log += line.dump() + "\n";
  }

  void validate(int epoch, double loss, double rate, nlohmann::json& line) {
    std::optional<Validated> validated;
    if (dataset_.validation.nnz() > 0) validated = choose_popularity();
    Validation validation = enter_validation(validated, options_, stopping_, state_, epoch, loss, rate, line);
    if (validation.best) keeper_.save_best(model_->parameters(), epoch);
    validation.seconds = seconds();
    observer_.on_validation(validation);
  }

  void save(Adam& optimizer) {
    state_.rng = rng_.state();
    state_.seconds = seconds();
    state_.model = model_->state();
    keeper_.save(state_, model_->parameters(), optimizer);
  }

  // That of the parameters that are kept. Nothing to train: the term is a trained model's.
  double popularity_weight() const {
    if (!model_->trained()) return 0.0;
    return chooses_popularity() ? state_.popularity : options_.popularity;
  }

  TrainResult finish() {
    if (state_.best_epoch >= 0) keeper_.load_best(model_->parameters(), state_.best_epoch);
    const models::Output output = models::compute_output(tape_, *model_, models::Detail::artifact);
    scoring::Scoring scoring = output.scoring;
    std::optional<scoring::NewItemMap> new_items = output.new_items;
    if (new_items) {
      new_items->prior = prior_of_new_item(scoring, new_items->prior, popularity_weight(), options_.new_items);
    }
    const std::vector<float> prior = with_popularity(scoring, popularity_weight(), options_.new_items);
    scoring.item_prior = prior;
    TrainResult result;
    result.best_epoch = state_.best_epoch;
    result.epochs_run = state_.epoch;
    result.steps = state_.total_steps;
    result.validation = metrics_of(pool_, scoring, dataset_.validation, {10, 20});
    if (!options_.pause) result.test = metrics_of(pool_, scoring, dataset_.test, {10, 20});
    result.seconds = seconds();
    result.out_of_time = ended_by_time_;
    result.stopped = stopped_;

    ArtifactContents contents;
    note_provenance(contents,
                    {model_options_, options_, plan_, state_, stopping_, pool_.size(), model_->trained(),
                     dataset_.validation.nnz() > 0, popularity_weight()},
                    result);
    contents.dataset = &dataset_;
    contents.parameters = &model_->parameters();
    contents.scoring = scoring;
    contents.tensors = output.tensors;
    contents.new_items = std::move(new_items);
    keeper_.finish(contents);
    return result;
  }

  const data::Dataset& dataset_;
  const TrainOptions& options_;
  Keeper keeper_;
  const models::ModelOptions model_options_;
  ThreadPool& pool_;
  const TrainHooks& hooks_;
  Observer silent_;
  Observer& observer_;
  std::size_t memory_;  // checked before anything is allocated
  graph::Bipartite graph_;
  std::unique_ptr<models::Model> model_;
  autograd::Tape tape_;
  Sampler sampler_;
  Plan plan_;
  Csr validation_;  // what validations during training rank
  Stopping stopping_;
  Epoch epoch_;
  const std::string configuration_;
  Rng rng_;
  TrainState state_;
  double seconds_before_ = 0.0;
  bool ended_by_time_ = false;
  bool stopped_ = false;     // somebody asked
  double epoch_loss_ = 0.0;  // mean of the epoch that ended last
  std::chrono::steady_clock::time_point started_;
};

}  // namespace

TrainResult train(const data::Dataset& dataset, const models::ModelOptions& model, const TrainOptions& options,
                  ThreadPool& pool, const TrainHooks& hooks) {
  check_options(options);
  return Training(dataset, model, options, pool, hooks).run();
}

}  // namespace monet::train
