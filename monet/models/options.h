#pragma once

#include "monet/core/view.h"

#include <vector>

namespace monet::models {

enum class Encoder { megcn, lightgcn, none };
enum class Fusion { concat, sum, weighted_sum, fc };
/// An extra collaborative (id) embedding pair beside the modalities, and how it is propagated.
enum class Collaborative { none, lightgcn, megcn };
enum class FeaturesDtype { f32, bf16 };
/// Which matrix embeddings are propagated by: D^(-1/2) A D^(-1/2), or D⁻¹ (A + I) with D the row sums of A + I.
enum class Adjacency { symmetric, row_self_loops };
/// What the L2 regulariser is taken of, for the users, positives and negatives of a batch of B: half the squared norms
/// of their layer-0 rows over B, of their propagated rows over B, or the un-squared norms of the three gathered
/// matrices over B (MMRec's code).
enum class Regulariser { squared, propagated, norm };
/// How MMGCN joins a node's neighbourhood with itself.
enum class Combination { concat, elementwise };
/// GRCN's routing: as its published code does it (preferences stay as they are) or as its paper says.
enum class Routing { published, paper };
/// MMGCN, or one of the variants of MONET's Section 3: linear propagation (MMGCN-n), without self-connection (-s),
/// layer combination in its place (-s+l), without graph (-GCN).
enum class MmgcnVariant { full, linear, no_self, layer_combination, no_graph };
/// How a batch is drawn: distinct users, an item of each (MONET); or every training interaction once an epoch,
/// shuffled.
enum class Sampling { users, interactions };
/// `both` keeps a transposed copy of the features: a faster weight gradient for twice their memory.
enum class FeaturesLayout { rows, both };

/// Options of a model, named as on the command line. A model reads those that `model_option_names` lists for it. The
/// values here are MONET's defaults (paper §5.1); `default_settings` has those of every model.
struct ModelOptions {
  Index dim = 64;              // d
  int layers = 2;              // L
  float alpha = 1.0F;          // self-connection, Eq. 3
  float beta = 0.3F;           // share of the target-oriented score, Eq. 6
  float weight_decay = 1e-5F;  // lambda, Eq. 7
  Encoder encoder = Encoder::megcn;
  Fusion fusion = Fusion::concat;
  Collaborative collaborative = Collaborative::none;
  bool target_aware = true;
  bool normalize_features = true;              // rows of P_m divided by their L2 norm
  bool normalize_self = false;                 // the paper's footnote 9
  bool exclude_target = false;                 // leave the positive item out of its own attention
  std::vector<Index> layer_widths = {64, 64};  // NGCF: w_1 … w_L
  Adjacency adjacency = Adjacency::symmetric;
  Regulariser regulariser = Regulariser::propagated;
  float dropout = 0.0F;        // NGCF: message dropout
  bool biases = false;         // VBPR: item and visual biases
  Index item_neighbours = 10;  // LATTICE: k of the item-item graphs
  int item_layers = 1;         // LATTICE: layers over the item-item graph
  float lambda_coeff = 0.9F;   // LATTICE: share of the original graph
  Index projection_dim = 64;   // LATTICE: width of projected features
  Index latent_dim = 64;       // MMGCN: width of the image map (256 there); GRCN: width of the content embeddings
  Combination combination = Combination::concat;
  bool trainable_ids = false;  // MMGCN: also train the id and preference tables, which the published code does not
  MmgcnVariant variant = MmgcnVariant::full;
  Routing routing = Routing::published;
  int num_routing = 3;        // GRCN
  bool pruning = true;        // GRCN: negative edge weights become 0
  float preservation = 0.1F;  // MARIO: λ_MP, weight of the modality-preserving loss
  Index neighbours = 0;       // ItemKNN, P3α: similarities kept for each item; 0: all
  double shrink = 0.0;        // ItemKNN
  bool content = false;       // ItemKNN: similarity of features in place of interactions
  FeaturesDtype features_dtype = FeaturesDtype::f32;
  FeaturesLayout features_layout = FeaturesLayout::rows;
};

/// How a model is trained unless told otherwise; named as on the command line (train::TrainOptions).
struct TrainingDefaults {
  double learning_rate = 1e-4;
  double decay = 0.96;
  Index batch_size = 1024;
  int epochs = 1000;
  int validate_every = 5;
  int patience = 11;
  Sampling sampling = Sampling::users;
};

/// The defaults of one model.
struct ModelSettings {
  ModelOptions options;
  TrainingDefaults training;
};

}  // namespace monet::models
