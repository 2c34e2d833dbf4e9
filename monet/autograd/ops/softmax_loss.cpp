#include "monet/autograd/ops/softmax_loss.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/online_softmax.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace monet::autograd {

namespace {

using kernels::Transpose;

constexpr Index kFewestRows = 32;  // of a worker in a block
constexpr Index kTileRows = 128;   // a tile of products stays in a core's own cache until it is read
constexpr Index kTileKeys = 512;

/// The pairs of each query, in CSR form.
struct Targets {
  Targets(std::span<const QueryTarget> pairs, Index queries) : begin(static_cast<std::size_t>(queries) + 1, 0) {
    for (const QueryTarget& pair : pairs) ++begin[static_cast<std::size_t>(pair.query) + 1];
    for (std::size_t q = 1; q < begin.size(); ++q) begin[q] += begin[q - 1];
    keys.resize(pairs.size());
    std::vector<Index> next(begin.begin(), begin.end() - 1);
    for (const QueryTarget& pair : pairs) {
      keys[static_cast<std::size_t>(next[static_cast<std::size_t>(pair.query)]++)] = pair.key;
    }
  }
  std::span<const std::int32_t> of(Index query) const {
    const auto q = static_cast<std::size_t>(query);
    return std::span(keys).subspan(static_cast<std::size_t>(begin[q]),
                                   static_cast<std::size_t>(begin[q + 1] - begin[q]));
  }
  std::vector<Index> begin;
  std::vector<std::int32_t> keys;
};

struct Problem {
  MatrixView<const float> queries, keys;
  std::span<const float> bias;
  float factor;
  Index competing;  // keys, the first ones
  Targets targets;
  double inverse_pairs;  // 1 / B
};

/// Gradients for a seed of 1; not valid views where none are wanted.
struct Gradients {
  MatrixView<float> queries, keys, bias;
  bool wanted() const { return queries.data != nullptr; }
};

/// One block of queries after the other: their exponentials, each worker some rows, then the keys' gradients, each
/// worker some keys.
class Blocks {
 public:
  Blocks(Tape& tape, const Problem& problem, const Gradients& gradients, Index floats)
      : pool_(tape.pool()),
        problem_(problem),
        gradients_(gradients),
        rows_(block_rows(problem, tape.pool().size(), floats)),
        exponentials_(tape.scratch(rows_, padded(problem.keys.rows))),
        weighted_(tape.scratch(gradients.wanted() ? rows_ : 0, problem.queries.cols)),
        shift_(static_cast<std::size_t>(rows_)),
        sum_(shift_.size()),
        weight_(shift_.size()),
        losses_(static_cast<std::size_t>(problem.queries.rows), 0.0) {}

  double run() {
    for (Index first = 0; first < problem_.queries.rows; first += rows_) {
      const Index count = std::min(rows_, problem_.queries.rows - first);
      share(count, kGrain, [&](Index begin, Index end) {
        for (Index r = begin; r < end; r += kTileRows) fill_rows(first, r, std::min(kTileRows, end - r));
        if (gradients_.wanted()) give_queries(first, begin, end);
      });
      if (!gradients_.wanted()) continue;
      share(problem_.keys.rows, kGrain, [&](Index begin, Index end) { give_keys(first, count, begin, end); });
    }
    double total = 0.0;
    for (const double loss : losses_) total += loss;
    return total * problem_.inverse_pairs;
  }

 private:
  static constexpr Index kGrain = 16;

  /// Rows that begin at a cache line, and not all at one place of the cache.
  static Index padded(Index keys) {
    const Index lines = (keys + kGrain - 1) / kGrain;
    return (lines % 8 == 0 ? lines + 1 : lines) * kGrain;
  }
  static Index block_rows(const Problem& problem, int workers, Index floats) {
    const Index fewest = kFewestRows * workers;
    const Index unit = kGrain * workers;
    const Index most = std::max(fewest, floats / std::max<Index>(problem.keys.rows, 1) / unit * unit);
    // Blocks of one size: a last one of a few rows would be slow.
    const Index rows = problem.queries.rows;
    const Index blocks = std::max<Index>((rows + most - 1) / most, 1);
    return std::min(rows, ((rows + blocks - 1) / blocks + unit - 1) / unit * unit);
  }

