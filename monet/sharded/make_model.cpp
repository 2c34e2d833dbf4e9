#include "monet/core/error.h"
#include "monet/models/registry.h"
#include "monet/sharded/lightgcn_model.h"
#include "monet/sharded/model.h"
#include "monet/sharded/monet_model.h"

#include <fmt/format.h>

namespace monet::sharded {

namespace {

[[noreturn]] void refuse(std::string_view what) {
  fail<InvalidArgument>(
      "[train] {} is trained in one process; over several there are {} and {} with the default loss and fusion", what,
      models::Monet::kName, models::LightGcn::kName);
}

void require(std::string_view model, std::string_view obstacle) {
  if (!obstacle.empty()) refuse(fmt::format("{} with {}", model, obstacle));
}

// What a table of a row for each own user and item takes, times `tables`.
double table_bytes(const Shard& shard, int process, Index width, double tables) {
  const auto rows = static_cast<double>(shard.partition.users.count(process) + shard.partition.items.count(process));
  return tables * 4.0 * rows * static_cast<double>(width);
}

}  // namespace

void require_spreadable(const models::ModelOptions& options) {
  if (options.model() == models::Monet::kName) {
    require(options.model(), MonetModel::obstacle(models::typed<models::Monet>(options)));
  } else if (options.model() == models::LightGcn::kName) {
    require(options.model(), LightGcnModel::obstacle(models::typed<models::LightGcn>(options)));
  } else {
    refuse(options.model());
  }
}

std::unique_ptr<Model> make_model(dist::Communicator& world, const models::ModelOptions& options, const Shard& shard) {
  require_spreadable(options);
  if (options.model() == models::Monet::kName) {
    return std::make_unique<MonetModel>(models::typed<models::Monet>(options), world, shard);
  }
  return std::make_unique<LightGcnModel>(models::typed<models::LightGcn>(options), world, shard);
}

std::size_t training_bytes(const models::ModelOptions& options, const Shard& shard, int process) {
  // Parameters, gradients, two moments, layers in turn and their gradients.
  constexpr double kTables = 10.0;
  double width = 0.0;
  double weights = 0.0;
  if (options.model() == models::Monet::kName) {
    const auto typed = models::typed<models::Monet>(options);
    const double slabs = static_cast<double>(shard.modalities.size()) +
                         (typed.collaborative == models::Monet::Collaborative::none ? 0.0 : 1.0);
    width = slabs * static_cast<double>(typed.dim);
    for (const data::Modality& modality : shard.modalities) {
      weights += 6.0 * 4.0 * static_cast<double>(modality.features.cols() * typed.dim);
    }
  } else {
    width = static_cast<double>(models::typed<models::LightGcn>(options).dim);
  }
  // The items' table is whole while it is ranked; ghosts have two rows each.
  const double items = 4.0 * static_cast<double>(shard.num_items()) * width * 3.0;
  return static_cast<std::size_t>(table_bytes(shard, process, static_cast<Index>(width), kTables) + items + weights +
                                  16.0 * static_cast<double>(shard.train.nnz()));
}

}  // namespace monet::sharded
