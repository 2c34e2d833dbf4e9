#include "monet/train/options.h"

#include "monet/core/error.h"
#include "monet/models/registry.h"

#include <cmath>

namespace monet::train {

const OptionSet<TrainOptions>& schedule_options() {
  using models::Sampling;
  constexpr double kLargestBatch = 1 << 24;
  static const auto set = [] {
    OptionSet<TrainOptions> s;
    s.number("learning-rate", &TrainOptions::learning_rate, 0, OptionInfo::kAny, "Adam's learning rate at epoch 0",
             true);
    s.number("decay", &TrainOptions::decay, 0, 1, "the rate is multiplied by decay^(epoch / decay-epochs)", true);
    s.number("decay-epochs", &TrainOptions::decay_epochs, 0, OptionInfo::kAny, "see decay", true);
    s.word<Sampling>("sampling", &TrainOptions::sampling,
                     {{"users", Sampling::users}, {"interactions", Sampling::interactions}},
                     "a step draws distinct users and an item of each, or an epoch passes over every interaction");
    s.whole("batch-size", &TrainOptions::batch_size, 1, kLargestBatch,
            "triples per step; auto bounds the steps of an epoch and scales the rate", "auto");
    s.whole("epochs", &TrainOptions::epochs, 0, std::numeric_limits<int>::max(),
            "most epochs; 0 only computes and writes the embeddings");
    s.whole("validate-every", &TrainOptions::validate_every, 1, std::numeric_limits<int>::max(),
            "epochs between validations");
    s.whole("patience", &TrainOptions::patience, 1, std::numeric_limits<int>::max(),
            "stop at this many validations in a row without a gain");
    s.whole("validation-users", &TrainOptions::validation_users, 0, OptionInfo::kAny,
            "validate on this many users, drawn once by the seed; 0: all. The figures at the end are of all users");
    s.whole("max-steps", &TrainOptions::max_steps, 0, OptionInfo::kAny,
            "end training after this many steps; 0: no limit");
    return s;
  }();
  return set;
}

TrainOptions TrainOptions::for_model(std::string_view model) {
  TrainOptions options;
  options.use(models::registration(model).training);
  return options;
}

void TrainOptions::use(const models::TrainingDefaults& defaults) {
  learning_rate = defaults.learning_rate;
  decay = defaults.decay;
  batch_size = defaults.batch_size;
  epochs = defaults.epochs;
  validate_every = defaults.validate_every;
  patience = defaults.patience;
  sampling = defaults.sampling;
}

void check_options(const TrainOptions& options) {
  schedule_options().checked(options, "train");
  if (!(std::isfinite(options.max_minutes) && options.max_minutes >= 0.0)) {
    fail<InvalidArgument>("[train] max-minutes: '{}' is not a number of at least 0", options.max_minutes);
  }
  if (options.out.empty() && options.first_process)
    fail<InvalidArgument>("[train] no place for the artifact: give `out`");
}

}  // namespace monet::train