  template <class Body>
  void share(Index count, Index grain, Body&& body) {
    if (problem_.queries.rows * problem_.keys.rows * problem_.keys.cols <= detail::kSerialWork) {
      body(Index{0}, count);
      return;
    }
    pool_.for_range(
        count, [&](Index begin, Index end, int) { body(begin, end); }, grain);
  }

  MatrixView<float> rows(Index begin, Index count) {
    return exponentials_.view().row_range(begin, count).columns(0, problem_.keys.rows);
  }

  void fill_rows(Index first, Index begin, Index count) {
    const MatrixView<float> out = rows(begin, count);
    const auto queries = problem_.queries.row_range(first + begin, count);
    const auto at = static_cast<std::size_t>(begin);
    const auto size = static_cast<std::size_t>(count);
    const kernels::SoftmaxState state{std::span(shift_).subspan(at, size), std::span(sum_).subspan(at, size)};
    state.reset();
    for (Index k = 0; k < problem_.keys.rows; k += kTileKeys) {
      const Index wide = std::min(kTileKeys, problem_.keys.rows - k);
      kernels::gemm(Transpose::no, Transpose::yes, queries, problem_.keys.row_range(k, wide), false,
                    out.columns(k, wide));
      const Index competing = std::clamp<Index>(problem_.competing - k, 0, wide);
      const auto bias = problem_.bias.empty()
                            ? problem_.bias
                            : problem_.bias.subspan(static_cast<std::size_t>(k), static_cast<std::size_t>(competing));
      if (competing > 0) kernels::add_softmax_columns(out, k, competing, problem_.factor, bias, state);
      if (competing < wide) fill(out.columns(k + competing, wide - competing), 0.0F);
    }
    for (Index r = 0; r < count; ++r) finish_row(first + begin + r, begin + r);
  }

  // The loss of a query's pairs, and of its exponentials E the numbers E_k − S #{pairs (q, k)} / n, which times n / (B
  // S) are the gradient.
  void finish_row(Index query, Index row) {
    const std::span<const std::int32_t> targets = problem_.targets.of(query);
    const double sum = static_cast<double>(sum_[static_cast<std::size_t>(row)]);
    const auto pairs = static_cast<double>(targets.size());
    const double normaliser = static_cast<double>(shift_[static_cast<std::size_t>(row)]) + std::log(sum);
    float* const exponentials = exponentials_.view().row(row);
    double& loss = losses_[static_cast<std::size_t>(query)];
    for (const std::int32_t key : targets) {
      const float product = detail::dot(problem_.queries.row(query), problem_.keys.row(key), problem_.keys.cols);
      const float bias = problem_.bias.empty() ? 0.0F : problem_.bias[static_cast<std::size_t>(key)];
      loss += normaliser - static_cast<double>(problem_.factor * product + bias);
    }
    for (const std::int32_t key : targets) exponentials[key] -= static_cast<float>(sum / pairs);
    weight_[static_cast<std::size_t>(row)] = static_cast<float>(pairs * problem_.inverse_pairs / sum);
  }

  void give_queries(Index first, Index begin, Index end) {
    const Index count = end - begin;
    const auto out = gradients_.queries.row_range(first + begin, count);
    kernels::gemm(Transpose::no, Transpose::no, rows(begin, count), problem_.keys, false, out);
    for (Index r = 0; r < count; ++r) {
      const float weight = problem_.factor * weight_[static_cast<std::size_t>(begin + r)];
      const float* const query = problem_.queries.row(first + begin + r);
      float* const weighted = weighted_.view().row(begin + r);
      float* const gradient = out.row(r);
      for (Index c = 0; c < out.cols; ++c) {
        gradient[c] *= weight;
        weighted[c] = weight * query[c];
      }
    }
  }

