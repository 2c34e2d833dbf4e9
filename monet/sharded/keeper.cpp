#include "monet/sharded/keeper.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/tables.h"
#include "monet/sharded/together.h"
#include "monet/train/keeper.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

namespace monet::sharded {

namespace {

constexpr const char* kAdamSteps = "adam_steps";
constexpr std::array kMoments = {"first_moment", "second_moment"};

std::vector<Matrix<float>>& moments_of(train::Adam& optimizer, std::size_t which) {
  return which == 0 ? optimizer.first_moments() : optimizer.second_moments();
}

train::TrainState state_of(const files::Safetensors& file, const std::filesystem::path& path) {
  const auto found = file.metadata().find(train::kStateKey);
  if (found == file.metadata().end()) fail<DataError>("{}: not a checkpoint; train again with `force`", file.name());
  return train::state_from_json(found->second, path);
}

}  // namespace

Keeper::Keeper(dist::Communicator& world, const train::TrainOptions& options)
    : world_(world), options_(options), path_(artifact::partial_path(options.out)) {
  together(world_, [&] {
    if (world_.is_first()) resumes_ = train::Keeper(options).resumes();
  });
  resumes_ = dist::all_reduced(world_, resumes_ ? 1 : 0) > 0;
}

void Keeper::open() {
  together(world_, [&] {
    if (!world_.is_first()) return;
    held_.emplace(options_.out);
    if (!resumes_) held_->clear();
  });
  together(world_, [&] {
    if (!std::filesystem::is_directory(path_)) {
      fail<IoError>(
          "{}: process {} does not see the folder that process 0 made; `out` must be on a file system that all "
          "share",
          path_.string(), world_.rank());
    }
  });
}

std::filesystem::path Keeper::best(int epoch) const {
  return path_ / fmt::format("best-{}.safetensors", epoch);
}

std::string Keeper::configuration() const {
  std::string text;
  together(world_, [&] {
    const auto path = path_ / train::CheckpointFolder::kFile;
    text = state_of(files::Safetensors(path), path).configuration;
  });
  return text;
}

void Keeper::save(const train::TrainState& state, const Model& model, train::Adam& optimizer) const {
  JointTensors file;
  for (const models::Parameter& parameter : model.parameters().parameters()) {
    add_parameter(file, model, "parameter." + parameter.name, parameter, parameter.value, false);
  }
  for (std::size_t block = 0; block < optimizer.first_moments().size(); ++block) {
    for (std::size_t which = 0; which < kMoments.size(); ++which) {
      const Matrix<float>& moments = moments_of(optimizer, which)[block];
      const BlockRows rows = rows_of_block(model, block, moments.rows());
      bool first = true;
      for (const BlockRows::Part& part : rows.parts) {
        const auto own = moments.view().row_range(part.own_first, part.count);
        if (std::exchange(first, false)) {
          file.add_rows(fmt::format("{}.{}", kMoments[which], block), rows.rows, part.first, own);
        } else {
          file.add_more_rows(part.first, own);
        }
      }
    }
  }
  const std::int64_t steps = optimizer.steps();
  file.add_whole(world_, kAdamSteps, {1}, std::span<const std::int64_t>(&steps, 1));
  file.add("model_state", files::Dtype::u8, {0}, 0, {});
  file.set_metadata(train::kStateKey, train::to_json(state));
  file.write(world_, path_ / train::CheckpointFolder::kFile);
  together(world_, [&] {
    if (held_) held_->forget_all_but(state.best_epoch);
  });
}

train::TrainState Keeper::load(Model& model, train::Adam& optimizer) const {
  train::TrainState state;
  together(world_, [&] {
    const auto path = path_ / train::CheckpointFolder::kFile;
    const files::Safetensors file(path);
    for (models::Parameter& parameter : model.parameters().parameters()) {
      read_parameter(file, model, "parameter." + parameter.name, parameter, parameter.value);
    }
    for (std::size_t block = 0; block < optimizer.first_moments().size(); ++block) {
      for (std::size_t which = 0; which < kMoments.size(); ++which) {
        Matrix<float>& moments = moments_of(optimizer, which)[block];
        const std::string name = fmt::format("{}.{}", kMoments[which], block);
        const auto stored = file.matrix<float>(name);
        const BlockRows rows = rows_of_block(model, block, moments.rows());
        if (stored.rows != rows.rows || stored.cols != moments.cols()) {
          fail<DataError>("{}: {} is {} x {}, the model needs {} x {}; was it trained with other options?", file.name(),
                          name, stored.rows, stored.cols, rows.rows, moments.cols());
        }
        if (model.block_sides()[block].front() == models::RowsOf::weights) {
          copy<float>(stored, moments.view());
          continue;
        }
        for (const BlockRows::Part& part : rows.parts) {
          copy<float>(stored.row_range(part.first, part.count), moments.view().row_range(part.own_first, part.count));
        }
      }
    }
    optimizer.set_steps(file.values<std::int64_t>(kAdamSteps).front());
    state = state_of(file, path);
  });
  return state;
}

void Keeper::save_best(const Model& model, int epoch) const {
  JointTensors file;
  for (const models::Parameter& parameter : model.parameters().parameters()) {
    add_parameter(file, model, parameter.name, parameter, parameter.value, false);
  }
  file.write(world_, best(epoch));
}

void Keeper::load_best(Model& model, int epoch) const {
  together(world_, [&] {
    const files::Safetensors file(best(epoch));
    for (models::Parameter& parameter : model.parameters().parameters()) {
      read_parameter(file, model, parameter.name, parameter, parameter.value);
    }
  });
}

void Keeper::remove() {
  together(world_, [&] {
    if (held_) held_->remove();
  });
}

}  // namespace monet::sharded
