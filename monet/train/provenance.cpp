#include "monet/train/provenance.h"

#include "monet/train/configuration.h"

#include <string>
#include <utility>

namespace monet::train {

void note_provenance(ArtifactContents& contents, const Provenance& provenance, const TrainResult& result) {
  const TrainOptions& options = provenance.options;
  contents.model = provenance.model.model();
  contents.hyper_parameters = provenance.model.fields();
  for (auto& field : training_fields(options, provenance.plan, provenance.threads)) {
    contents.hyper_parameters.push_back(std::move(field));
  }
  contents.training = {{"best_epoch", std::int64_t{result.best_epoch}},
                       {"epochs", std::int64_t{result.epochs_run}},
                       {"steps", result.steps},
                       {"seconds", result.seconds}};
  if (provenance.trained) {
    contents.hyper_parameters.emplace_back("epochs", std::int64_t{options.epochs});
    contents.hyper_parameters.emplace_back("max_steps", options.max_steps);
    const std::string_view limit = provenance.stopping.ended_by(provenance.state, result.stopped, provenance.validates);
    if (!limit.empty()) contents.training.emplace_back("ended_by", std::string(limit));
    if (options.popularity != 0.0) contents.training.emplace_back("popularity", provenance.popularity);
  }
  contents.validation = result.validation;
  contents.test = result.test;
  contents.train_log = provenance.state.log;
}

}  // namespace monet::train
