#include "monet/models/detail/item_graphs.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/degree_normalize.h"
#include "monet/autograd/ops/entry_values.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/scale.h"
#include "monet/autograd/ops/spmm.h"
#include "monet/autograd/ops/weighted_sum.h"
#include "monet/graph/knn.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace monet::models::detail {

using autograd::DegreeNormalization;
using autograd::PatternPtr;
using autograd::Tape;
using autograd::Var;

namespace {

PatternPtr shared(Csr&& pattern) {
  return std::make_shared<const autograd::SparsePattern>(std::move(pattern));
}

}  // namespace

ItemGraphs::ItemGraphs(ThreadPool& pool, std::span<const MatrixView<const float>> features, Index neighbours,
                       float lambda_coeff)
    : neighbours_(neighbours), lambda_coeff_(lambda_coeff) {
  for (const MatrixView<const float>& x : features) {
    graph::KnnGraph knn = graph::cosine_neighbours(pool, x, {neighbours_, false});
    const PatternPtr pattern = shared(std::move(knn.pattern));
    Tape tape(pool);
    const Var cosines = tape.constant({knn.similarities.data(), pattern->nnz(), 1});
    const Var values = autograd::degree_normalize(tape, pattern, cosines, DegreeNormalization::symmetric);
    original_.push_back({pattern, Matrix<float>::copy_of(tape.value(values))});
  }
}

ItemGraphs::Mixed ItemGraphs::mix(Tape& tape, std::span<const Var> projected, Var modal_weight) const {
  const std::size_t count = original_.size();
  std::vector<PatternPtr> patterns;
  std::vector<Var> cosines;
  for (const Var z : projected) {
    graph::KnnGraph knn = graph::cosine_neighbours(tape.pool(), tape.value(z), {neighbours_, false});
    patterns.push_back(shared(std::move(knn.pattern)));
    const Var unit = autograd::normalize_rows(tape, z);
    cosines.push_back(autograd::sampled_dot(tape, patterns.back(), unit, unit));
  }
  for (const ItemMatrix& matrix : original_) patterns.push_back(matrix.pattern);
  const autograd::PatternUnion united = autograd::unite(patterns);
  std::vector<Var> learned, original;
  for (std::size_t m = 0; m < count; ++m) {
    learned.push_back(autograd::spread_values(tape, united, m, cosines[m]));
    original.push_back(autograd::spread_values(tape, united, count + m, tape.constant(original_[m].values.view())));
  }
  const Var part_learned = autograd::degree_normalize(
      tape, united.pattern, autograd::weighted_sum(tape, learned, modal_weight), DegreeNormalization::symmetric);
  const Var part_original = autograd::weighted_sum(tape, original, modal_weight);
  return {united.pattern, autograd::add(tape, autograd::scale(tape, part_learned, 1.0F - lambda_coeff_),
                                        autograd::scale(tape, part_original, lambda_coeff_))};
}

}  // namespace monet::models::detail
