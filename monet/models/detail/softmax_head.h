#pragma once

#include "monet/autograd/ops/softmax_loss.h"
#include "monet/autograd/tape.h"
#include "monet/graph/bipartite.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace monet::models::detail {

/// What a model's options of the softmax loss are, and how its embeddings are made of blocks.
struct SoftmaxOptions {
  ScoreSimilarity similarity = ScoreSimilarity::dot;
  float temperature = 0.2F;
  bool item_bias = false;
  Index candidates = 0;  // shared negatives of a step; 0: all items compete
  Denominator denominator = Denominator::trained;
  Index blocks = 1;  // of columns that have cosines of their own
  SoftmaxDtype dtype = SoftmaxDtype::automatic;
};

template <class O>
SoftmaxOptions softmax_options(const O& options, Index blocks) {
  return {options.similarity,   options.temperature, options.item_bias,
          options.candidates,   options.denominator, options.similarity == ScoreSimilarity::branch_cosine ? blocks : 1,
          options.softmax_dtype};
}

/// What the loss's products are made of where one of them has that many multiplications. Where they are few `automatic`
/// keeps the digits of float32.
autograd::SoftmaxProducts products_of(SoftmaxDtype dtype, Index multiplications);

void fail_without_softmax(std::string_view model, std::string_view option);
/// Throws InvalidArgument, beginning with "[model]", where options of the softmax loss are set and the loss is another.
template <class O>
void require_softmax(std::string_view model, const O& options) {
  if (options.loss == RankingLossKind::softmax) return;
  fail_without_softmax(model, options.similarity != ScoreSimilarity::dot         ? "similarity"
                              : options.item_bias                                ? "item-bias"
                              : options.candidates != 0                          ? "candidates"
                              : options.denominator != Denominator{}             ? "denominator"
                              : options.softmax_dtype != SoftmaxDtype::automatic ? "softmax-dtype"
                                                                                 : "");
}

/// The end of a model that is trained by a softmax over items: which of them compete, the loss, and scores. A logit is
/// ℓ_ui = s(e_u, e_i) / τ + b_i with s the dot product, the cosine, or the mean cosine of blocks of columns.
///
/// Items without training interactions take no part unless `denominator` says every: their bias is then the median of
/// the others'. Parameter `item_bias` [I, 1], from 0.
class SoftmaxHead {
 public:
  /// `graph` must outlive this; adds the bias to `parameters`.
  SoftmaxHead(const SoftmaxOptions& options, const graph::Bipartite& graph, ParameterSet& parameters);

  /// Items that a step's rows compete for, ascending; kept until the next call. All that take part, or the batch's
  /// positives and as many shared negatives as options say, drawn from those that take part by the batch's seed.
  std::span<const std::int32_t> choose(const Batch& batch);
  /// All items that take part compete in every step.
  bool all() const { return options_.candidates == 0; }
  /// Whether an item takes part.
  bool takes_part(Index item) const;

  /// mean_b [logsumexp_k ℓ_{u_b k} − ℓ_{u_b i_b}] over the items that `choose` returned → [1, 1]. `users` [U, D],
  /// `items` [I, D]; only the rows of the batch's users and of the candidates are read.
  autograd::Var loss(autograd::Tape& tape, autograd::Var users, autograd::Var items, const Batch& batch);

  /// An output of kind dot whose scores are logits: embeddings over √τ on either side, of blocks of one length where
  /// they are cosines (`derived.user_norm`, `derived.user_length` say what they were), and the bias as item_prior.
  void score(Output& out, autograd::Tape& tape, autograd::Var users, autograd::Var items, Detail detail) const;

  /// What cosines do to the rows of new items, and their bias.
  void describe(scoring::NewItemMap& map) const;
  /// What `item_foldin` is multiplied by to go with the embeddings of `score`.
  float foldin_factor() const;
  std::span<const double> popularity_weights() const;
  /// The products of the loss for rows of `width`.
  StepWork step_work(const Batch& batch, Index width) const;

 private:
  bool cosine() const { return options_.similarity != ScoreSimilarity::dot; }
  std::vector<float> prior() const;
  /// The bias of an item that takes no part.
  float median_bias() const;
  /// Makes `out` those that compete.
  void choose_into(const Batch& batch, std::vector<std::int32_t>& out) const;

  SoftmaxOptions options_;
  const graph::Bipartite* graph_;
  Parameter* bias_ = nullptr;
  std::vector<std::int32_t> taking_part_;  // ascending
  std::vector<std::int32_t> candidates_;
};

/// Bytes of a step's loss beyond the model's own: blocks of exponentials, rows and gradients of candidates [I, width].
std::size_t softmax_bytes(const data::Dataset& dataset, Index width);

/// Makes rows of items that have no training interactions zero.
void clear_new_items(Parameter& table, const graph::Bipartite& graph);

}  // namespace monet::models::detail
