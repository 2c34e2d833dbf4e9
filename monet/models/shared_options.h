#pragma once

#include "monet/core/options.h"
#include "monet/core/view.h"

#include <limits>
#include <string>

namespace monet::models {

/// Options that several models have, with the words and the help that they share.

enum class FeaturesDtype { f32, bf16 };
/// `both` keeps a transposed copy of the features: a faster weight gradient for twice their memory.
enum class FeaturesLayout { rows, both };
/// Which matrix embeddings are propagated by: D^(-1/2) A D^(-1/2), or D⁻¹ (A + I) with D the row sums of A + I.
enum class Adjacency { symmetric, row_self_loops };
/// What the L2 regulariser is taken of, for the users, positives and negatives of a batch of B: half the squared norms
/// of their layer-0 rows over B, of their propagated rows over B, or the un-squared norms of the three gathered
/// matrices over B (MMRec's code).
enum class Regulariser { squared, propagated, norm };

/// What a model is trained by: Bayesian personalised ranking of triples, or the softmax over items.
enum class RankingLossKind { bpr, softmax };
/// What a logit of the softmax loss is made of: e_u·e_i, the cosine of the rows, or the mean of the cosines of the
/// rows' branches (modalities and ids, side by side).
enum class ScoreSimilarity { dot, cosine, branch_cosine };
/// Which items a positive competes with: those with training interactions, or every one.
enum class Denominator { trained, every };
/// What the products of the softmax loss are made of. `automatic`: bfloat16 where the processor multiplies it and there
/// is enough to multiply, float32 elsewhere.
enum class SoftmaxDtype { f32, bf16, automatic };

namespace describe {

inline constexpr double kMostDimensions = 65536;
inline constexpr double kMostLayers = 64;
inline constexpr double kLargestFloat = std::numeric_limits<float>::max();

template <class O>
void dim(OptionSet<O>& set, Index O::*member, std::string help = "width of the embeddings") {
  set.whole("dim", member, 1, kMostDimensions, std::move(help));
}
template <class O>
void layers(OptionSet<O>& set, int O::*member) {
  set.whole("layers", member, 0, kMostLayers, "graph layers L");
}
template <class O>
void weight_decay(OptionSet<O>& set, float O::*member) {
  set.number("weight-decay", member, 0, kLargestFloat, "lambda of the regulariser");
}
template <class O>
void regulariser(OptionSet<O>& set, Regulariser O::*member) {
  set.template word<Regulariser>(
      "regulariser", member,
      {{"squared", Regulariser::squared}, {"propagated", Regulariser::propagated}, {"norm", Regulariser::norm}},
      "norms of the batch's rows: of layer 0, of the final embeddings, or un-squared");
}
template <class O>
void adjacency(OptionSet<O>& set, Adjacency O::*member) {
  set.template word<Adjacency>("adjacency", member,
                               {{"symmetric", Adjacency::symmetric}, {"row-self-loops", Adjacency::row_self_loops}},
                               "the matrix that embeddings are propagated by");
}
template <class O>
void features(OptionSet<O>& set, FeaturesDtype O::*dtype, FeaturesLayout O::*layout) {
  set.template word<FeaturesDtype>(
      "features-dtype", dtype, {{"f32", FeaturesDtype::f32}, {"bf16", FeaturesDtype::bf16}},
      "how features are kept in memory: bf16 halves them and is faster, with less accuracy");
  set.template word<FeaturesLayout>("features-layout", layout,
                                    {{"rows", FeaturesLayout::rows}, {"both", FeaturesLayout::both}},
                                    "both keeps a transposed copy: faster, for twice the memory");
}
/// `loss` and what belongs to the softmax: members `loss`, `similarity`, `temperature`, `item_bias`, `candidates`,
/// `denominator`, `softmax_dtype` of O.
template <class O>
void softmax(OptionSet<O>& set) {
  set.template word<RankingLossKind>("loss", &O::loss,
                                     {{"bpr", RankingLossKind::bpr}, {"softmax", RankingLossKind::softmax}},
                                     "pairs of an item and a negative one, or softmax over all items");
  set.template word<ScoreSimilarity>(
      "similarity", &O::similarity,
      {{"dot", ScoreSimilarity::dot},
       {"cosine", ScoreSimilarity::cosine},
       {"branch-cosine", ScoreSimilarity::branch_cosine}},
      "softmax: what scores are made of; the cosine of whole rows, or the mean cosine of their branches");
  set.number("temperature", &O::temperature, 1e-3, 1e3, "softmax: similarities are divided by it");
  set.toggle("item-bias", &O::item_bias, "softmax: a trained number for each item, added to its score");
  set.whole("candidates", &O::candidates, 1, OptionInfo::kAny,
            "softmax: all items compete, or the batch's positives and this many others, drawn anew each step", "all");
  set.template word<Denominator>("denominator", &O::denominator,
                                 {{"trained", Denominator::trained}, {"every", Denominator::every}},
                                 "softmax: items with training interactions compete, or every item");
  set.template word<SoftmaxDtype>(
      "softmax-dtype", &O::softmax_dtype,
      {{"auto", SoftmaxDtype::automatic}, {"f32", SoftmaxDtype::f32}, {"bf16", SoftmaxDtype::bf16}},
      "softmax: what its products are made of; auto: bf16 where the processor multiplies it");
}
template <class O>
void item_neighbours(OptionSet<O>& set, Index O::*member) {
  set.whole("item-neighbours", member, 1, OptionInfo::kAny, "k of the graph of similar items, the item itself counted");
}
template <class O>
void item_layers(OptionSet<O>& set, int O::*member) {
  set.whole("item-layers", member, 1, kMostLayers, "layers over the graph of similar items");
}
template <class O>
void contrastive_weight(OptionSet<O>& set, float O::*member, std::string help) {
  set.number("contrastive-weight", member, 0, kLargestFloat, std::move(help));
}
template <class O>
void neighbours(OptionSet<O>& set, Index O::*member) {
  set.whole("neighbours", member, 0, OptionInfo::kAny, "similar items kept for each item; 0: all");
}

}  // namespace describe

}  // namespace monet::models
