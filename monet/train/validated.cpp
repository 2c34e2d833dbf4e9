#include "monet/train/validated.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace monet::train {

Validated best_popularity(std::span<const double> weights,
                          const std::function<std::map<std::string, double>(double weight)>& with) {
  Validated best;
  for (const double weight : weights) {
    auto metrics = with(weight);
    if (best.metrics.empty() || metrics.at("recall@20") > best.metrics.at("recall@20")) {
      best = {weight, std::move(metrics)};
    }
  }
  return best;
}

Validation enter_validation(const std::optional<Validated>& validated, const TrainOptions& options,
                            const Stopping& stopping, TrainState& state, int epoch, double loss, double rate,
                            nlohmann::json& line) {
  Validation validation;
  validation.epoch = epoch;
  validation.loss = loss;
  validation.learning_rate = rate;
  if (!validated) {
    state.best_recall = 0.0;
    state.best_epoch = epoch;
    validation.best = true;
    return validation;
  }
  validation.recall20 = validated->metrics.at("recall@20");
  validation.ndcg20 = validated->metrics.at("ndcg@20");
  validation.best = stopping.note(state, epoch, validation.recall20);
  if (validation.best) state.popularity = validated->popularity;
  line["validation"] = validated->metrics;
  if (options.popularity != 0.0) line["popularity"] = validated->popularity;
  return validation;
}

}  // namespace monet::train
