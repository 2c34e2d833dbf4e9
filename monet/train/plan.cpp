#include "monet/train/plan.h"

#include "monet/core/error.h"
#include "monet/core/options.h"
#include "monet/core/rng.h"
#include "monet/models/model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace monet::train {

namespace {
constexpr Index kDefaultBatch = 1024;
constexpr double kRankingBytes = 96e6;  // tiles, the program itself, the file being written
}  // namespace

double Plan::rate(int epoch, const TrainOptions& options) const {
  return learning_rate * std::pow(options.decay, epoch / options.decay_epochs);
}

Plan make_plan(Index num_train, Index num_drawable_users, const TrainOptions& options) {
  Plan plan;
  plan.batch_size = options.batch_size;
  plan.learning_rate = options.learning_rate;
  if (options.batch_size == 0) {
    const Index needed = (num_train + kAutoSteps * kDefaultBatch - 1) / (kAutoSteps * kDefaultBatch);
    const Index bounded =
        std::min(std::max<Index>(needed, 1) * kDefaultBatch, std::max(kDefaultBatch, num_drawable_users));
    plan.batch_size = bounded;
    plan.learning_rate *= std::sqrt(static_cast<double>(bounded) / static_cast<double>(kDefaultBatch));
  }
  plan.steps_per_epoch = num_train / plan.batch_size + 1;
  if (options.sampling == models::Sampling::interactions) {
    plan.steps_per_epoch = std::max<Index>((num_train + plan.batch_size - 1) / plan.batch_size, 1);
  }
  return plan;
}

std::size_t estimated_bytes(const data::Dataset& dataset, const models::ModelOptions& model) {
  double bytes = kRankingBytes;
  // Both directions of the graph: an index and a weight for each entry, an offset for each row.
  bytes += 16.0 * static_cast<double>(dataset.train.nnz());
  bytes += 16.0 * static_cast<double>(dataset.num_users() + dataset.num_items());
  return static_cast<std::size_t>(bytes) + models::training_bytes(model, dataset);
}

Csr validation_sample(const Csr& validation, Index count, std::uint64_t seed) {
  constexpr std::uint64_t kStream = 3;
  std::vector<std::int32_t> users;
  for (Index u = 0; u < validation.rows(); ++u) {
    if (validation.degree(u) > 0) users.push_back(static_cast<std::int32_t>(u));
  }
  if (count == 0 || count >= static_cast<Index>(users.size())) return validation;
  Rng rng(seed, kStream);
  for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
    std::swap(users[n], users[n + rng.below(users.size() - n)]);
  }
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
    for (const std::int32_t item : validation.row(users[n])) pairs.emplace_back(users[n], item);
  }
  return Csr::from_pairs(validation.rows(), validation.cols(), pairs);
}

void check_memory(const data::Dataset& dataset, const models::ModelOptions& model, std::size_t bytes,
                  std::size_t available) {
  if (available == 0 || bytes <= available) return;
  std::string remedies;
  for (const auto& [option, remedy] : {std::pair{"dim", "a smaller `dim`, "},
                                       {"features-layout", "`features-layout rows`, "},
                                       {"features-dtype", "`features-dtype bf16`, "},
                                       {"neighbours", "fewer `neighbours`, "}}) {
    if (find_option(model.infos(), option) != nullptr) remedies += remedy;
  }
  fail<InvalidArgument>(
      "[train] {} needs about {:.1f} GB of memory beside the dataset for its {} users and {} items, and {:.1f} GB are "
      "available; {}fewer items{} or another model need less",
      model.model(), static_cast<double>(bytes) * 1e-9, dataset.num_users(), dataset.num_items(),
      static_cast<double>(available) * 1e-9, remedies, models::needs_features(model) ? ", fewer `modalities`" : "");
}

}  // namespace monet::train
