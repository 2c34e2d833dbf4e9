#pragma once

#include "tests/rank/problem.h"

#include <memory>
#include <utility>
#include <vector>

namespace monet::testing {

/// Random parts of every kind over the histories of the first, and blends of them.
class BlendProblem {
 public:
  BlendProblem(Index users, Index items, const std::vector<Index>& degrees)
      : attentive_(users, items, 8, 0.6, degrees),
        dot_(users, items, 5, 0.8, degrees, 0.0F, scoring::ScoreKind::dot),
        pairwise_(users, items, 6, 0.7, degrees, 0.0F, scoring::ScoreKind::pairwise),
        weight_(4, 3) {
    Rng rng(3, static_cast<std::uint64_t>(items));
    for (Index i = 0; i < weight_.size(); ++i) weight_.data()[i] = static_cast<float>(rng.normal());
    for (Index j = 0; j < 4; ++j) {
      bias_.push_back(static_cast<float>(rng.normal()));
      vector_.push_back(static_cast<float>(rng.normal()));
    }
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (std::int32_t a = 0; a < items; ++a) {
      prior_.push_back(static_cast<float>(rng.normal()));
      for (std::int32_t b = 0; b < items; ++b) {
        if (rng.uniform() < 0.2) pairs.emplace_back(a, b);  // most items are similar to none of a history
      }
    }
    similarity_ = Csr::from_pairs(items, items, pairs);
    for (Index e = 0; e < similarity_.nnz(); ++e) values_.push_back(static_cast<float>(rng.uniform()));

    for (Problem* problem : {&dot_, &pairwise_}) share_history(problem->scoring);
    dot_.scoring.item_prior = prior_;
    pairwise_.scoring.attention = {weight_, bias_, vector_};
    by_items_.kind = scoring::ScoreKind::item_similarity;
    share_history(by_items_);
    by_items_.similarity = similarity_;
    by_items_.similarity_values = values_;
  }
  BlendProblem(const BlendProblem&) = delete;
  BlendProblem& operator=(const BlendProblem&) = delete;

  const scoring::Scoring& attentive() const { return attentive_.scoring; }  // kind target_aware
  const scoring::Scoring& dot() const { return dot_.scoring; }              // with a prior
  const scoring::Scoring& pairwise() const { return pairwise_.scoring; }
  const scoring::Scoring& by_items() const { return by_items_; }  // kind item_similarity
  std::vector<std::int32_t> all_users() const { return attentive_.all_users(); }

  scoring::Scoring blend(const std::vector<scoring::Scoring>& parts, const std::vector<double>& weights,
                         scoring::BlendBy by) const {
    scoring::Scoring blend;
    blend.kind = scoring::ScoreKind::blend;
    share_history(blend);
    blend.parts = parts;
    blend.weights = weights;
    blend.blend_by = by;
    return blend;
  }
  /// Of every pair of kinds and of three, each way.
  std::vector<scoring::Scoring> blends() const {
    std::vector<scoring::Scoring> all;
    for (const auto by : {scoring::BlendBy::zscore, scoring::BlendBy::rank}) {
      all.push_back(blend({attentive(), by_items()}, {0.3, 0.7}, by));
      all.push_back(blend({dot(), pairwise()}, {0.5, 0.5}, by));
      all.push_back(blend({by_items(), dot(), attentive()}, {0.2, 0.5, 0.3}, by));
    }
    return all;
  }

 private:
  void share_history(scoring::Scoring& scoring) const {
    scoring.history = attentive_.history;
    scoring.item_popularity = attentive_.popularity;
  }

  Problem attentive_, dot_, pairwise_;
  Matrix<float> weight_;
  std::vector<float> bias_, vector_, prior_, values_;
  Csr similarity_;
  scoring::Scoring by_items_;
};

}  // namespace monet::testing
