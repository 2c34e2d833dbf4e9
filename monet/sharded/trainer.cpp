#include "monet/sharded/trainer.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "monet/sharded/evaluate.h"
#include "monet/sharded/keeper.h"
#include "monet/sharded/model.h"
#include "monet/sharded/sampler.h"
#include "monet/sharded/spread_scoring.h"
#include "monet/sharded/tables.h"
#include "monet/sharded/together.h"
#include "monet/sharded/write_artifact.h"
#include "monet/train/configuration.h"
#include "monet/train/initial_parameters.h"
#include "monet/train/keeper.h"
#include "monet/train/plan.h"
#include "monet/train/popularity.h"
#include "monet/train/provenance.h"
#include "monet/train/stopping.h"
#include "monet/train/validated.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace monet::sharded {

namespace {

// As in train/trainer.cpp.
constexpr std::uint64_t kInitialisation = 1;
constexpr std::uint64_t kSampling = 2;

models::ModelOptions with_given_sizes(const models::ModelOptions& model, const train::TrainOptions& options) {
  return options.init.empty() ? model : models::with_sizes_of(model, train::tensor_shapes(options.init));
}

std::string configuration_of_shard(const Shard& shard, const models::ModelOptions& model,
                                   const train::TrainOptions& options, const train::Plan& plan, int threads) {
  data::Dataset named;
  named.hash = shard.hash;
  return train::configuration_of(named, model, options, plan, threads);
}

/// An artifact's rows are taken as they stand, so they must be those of the same users and items.
void require_same_names(const std::filesystem::path& path, const Model& model) {
  const artifact::Artifact given = artifact::Artifact::open(path);
  const Shard& shard = model.shard();
  const auto require = [&](const artifact::IdTable& known, const std::vector<std::string>& own, const Ranges& ranges) {
    const dist::Share rows = ranges.of(model.world().rank());
    bool same = known.size() == static_cast<std::size_t>(ranges.rows());
    for (Index row = rows.begin; same && row < rows.end; ++row) {
      same = known.id(static_cast<std::int32_t>(row)) == own[static_cast<std::size_t>(row - rows.begin)];
    }
    if (same) return;
    fail<InvalidArgument>(
        "{}: was trained on other users or items than these; several processes start from the same ones only, "
        "start from it in one process",
        path.string());
  };
  require(given.users(), shard.user_ids, shard.partition.users);
  require(given.items(), shard.item_ids, shard.partition.items);
}

void read_initial(const std::filesystem::path& path, Model& model) {
  const bool is_artifact = std::filesystem::is_directory(path);
  if (is_artifact) require_same_names(path, model);
  const std::filesystem::path file = is_artifact ? path / artifact::names::kModelFile : path;
  const files::Safetensors given(file);
  for (models::Parameter& parameter : model.parameters().parameters()) {
    const bool aliased = given.find(parameter.name) == nullptr && !parameter.alias.empty();
    read_parameter(given, model, aliased ? parameter.alias : parameter.name, parameter, parameter.value);
  }
}

class Training {
 public:
  Training(dist::Communicator& world, const Shard& shard, const models::ModelOptions& model,
           const train::TrainOptions& options, ThreadPool& pool, const train::TrainHooks& hooks)
      : world_(world),
        shard_(shard),
        options_(options),
        hooks_(hooks),
        pool_(pool),
        observer_(hooks.observer == nullptr || !world.is_first() ? silent_ : *hooks.observer),
        keeper_(world, options),
        model_options_(with_given_sizes(model, options)),
        model_(make_model(world, model_options_, shard)),
        tape_(pool),
        sampler_(shard, world.rank()),
        plan_(train::make_plan(shard.num_train, sampler_.num_users(), options)),
        validation_(validation_sample(world, shard, options.validation_users, options.seed)),
        validated_(dist::all_reduced(world, validation_.nnz())),
        stopping_(options),
        configuration_(configuration_of_shard(shard, model_options_, options, plan_, pool.size())),
        rng_(options.seed, kSampling) {}

  train::TrainResult run() {
    started_ = std::chrono::steady_clock::now();
    keeper_.open();
    {
      // The moments are given back before the artifact is computed and written.
      train::Adam optimizer(model_->parameters());
      begin(optimizer);
      while (!state_.finished) run_epoch(optimizer);
    }
    return finish();
  }

 private:
  void begin(train::Adam& optimizer) {
    std::vector<std::string> lines = describe();
    if (keeper_.resumes()) {
      together(world_,
               [&] { train::require_same_configuration(keeper_.configuration(), configuration_, keeper_.folder()); });
      state_ = keeper_.load(*model_, optimizer);
      rng_ = Rng::from_state(state_.rng);
      seconds_before_ = state_.seconds;
      stopping_.reopen(state_, agreed_seconds());
      lines.push_back(
          fmt::format("resuming at epoch {}, step {} of {}", state_.epoch, state_.step, plan_.steps_per_epoch));
    } else {
      Rng rng(options_.seed, kInitialisation);
      model_->initialise(rng);
      if (!options_.init.empty()) {
        together(world_, [&] { read_initial(options_.init, *model_); });
        lines.push_back(fmt::format("starting from {}", options_.init.string()));
      }
      if (options_.resume) lines.emplace_back("nothing to resume from, starting at the beginning");
      state_.configuration = configuration_;
      state_.finished = stopping_.limit_reached(state_, agreed_seconds());
    }
    observer_.on_start(lines);
  }

