#include "monet/autograd/ops/softmax_loss.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/online_softmax.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

using kernels::BFloat16;
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

/// Scratch of a tape as a matrix of either precision.
template <class T>
class Memory {
 public:
  Memory(Tape& tape, Index rows, Index cols)
      : floats_(tape.scratch(rows, std::is_same_v<T, float> ? cols : (cols + 1) / 2)), rows_(rows), cols_(cols) {}

  MatrixView<T> view() {
    if constexpr (std::is_same_v<T, float>) {
      return floats_.view();
    } else {
      return detail::as_bfloat16(floats_.view(), rows_, cols_);
    }
  }

 private:
  Tape::Scratch floats_;
  Index rows_, cols_;
};

void narrow(MatrixView<const float> from, MatrixView<float> to) {
  copy(from, to);
}
void narrow(MatrixView<const float> from, MatrixView<BFloat16> to) {
  kernels::to_bfloat16(from, to);
}
template <class T>
void scale(MatrixView<T> row, float factor) {
  for (Index c = 0; c < row.cols; ++c) {
    const float scaled = factor * kernels::to_float32(row(0, c));
    narrow({&scaled, 1, 1}, row.columns(c, 1));
  }
}

/// One block of queries after the other: their exponentials, each worker some rows, then the keys' gradients, each
/// worker some keys. Products are made of numbers T.
template <class T>
class Blocks {
 public:
  Blocks(Tape& tape, const Problem& problem, const Gradients& gradients, Index floats)
      : pool_(tape.pool()),
        problem_(problem),
        gradients_(gradients),
        rows_(block_rows(problem, tape.pool().size(), floats)),
        exponentials_(tape, rows_, padded(problem.keys.rows)),
        weighted_(tape, gradients.wanted() ? rows_ : 0, problem.queries.cols),
        shift_(static_cast<std::size_t>(rows_)),
        sum_(shift_.size()),
        weight_(shift_.size()),
        losses_(static_cast<std::size_t>(problem.queries.rows), 0.0) {
    if constexpr (kNarrow) {
      const Index workers = tape.pool().size();
      keys_.emplace(tape, problem.keys.rows, problem.keys.cols);
      queries_.emplace(tape, rows_, problem.queries.cols);
      tiles_.emplace(tape.scratch(workers * kTileRows, kTileKeys));
      shifts_before_.resize(static_cast<std::size_t>(workers * kTileRows));
    }
  }

  double run() {
    if constexpr (kNarrow) {
      share(problem_.keys.rows, kGrain, [&](Index begin, Index end, int) {
        narrow(problem_.keys.row_range(begin, end - begin), keys_->view().row_range(begin, end - begin));
      });
    }
    for (Index first = 0; first < problem_.queries.rows; first += rows_) {
      const Index count = std::min(rows_, problem_.queries.rows - first);
      share(count, kGrain, [&](Index begin, Index end, int worker) {
        for (Index r = begin; r < end; r += kTileRows) fill_rows(first, r, std::min(kTileRows, end - r), worker);
        if (gradients_.wanted()) give_queries(first, begin, end);
      });
      if (!gradients_.wanted()) continue;
      share(problem_.keys.rows, kGrain, [&](Index begin, Index end, int) { give_keys(first, count, begin, end); });
    }
    double total = 0.0;
    for (const double loss : losses_) total += loss;
    return total * problem_.inverse_pairs;
  }

 private:
  static constexpr bool kNarrow = !std::is_same_v<T, float>;
  static constexpr Index kGrain = 16;

