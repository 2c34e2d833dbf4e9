#include "monet/blend/blend.h"

#include "monet/blend/agreement.h"
#include "monet/blend/write_blend.h"
#include "monet/core/error.h"
#include "monet/core/files/replaceable.h"
#include "monet/eval/evaluator.h"

#include <chrono>
#include <utility>

namespace monet::blend {

namespace {

std::map<std::string, double> measured(ThreadPool& pool, const scoring::Scoring& scoring, const Csr& targets) {
  if (targets.nnz() == 0) return {};
  return eval::evaluate(pool, scoring, targets, {}).metrics;
}

/// Weights to look at: those that are given, or the whole grid.
std::optional<WeightSearch> searched(ThreadPool& pool, const scoring::Scoring& all, const Csr& targets,
                                     const std::optional<Weights>& given) {
  if (given && targets.nnz() == 0) return std::nullopt;
  if (given) return choose_weights(pool, all, targets, {&*given, 1});
  return choose_weights(pool, all, targets, weight_grid(all.parts.size()));
}

std::vector<std::filesystem::path> sources_of(std::span<const artifact::Artifact> parts, const BlendOptions& options) {
  std::vector<std::filesystem::path> sources = options.sources;
  for (const artifact::Artifact& part : parts) sources.push_back(part.path());
  return sources;
}

}  // namespace

void require_blendable(std::span<const artifact::Artifact> parts, const BlendOptions& options) {
  require_agreement(parts);
  if (options.weights) normalised(*options.weights, parts.size());
  files::require_replaceable(blend_target(options.out, sources_of(parts, options), options.force));
}

BlendResult blend(ThreadPool& pool, const data::Dataset& dataset, std::vector<artifact::Artifact> parts,
                  const BlendOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  require_blendable(parts, options);
  for (const artifact::Artifact& part : parts) {
    if (part.config().data_hash == dataset.hash) continue;
    fail<DataError>("{}: not trained on {} (hash {}, not {})", part.path().string(), dataset.path,
                    part.config().data_hash, dataset.hash);
  }
  std::optional<Weights> given = options.weights;
  if (given) given = normalised(*std::move(given), parts.size());
  const std::vector<std::filesystem::path> sources = sources_of(parts, options);
  BlendResult result;
  const scoring::Scoring all = blended(parts, Weights(parts.size(), 1.0), options.by);
  result.search = searched(pool, all, dataset.validation, given);
  const Weights weights = given ? *given : result.search->blends[result.search->best_blend].weights;
  std::vector<artifact::Artifact> kept;
  for (std::size_t m = 0; m < parts.size(); ++m) {
    if (weights[m] == 0.0) continue;
    result.kept.push_back(m);
    result.weights.push_back(weights[m]);
    kept.push_back(std::move(parts[m]));
  }
  const scoring::Scoring chosen = blended(kept, result.weights, options.by);
  result.validation = measured(pool, chosen, dataset.validation);
  result.test = measured(pool, chosen, dataset.test);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  BlendContents contents{kept, result.weights, options.by, result.validation, result.test, {}, {}};
  if (!given) contents.search = result.search;
  contents.training = {{"seconds", seconds.count()}};
  write_blend(options.out, contents, sources, options.force);
  return result;
}

}  // namespace monet::blend
