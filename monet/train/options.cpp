#include "monet/train/options.h"

#include "monet/core/error.h"
#include "monet/models/registry.h"

#include <cmath>

namespace monet::train {

const OptionSet<TrainOptions>& schedule_options() {
  using models::NewItems;
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
    s.number_or_word(
        "popularity", &TrainOptions::popularity, OptionInfo::kAny, "auto",
        "c of the term c ln(1 + interactions of the item) added to scores; auto: chosen at each validation");
    s.word<NewItems>(
        "new-items", &TrainOptions::new_items, {{"median", NewItems::median}, {"none", NewItems::none}},
        "items without interactions count in that term as popular as the median of the others, or as none");
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
  popularity = defaults.popularity;
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
