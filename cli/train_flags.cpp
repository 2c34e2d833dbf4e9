#include "cli/train_flags.h"

#include "monet/models/model.h"
#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>

namespace monet::cli {

namespace {

constexpr const char* kModelGroup = "Options of the models (defaults: monet's; docs/models.md has the others')";
constexpr int kAnyInt = std::numeric_limits<int>::max();
constexpr Index kAnyIndex = std::numeric_limits<Index>::max();
constexpr double kAnyNumber = std::numeric_limits<double>::max();
constexpr double kLargestFloat = std::numeric_limits<float>::max();
constexpr Index kMostDimensions = 65536;
constexpr int kMostLayers = 64;
constexpr Index kLargestBatch = Index{1} << 30;

void add_model_name(CLI::App& app, train::TrainOptions& train, models::ModelOptions& options) {
  const std::span<const std::string_view> known = models::model_names();
  const std::vector<std::string> names(known.begin(), known.end());
  add_value(app, "--model", "NAME", fmt::format("model: {}", fmt::join(names, ", ")),
            [&train, &options, names](const std::string& text) {
              if (std::find(names.begin(), names.end(), text) == names.end()) fail_choice("--model", text, names);
              train.model = text;
              // Registered first, so that options given beside it are parsed later and stay.
              const models::ModelSettings settings = models::default_settings(text);
              train.use(settings.training);
              options = settings.options;
            })
      ->default_str(train.model);
}

/// "64,64" → widths.
std::vector<Index> parse_widths(const std::string& text) {
  std::vector<Index> widths;
  for (const std::string& part : split_list(text)) {
    widths.push_back(parse_integer("--layer-widths", part, 1, kMostDimensions));
  }
  if (widths.empty()) fail<UsageError>("--layer-widths: '{}' holds no width; give one for each layer, as 64,64", text);
  return widths;
}

void add_batch_size(CLI::App& app, Index& target) {
  add_value(app, "--batch-size", "N|auto", "triples per step; auto bounds the steps of an epoch and scales the rate",
            [&target](const std::string& text) {
              target = text == "auto" ? 0 : parse_integer("--batch-size", text, 1, kLargestBatch);
            })
      ->default_str(fmt::format("{}", target));
}

}  // namespace

void add_schedule_options(CLI::App& app, train::TrainOptions& options) {
  using models::Sampling;
  add_number(app, "--learning-rate", options.learning_rate, 0.0, kAnyNumber, "Adam's learning rate at epoch 0");
  add_number(app, "--decay", options.decay, 0.0, 1.0, "the rate is multiplied by decay^(epoch / decay-epochs)");
  add_number(app, "--decay-epochs", options.decay_epochs, 1e-9, kAnyNumber, "see --decay");
  add_choice<Sampling>(app, "--sampling", options.sampling,
                       {{"users", Sampling::users}, {"interactions", Sampling::interactions}},
                       "a step draws distinct users and an item of each, or an epoch passes over every interaction");
  add_batch_size(app, options.batch_size);
  add_integer(app, "--epochs", options.epochs, 0, kAnyInt, "most epochs; 0 only computes and writes the embeddings");
  add_integer(app, "--validate-every", options.validate_every, 1, kAnyInt, "epochs between validations");
  add_integer(app, "--patience", options.patience, 1, kAnyInt, "stop at this many validations in a row without a gain");
  add_integer(app, "--validation-users", options.validation_users, 0, kAnyIndex,
              "validate on this many users, drawn once by the seed; 0: all. The figures at the end are of all users");
  add_integer(app, "--max-steps", options.max_steps, 0, kAnyIndex, "end training after this many steps; 0: no limit");
}

void add_train_options(CLI::App& app, train::TrainOptions& options, models::ModelOptions& model) {
  add_model_name(app, options, model);
  add_schedule_options(app, options);
  add_number(app, "--max-minutes", options.max_minutes, 0.0, kAnyNumber,
             "end training after this wall time, keeping the best parameters so far; 0: no limit");
  add_seed(app, options.seed);
  add_path(app, "--init", options.init, "start from these parameters: a safetensors file or an artifact");
  add_flag(app, "--resume", options.resume, "go on from the last checkpoint in OUT.partial");
  add_flag(app, "--force", options.force, "replace the artifact if it exists");
}

namespace {

/// What several models share.
void add_common_options(CLI::App& app, models::ModelOptions& options) {
  using models::Adjacency, models::FeaturesDtype, models::FeaturesLayout, models::Regulariser;
  add_integer(app, "--dim", options.dim, 1, kMostDimensions, "width of the embeddings, of each modality");
  add_integer(app, "--layers", options.layers, 0, kMostLayers, "graph layers L");
  add_number(app, "--weight-decay", options.weight_decay, 0.0, kLargestFloat, "lambda of the regulariser");
  add_choice<Regulariser>(
      app, "--regulariser", options.regulariser,
      {{"squared", Regulariser::squared}, {"propagated", Regulariser::propagated}, {"norm", Regulariser::norm}},
      "norms of the batch's rows: of layer 0, of the final embeddings, or un-squared");
  add_choice<Adjacency>(app, "--adjacency", options.adjacency,
                        {{"symmetric", Adjacency::symmetric}, {"row-self-loops", Adjacency::row_self_loops}},
                        "the matrix that embeddings are propagated by");
  add_choice<FeaturesDtype>(app, "--features-dtype", options.features_dtype,
                            {{"f32", FeaturesDtype::f32}, {"bf16", FeaturesDtype::bf16}},
                            "how features are kept in memory: bf16 halves them and is faster, with less accuracy");
  add_choice<FeaturesLayout>(app, "--features-layout", options.features_layout,
                             {{"rows", FeaturesLayout::rows}, {"both", FeaturesLayout::both}},
                             "both keeps a transposed copy: faster, for twice the memory");
}

void add_monet_options(CLI::App& app, models::ModelOptions& options) {
  using models::Collaborative, models::Encoder, models::Fusion;
  add_number(app, "--alpha", options.alpha, 0.0, kLargestFloat, "monet: weight of the self-connection (Eq. 3)");
  add_number(app, "--beta", options.beta, 0.0, 1.0, "monet: share of the target-oriented score (Eq. 6)");
  add_choice<Encoder>(app, "--encoder", options.encoder,
                      {{"megcn", Encoder::megcn}, {"lightgcn", Encoder::lightgcn}, {"none", Encoder::none}},
                      "monet: how modalities are propagated");
  add_choice<Fusion>(
      app, "--fusion", options.fusion,
      {{"concat", Fusion::concat}, {"sum", Fusion::sum}, {"weighted_sum", Fusion::weighted_sum}, {"fc", Fusion::fc}},
      "monet: how the modalities' embeddings become one");
  add_choice<Collaborative>(
      app, "--collaborative", options.collaborative,
      {{"none", Collaborative::none}, {"lightgcn", Collaborative::lightgcn}, {"megcn", Collaborative::megcn}},
      "monet: an extra pair of id embeddings, and how it is propagated");
  add_switch(app, "--target-aware", options.target_aware, "monet: target-aware attention (Eq. 4-6)");
  add_switch(app, "--normalize-features", options.normalize_features, "monet: divide projected features by their norm");
  add_switch(app, "--normalize-self", options.normalize_self,
             "monet: normalised self-connection (the paper's footnote 9)");
  add_switch(app, "--exclude-target", options.exclude_target,
             "monet: leave the positive item out of its own attention in training");
}

void add_other_options(CLI::App& app, models::ModelOptions& options) {
  using models::Combination, models::MmgcnVariant, models::Routing;
  add_value(app, "--layer-widths", "N,N,…", "ngcf: widths of the layers", [&options](const std::string& text) {
    options.layer_widths = parse_widths(text);
  })->default_str(fmt::format("{}", fmt::join(options.layer_widths, ",")));
  add_number(app, "--dropout", options.dropout, 0.0, 0.99, "ngcf: message dropout");
  add_switch(app, "--biases", options.biases, "vbpr: item and visual biases");
  add_integer(app, "--item-neighbours", options.item_neighbours, 1, kAnyIndex, "lattice: k of the item-item graphs");
  add_integer(app, "--item-layers", options.item_layers, 0, kMostLayers, "lattice: layers over the item-item graph");
  add_number(app, "--lambda-coeff", options.lambda_coeff, 0.0, 1.0, "lattice: share of the graph of raw features");
  add_integer(app, "--projection-dim", options.projection_dim, 1, kMostDimensions,
              "lattice: width of the projected features");
  add_integer(app, "--latent-dim", options.latent_dim, 1, kMostDimensions,
              "mmgcn: width of the image map; grcn: width of the content embeddings");
  add_choice<Combination>(app, "--combination", options.combination,
                          {{"concat", Combination::concat}, {"elementwise", Combination::elementwise}},
                          "mmgcn: how a node's neighbourhood joins its own representation");
  add_switch(app, "--trainable-ids", options.trainable_ids,
             "mmgcn: train the id and preference tables too, which the published code does not");
  add_choice<MmgcnVariant>(app, "--variant", options.variant,
                           {{"full", MmgcnVariant::full},
                            {"linear", MmgcnVariant::linear},
                            {"no-self", MmgcnVariant::no_self},
                            {"layer-combination", MmgcnVariant::layer_combination},
                            {"no-graph", MmgcnVariant::no_graph}},
                           "mmgcn: the variants of the paper's Section 3");
  add_choice<Routing>(app, "--routing", options.routing, {{"published", Routing::published}, {"paper", Routing::paper}},
                      "grcn: as the published code routes, or as the paper says");
  add_integer(app, "--num-routing", options.num_routing, 0, kMostLayers, "grcn: routing steps");
  add_switch(app, "--pruning", options.pruning, "grcn: negative edge weights become 0");
  add_number(app, "--preservation", options.preservation, 0.0, kLargestFloat,
             "mario: weight of the modality-preserving loss");
  add_integer(app, "--neighbours", options.neighbours, 0, kAnyIndex,
              "itemknn, p3alpha: similar items kept for each item; 0: all");
  add_number(app, "--shrink", options.shrink, 0.0, kAnyNumber, "itemknn: added to the denominator of the cosine");
  add_switch(app, "--content", options.content, "itemknn: items are as similar as their features, not their users");
}

}  // namespace

void add_model_options(CLI::App& app, models::ModelOptions& options) {
  const std::string before = app.option_defaults()->get_group();
  app.option_defaults()->group(kModelGroup);
  add_common_options(app, options);
  add_monet_options(app, options);
  add_other_options(app, options);
  app.option_defaults()->group(before);
}

void require_options_of(const CLI::App& app, std::string_view model) {
  const auto known = models::model_option_names(model);
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group() != kModelGroup || option->count() == 0) continue;
    const std::string name = option->get_lnames().front();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (known.empty()) fail<UsageError>("--{}: model {} has no options of its own", name, model);
    fail<UsageError>("--{}: model {} does not use it; it has --{}", name, model, fmt::join(known, ", --"));
  }
}

}  // namespace monet::cli