  std::vector<std::string> describe() {
    const Index parameters = dist::all_reduced(world_, model_->parameters().size());
    const Index ghosts = dist::all_reduced(world_, model_->graph().halo().num_ghosts(), dist::Reduction::largest);
    const auto bytes = static_cast<double>(training_bytes(model_options_, shard_, world_.rank()));
    const double most = dist::all_reduced(world_, bytes, dist::Reduction::largest);
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{}: {} parameters, {} training interactions of {} users and {} items", model_->name(),
                                parameters, shard_.num_train, shard_.num_users(), shard_.num_items()));
    lines.push_back(
        fmt::format("{} processes with {} thread{} each; the largest needs rows of {} items of others, and "
                    "about {:.0f} MB of memory beside its part of the dataset",
                    world_.size(), pool_.size(), pool_.size() == 1 ? "" : "s", ghosts, most * 1e-6));
    lines.push_back(fmt::format("{} steps of {} an epoch", plan_.steps_per_epoch, plan_.batch_size));
    if (options_.batch_size == 0) {
      lines.push_back(fmt::format("batch size {} chosen for {} interactions, learning rate scaled to {:.3g}",
                                  plan_.batch_size, shard_.num_train, plan_.learning_rate));
    }
    if (validated_ == 0) lines.emplace_back("no validation split: all epochs are run and the last one is kept");
    return lines;
  }

  double own_seconds() const {
    return seconds_before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }
  /// By the clock of process 0, so that all decide alike.
  double agreed_seconds() {
    double seconds = own_seconds();
    dist::broadcast(world_, std::span(&seconds, 1));
    return seconds;
  }

  void draw() {
    if (options_.sampling == models::Sampling::users) {
      sampler_.draw(rng_, plan_.batch_size, batch_);
    } else {
      sampler_.draw_interactions(options_.seed, state_.epoch, state_.step, plan_.batch_size, rng_, batch_);
    }
  }

  void run_epoch(train::Adam& optimizer) {
    const double rate = plan_.rate(state_.epoch, options_);
    const auto begun = std::chrono::steady_clock::now();
    const Index first = state_.step;
    train::Progress progress;
    progress.epoch = state_.epoch;
    progress.epochs = options_.epochs;
    progress.steps_per_epoch = plan_.steps_per_epoch;
    progress.best_recall = std::max(state_.best_recall, 0.0);
    progress.best_epoch = state_.best_epoch;
    while (state_.step < plan_.steps_per_epoch) {
      draw();
      batch_.interrupt = hooks_.should_stop && hooks_.should_stop();
      batch_.end = (hooks_.should_finish && hooks_.should_finish()) ||
                   (world_.is_first() && stopping_.out_of_time(state_, own_seconds()));
      const Step step = model_->compute_gradients(tape_, batch_);
      if (!std::isfinite(step.loss.total)) {
        fail<DataError>(
            "[train] the loss became {} at step {} of epoch {}, learning rate {:.3g}; try a lower `learning-rate`, a "
            "smaller `alpha` or fewer `layers`",
            step.loss.total, state_.step, state_.epoch, rate);
      }
      optimizer.step(pool_, rate);
      ++state_.step;
      ++state_.total_steps;
      state_.loss_sum += step.loss.total;
      progress.step = state_.step;
      progress.loss = state_.loss_sum / static_cast<double>(state_.step);
      progress.steps_per_second = static_cast<double>(state_.step - first) /
                                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      observer_.on_step(progress);
      if (step.interrupt) {
        save(optimizer);
        throw Interrupted("interrupted");
      }
      ended_ = ended_ || step.end;
      if (ended_ || stopping_.out_of_steps(state_)) break;
    }
    end_epoch(optimizer, rate);
  }

  void end_epoch(train::Adam& optimizer, double rate) {
    const int epoch = state_.epoch;
    const double loss = state_.loss_sum / static_cast<double>(state_.step);
    const double seconds = agreed_seconds();
    ++state_.epoch;
    state_.step = 0;
    state_.loss_sum = 0.0;
    ended_by_time_ = stopping_.out_of_time(state_, seconds);
    const bool asked = ended_ && !ended_by_time_;
    state_.finished = ended_ || ended_by_time_ || stopping_.limit_reached(state_, seconds);
    nlohmann::json line{{"epoch", epoch}, {"loss", loss}, {"learning_rate", rate}};
    if (ended_by_time_) line["ended_by"] = "max_minutes";
    if (asked) line["ended_by"] = "stopped";
    stopped_ = asked;
    const bool due = epoch % options_.validate_every == 0 || state_.finished;
    if (due) validate(epoch, loss, rate, line);
    line["seconds"] = agreed_seconds();
    state_.log += line.dump() + "\n";
    if (due) save(optimizer);
  }

  bool chooses_popularity() const { return options_.popularity == OptionInfo::kWord; }

  std::map<std::string, double> metrics_of(const SpreadScoring& scoring, std::span<const float> prior,
                                           const Csr& targets, Index targets_of_all, const std::vector<Index>& ks) {
    if (targets_of_all == 0) return {};
    return scoring.evaluate(pool_, prior, targets, ks).metrics;
  }

  /// What a popularity term looks at.
  static scoring::Scoring counts_of(const SpreadScoring& scoring) {
    scoring::Scoring counts;
    counts.item_popularity = scoring.popularity();
    return counts;
  }

  train::Validated choose_popularity() {
    const models::Output output = model_->output(tape_, models::Detail::scores);
    const SpreadScoring scoring(world_, tape_, shard_, output.scoring, SpreadScoring::fitting_bytes());
    const std::span<const double> weights =
        chooses_popularity() ? std::span<const double>(models::kPopularityOfDots) : std::span(&options_.popularity, 1);
    return train::best_popularity(weights, [&](double weight) {
      const std::vector<float> prior = train::with_popularity(counts_of(scoring), weight, options_.new_items);
      return metrics_of(scoring, prior, validation_, validated_, {20});
    });
  }

  void validate(int epoch, double loss, double rate, nlohmann::json& line) {
    std::optional<train::Validated> validated;
    if (validated_ > 0) validated = choose_popularity();
    train::Validation validation =
        train::enter_validation(validated, options_, stopping_, state_, epoch, loss, rate, line);
    if (validation.best) keeper_.save_best(*model_, epoch);
    validation.seconds = own_seconds();
    observer_.on_validation(validation);
  }

  void save(train::Adam& optimizer) {
    state_.rng = rng_.state();
    state_.seconds = own_seconds();
    keeper_.save(state_, *model_, optimizer);
  }

  double popularity_weight() const { return chooses_popularity() ? state_.popularity : options_.popularity; }

  train::TrainResult finish() {
    if (state_.best_epoch >= 0) keeper_.load_best(*model_, state_.best_epoch);
    const models::Output own = model_->output(tape_, models::Detail::artifact);
    train::TrainResult result;
    std::vector<float> prior;
    ArtifactParts parts;
    parts.contents.new_items = own.new_items;
    {
      const SpreadScoring scoring(world_, tape_, shard_, own.scoring, SpreadScoring::fitting_bytes());
      const scoring::Scoring counts = counts_of(scoring);
      if (std::optional<scoring::NewItemMap>& map = parts.contents.new_items) {
        map->prior = train::prior_of_new_item(counts, map->prior, popularity_weight(), options_.new_items);
      }
      prior = train::with_popularity(counts, popularity_weight(), options_.new_items);
      result.validation = metrics_of(scoring, prior, shard_.validation, shard_.num_validation, {10, 20});
      result.test = metrics_of(scoring, prior, shard_.test, shard_.num_test, {10, 20});
    }
    result.best_epoch = state_.best_epoch;
    result.epochs_run = state_.epoch;
    result.steps = state_.total_steps;
    result.seconds = agreed_seconds();
    result.out_of_time = ended_by_time_;
    result.stopped = stopped_;
    parts.model = model_.get();
    parts.own = &own;
    parts.prior = prior;
    train::note_provenance(
        parts.contents,
        {model_options_, options_, plan_, state_, stopping_, pool_.size(), true, validated_ > 0, popularity_weight()},
        result);
    parts.contents.training.emplace_back("processes", std::int64_t{world_.size()});
    write_artifact(parts, options_.out, options_.force || options_.resume);
    keeper_.remove();
    return result;
  }

  dist::Communicator& world_;
  const Shard& shard_;
  const train::TrainOptions& options_;
  const train::TrainHooks& hooks_;
  ThreadPool& pool_;
  train::Observer silent_;
  train::Observer& observer_;
  Keeper keeper_;
  const models::ModelOptions model_options_;
  std::unique_ptr<Model> model_;
  autograd::Tape tape_;
  Sampler sampler_;
  train::Plan plan_;
  Csr validation_;
  Index validated_;
  train::Stopping stopping_;
  const std::string configuration_;
  Rng rng_;
  ShardBatch batch_;
  train::TrainState state_;
  double seconds_before_ = 0.0;
  bool ended_ = false;  // somebody asked, or the minutes are up
  bool ended_by_time_ = false;
  bool stopped_ = false;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace

void check_before_loading(dist::Communicator& world, const models::ModelOptions& model,
                          const train::TrainOptions& options) {
  train::check_options(options);
  require_spreadable(model);
  if (options.pause) fail<InvalidArgument>("[train] `pause` is for a race of trainings, each of one process");
  together(world, [&] {
    if (world.is_first()) train::check_output(options);
  });
}

train::TrainResult train(dist::Communicator& world, const Shard& shard, const models::ModelOptions& model,
                         const train::TrainOptions& options, ThreadPool& pool, const train::TrainHooks& hooks) {
  check_before_loading(world, model, options);
  return Training(world, shard, model, options, pool, hooks).run();
}

}  // namespace monet::sharded
