#include "cli/train_flags.h"

#include "monet/models/model.h"
#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <limits>

namespace monet::cli {

namespace {

constexpr int kAnyInt = std::numeric_limits<int>::max();
constexpr Index kAnyIndex = std::numeric_limits<Index>::max();
constexpr double kAnyNumber = std::numeric_limits<double>::max();
constexpr double kLargestFloat = std::numeric_limits<float>::max();
constexpr Index kMostDimensions = 65536;
constexpr int kMostLayers = 64;
constexpr Index kLargestBatch = Index{1} << 30;

void add_model_name(CLI::App& app, std::string& target) {
  const std::span<const std::string_view> known = models::model_names();
  const std::vector<std::string> names(known.begin(), known.end());
  add_value(app, "--model", "NAME", fmt::format("model: {}", fmt::join(names, ", ")),
            [&target, names](const std::string& text) {
              if (std::find(names.begin(), names.end(), text) == names.end()) fail_choice("--model", text, names);
              target = text;
            })
      ->default_str(target);
}

void add_batch_size(CLI::App& app, Index& target) {
  add_value(app, "--batch-size", "N|auto", "triples per step; auto bounds the steps of an epoch and scales the rate",
            [&target](const std::string& text) {
              target = text == "auto" ? 0 : parse_integer("--batch-size", text, 1, kLargestBatch);
            })
      ->default_str(fmt::format("{}", target));
}

}  // namespace

void add_train_options(CLI::App& app, train::TrainOptions& options) {
  add_model_name(app, options.model);
  add_number(app, "--learning-rate", options.learning_rate, 0.0, kAnyNumber, "Adam's learning rate at epoch 0");
  add_number(app, "--decay", options.decay, 0.0, 1.0, "the rate is multiplied by decay^(epoch / decay-epochs)");
  add_number(app, "--decay-epochs", options.decay_epochs, 1e-9, kAnyNumber, "see --decay");
  add_batch_size(app, options.batch_size);
  add_integer(app, "--epochs", options.epochs, 0, kAnyInt, "most epochs; 0 only computes and writes the embeddings");
  add_integer(app, "--validate-every", options.validate_every, 1, kAnyInt, "epochs between validations");
  add_integer(app, "--patience", options.patience, 1, kAnyInt, "stop at this many validations in a row without a gain");
  add_integer(app, "--validation-users", options.validation_users, 0, kAnyIndex,
              "validate on this many users, drawn once by the seed; 0: all. The figures at the end are of all users");
  add_integer(app, "--max-steps", options.max_steps, 0, kAnyIndex, "end training after this many steps; 0: no limit");
  add_seed(app, options.seed);
  add_path(app, "--init", options.init, "start from these parameters: a safetensors file or an artifact");
  add_flag(app, "--resume", options.resume, "go on from the last checkpoint in OUT.partial");
  add_flag(app, "--force", options.force, "replace the artifact if it exists");
}

void add_model_options(CLI::App& app, models::ModelOptions& options) {
  using models::Collaborative, models::Encoder, models::FeaturesDtype, models::FeaturesLayout, models::Fusion;
  add_integer(app, "--dim", options.dim, 1, kMostDimensions, "width of the embeddings, of each modality");
  add_integer(app, "--layers", options.layers, 0, kMostLayers, "graph layers L");
  add_number(app, "--alpha", options.alpha, 0.0, kLargestFloat, "weight of the self-connection in MeGCN (Eq. 3)");
  add_number(app, "--beta", options.beta, 0.0, 1.0, "share of the target-oriented score (Eq. 6)");
  add_number(app, "--weight-decay", options.weight_decay, 0.0, kLargestFloat, "lambda of the regulariser (Eq. 7)");
  add_choice<Encoder>(app, "--encoder", options.encoder,
                      {{"megcn", Encoder::megcn}, {"lightgcn", Encoder::lightgcn}, {"none", Encoder::none}},
                      "how modalities are propagated");
  add_choice<Fusion>(
      app, "--fusion", options.fusion,
      {{"concat", Fusion::concat}, {"sum", Fusion::sum}, {"weighted_sum", Fusion::weighted_sum}, {"fc", Fusion::fc}},
      "how the modalities' embeddings become one");
  add_choice<Collaborative>(
      app, "--collaborative", options.collaborative,
      {{"none", Collaborative::none}, {"lightgcn", Collaborative::lightgcn}, {"megcn", Collaborative::megcn}},
      "an extra pair of id embeddings, and how it is propagated");
  add_switch(app, "--target-aware", options.target_aware, "target-aware attention (Eq. 4-6)");
  add_switch(app, "--normalize-features", options.normalize_features, "divide projected features by their norm");
  add_switch(app, "--normalize-self", options.normalize_self, "normalised self-connection (the paper's footnote 9)");
  add_switch(app, "--exclude-target", options.exclude_target,
             "leave the positive item out of its own attention in training");
  add_choice<FeaturesDtype>(app, "--features-dtype", options.features_dtype,
                            {{"f32", FeaturesDtype::f32}, {"bf16", FeaturesDtype::bf16}},
                            "how features are kept in memory: bf16 halves them and is faster, with less accuracy");
  add_choice<FeaturesLayout>(app, "--features-layout", options.features_layout,
                             {{"rows", FeaturesLayout::rows}, {"both", FeaturesLayout::both}},
                             "both keeps a transposed copy: faster, for twice the memory");
}

}  // namespace monet::cli