  /// Rows that begin at a cache line, and not all at one place of the cache.
  static Index padded(Index keys) {
    constexpr Index kLine = 64 / static_cast<Index>(sizeof(T));
    const Index lines = (keys + kLine - 1) / kLine;
    return (lines % 8 == 0 ? lines + 1 : lines) * kLine;
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
      body(Index{0}, count, 0);
      return;
    }
    pool_.for_range(count, std::forward<Body>(body), grain);
  }

  MatrixView<T> rows(Index begin, Index count) {
    return exponentials_.view().row_range(begin, count).columns(0, problem_.keys.rows);
  }
  MatrixView<const T> keys(Index begin, Index count) {
    if constexpr (kNarrow) {
      return keys_->view().row_range(begin, count);
    } else {
      return problem_.keys.row_range(begin, count);
    }
  }
  /// The queries of a block's rows.
  MatrixView<const T> queries(Index first, Index begin, Index count) {
    const MatrixView<const float> from = problem_.queries.row_range(first + begin, count);
    if constexpr (kNarrow) {
      const auto to = queries_->view().row_range(begin, count);
      narrow(from, to);
      return to;
    } else {
      return from;
    }
  }

  void fill_rows(Index first, Index begin, Index count, int worker) {
    const MatrixView<T> out = rows(begin, count);
    const MatrixView<const T> of = queries(first, begin, count);
    const auto at = static_cast<std::size_t>(begin);
    const auto size = static_cast<std::size_t>(count);
    const kernels::SoftmaxState state{std::span(shift_).subspan(at, size), std::span(sum_).subspan(at, size)};
    state.reset();
    for (Index k = 0; k < problem_.keys.rows; k += kTileKeys) {
      const Index wide = std::min(kTileKeys, problem_.keys.rows - k);
      const Index competing = std::clamp<Index>(problem_.competing - k, 0, wide);
      const auto bias = problem_.bias.empty()
                            ? problem_.bias
                            : problem_.bias.subspan(static_cast<std::size_t>(k), static_cast<std::size_t>(competing));
      if (competing > 0) add_tile(of, k, competing, bias, state, out, worker);
      if (competing < wide) fill(out.columns(k + competing, wide - competing), T{0});
    }
    for (Index r = 0; r < count; ++r) finish_row(first + begin + r, begin + r);
  }

  /// The exponentials of the keys [k, k + count).
  void add_tile(MatrixView<const T> of, Index k, Index count, std::span<const float> bias,
                const kernels::SoftmaxState& state, MatrixView<T> out, [[maybe_unused]] int worker) {
    if constexpr (!kNarrow) {
      kernels::gemm(Transpose::no, Transpose::yes, of, keys(k, count), false, out.columns(k, count));
      kernels::add_softmax_columns(out, k, count, problem_.factor, bias, state);
    } else {
      const auto tile = tiles_->view().row_range(worker * kTileRows, of.rows).columns(0, count);
      const auto before = std::span(shifts_before_)
                              .subspan(static_cast<std::size_t>(worker * kTileRows), static_cast<std::size_t>(of.rows));
      std::copy(state.shift.begin(), state.shift.end(), before.begin());
      kernels::gemm(Transpose::no, Transpose::yes, of, keys(k, count), false, tile);
      kernels::add_softmax_columns(tile, 0, count, problem_.factor, bias, state);
      for (Index r = 0; k > 0 && r < of.rows; ++r) {
        const float moved = before[static_cast<std::size_t>(r)] - state.shift[static_cast<std::size_t>(r)];
        if (moved != 0.0F) scale(out.row_range(r, 1).columns(0, k), std::exp(moved));
      }
      narrow(tile, out.columns(k, count));
    }
  }

  // The loss of a query's pairs, and of its exponentials E the numbers E_k − S #{pairs (q, k)} / n, which times n / (B
  // S) are the gradient.
  void finish_row(Index query, Index row) {
    const std::span<const std::int32_t> targets = problem_.targets.of(query);
    const double sum = static_cast<double>(sum_[static_cast<std::size_t>(row)]);
    const auto pairs = static_cast<double>(targets.size());
    const double normaliser = static_cast<double>(shift_[static_cast<std::size_t>(row)]) + std::log(sum);
    const MatrixView<T> exponentials = exponentials_.view().row_range(row, 1);
    double& loss = losses_[static_cast<std::size_t>(query)];
    for (const std::int32_t key : targets) {
      const float product = detail::dot(problem_.queries.row(query), problem_.keys.row(key), problem_.keys.cols);
      const float bias = problem_.bias.empty() ? 0.0F : problem_.bias[static_cast<std::size_t>(key)];
      loss += normaliser - static_cast<double>(problem_.factor * product + bias);
    }
    for (const std::int32_t key : targets) {
      const float less = kernels::to_float32(exponentials(0, key)) - static_cast<float>(sum / pairs);
      narrow({&less, 1, 1}, exponentials.columns(key, 1));
    }
    weight_[static_cast<std::size_t>(row)] = static_cast<float>(pairs * problem_.inverse_pairs / sum);
  }

  void give_queries(Index first, Index begin, Index end) {
    const Index count = end - begin;
    const auto out = gradients_.queries.row_range(first + begin, count);
    kernels::gemm(Transpose::no, Transpose::no, MatrixView<const T>(rows(begin, count)), keys(0, problem_.keys.rows),
                  false, out);
    std::vector<float> weighted(static_cast<std::size_t>(out.cols));
    for (Index r = 0; r < count; ++r) {
      const float weight = problem_.factor * weight_[static_cast<std::size_t>(begin + r)];
      const float* const query = problem_.queries.row(first + begin + r);
      float* const gradient = out.row(r);
      for (Index c = 0; c < out.cols; ++c) {
        gradient[c] *= weight;
        weighted[static_cast<std::size_t>(c)] = weight * query[c];
      }
      narrow({weighted.data(), 1, out.cols}, weighted_.view().row_range(begin + r, 1));
    }
  }

  void give_keys(Index first, Index count, Index begin, Index end) {
    const MatrixView<const T> columns = rows(0, count).columns(begin, end - begin);
    kernels::gemm(Transpose::yes, Transpose::no, columns, MatrixView<const T>(weighted_.view().row_range(0, count)),
                  first > 0, gradients_.keys.row_range(begin, end - begin));
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
  Memory<T> exponentials_;
  Memory<T> weighted_;  // the block's queries times their weights
  std::vector<float> shift_, sum_, weight_;
  std::vector<double> losses_;
  // Where T is narrower than what it stands for: the keys and the block's queries in it, and, of each worker, a tile of
  // products and the shifts of its rows before that.
  std::optional<Memory<T>> keys_, queries_;
  std::optional<Tape::Scratch> tiles_;
  std::vector<float> shifts_before_;
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
                 Index floats, Index competing, SoftmaxProducts products) {
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
  const double loss = products == SoftmaxProducts::bf16 ? Blocks<BFloat16>(tape, problem, gradients, floats).run()
                                                        : Blocks<float>(tape, problem, gradients, floats).run();
  tape.mutable_value(y)(0, 0) = static_cast<float>(loss);

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