  void give_keys(Index first, Index count, Index begin, Index end) {
    const auto columns = rows(0, count).columns(begin, end - begin);
    kernels::gemm(Transpose::yes, Transpose::no, columns, weighted_.view().row_range(0, count), first > 0,
                  gradients_.keys.row_range(begin, end - begin));
    if (gradients_.bias.data == nullptr) return;
    float* const sums = gradients_.bias.data + begin;
    if (first == 0) std::fill_n(sums, end - begin, 0.0F);
    kernels::add_weighted_column_sums(columns, std::span(weight_).first(static_cast<std::size_t>(count)),
                                      {sums, static_cast<std::size_t>(end - begin)});
  }

  ThreadPool& pool_;
  const Problem& problem_;
  const Gradients& gradients_;
  Index rows_;
  Tape::Scratch exponentials_;
  Tape::Scratch weighted_;  // the block's queries times their weights
  std::vector<float> shift_, sum_, weight_;
  std::vector<double> losses_;
};

void check(const Tape& tape, Var queries, Var keys, Var bias, std::span<const QueryTarget> pairs, Index competing) {
  if (tape.cols(queries) != tape.cols(keys)) {
    fail<InvalidArgument>("[softmax_loss] queries are {} x {}, keys {} x {}", tape.rows(queries), tape.cols(queries),
                          tape.rows(keys), tape.cols(keys));
  }
  if (bias.valid() && (tape.rows(bias) != tape.rows(keys) || tape.cols(bias) != 1)) {
    fail<InvalidArgument>("[softmax_loss] a bias of {} x {} for {} keys", tape.rows(bias), tape.cols(bias),
                          tape.rows(keys));
  }
  if (pairs.empty()) fail<InvalidArgument>("[softmax_loss] no pair of a query and its target");
  for (const auto& [query, key] : pairs) {
    if (query < 0 || query >= tape.rows(queries) || key < 0 || key >= competing) {
      fail<InvalidArgument>("[softmax_loss] a pair of query {} and key {} of {} and {}", query, key, tape.rows(queries),
                            competing);
    }
  }
}

/// A gradient that was made with the value, and where it goes.
struct Kept {
  Var of;
  std::shared_ptr<Tape::Scratch> gradient;
};

}  // namespace

Var softmax_loss(Tape& tape, Var queries, Var keys, Var bias, std::span<const QueryTarget> pairs, float factor,
                 Index floats, Index competing) {
  competing = std::min(competing, tape.rows(keys));
  check(tape, queries, keys, bias, pairs, competing);
  const Var y = bias.valid() ? tape.make(1, 1, {queries, keys, bias}) : tape.make(1, 1, {queries, keys});
  std::vector<Kept> kept;
  Gradients gradients;
  if (tape.needs_grad(y)) {
    const auto memory = [&](Var v) {
      kept.push_back({v, std::make_shared<Tape::Scratch>(tape.scratch(tape.rows(v), tape.cols(v)))});
      return kept.back().gradient->view();
    };
    gradients.queries = memory(queries);
    gradients.keys = memory(keys);
    if (bias.valid() && tape.needs_grad(bias)) gradients.bias = memory(bias);
  }
  Matrix<float> copied;  // a bias whose entries do not follow each other
  Problem problem{tape.value(queries),
                  tape.value(keys),
                  {},
                  factor,
                  competing,
                  Targets(pairs, tape.rows(queries)),
                  1.0 / static_cast<double>(pairs.size())};
  if (bias.valid()) {
    const auto values = tape.value(bias);
    if (!values.contiguous()) copied = Matrix<float>::copy_of(values);
    problem.bias = {values.contiguous() ? values.data : copied.data(), static_cast<std::size_t>(values.rows)};
  }
  tape.mutable_value(y)(0, 0) = static_cast<float>(Blocks(tape, problem, gradients, floats).run());

  tape.on_backward(y, [y, kept = std::move(kept)](Tape& t) {
    if (!t.has_grad(y)) return;
    const float seed = t.grad(y)(0, 0);
    for (const auto& [of, gradient] : kept) {
      if (!t.needs_grad(of)) continue;
      const MatrixView<const float> from = gradient->view();
      detail::give(t, of, from.contiguous(),
                   [&](Index r) { return [row = from.row(r), seed](Index k) { return seed * row[k]; }; });
    }
  });
  return y;
}

}  // namespace monet::autograd
