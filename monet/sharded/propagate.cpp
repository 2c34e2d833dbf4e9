#include "monet/sharded/propagate.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/spmm.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace monet::sharded {

using autograd::Embeddings;
using autograd::Propagation;
using autograd::Tape;
using autograd::Var;

namespace {

// The self term of a layer: all rows alike, or by row (the paper's footnote 9).
struct SelfTerm {
  float scale = 0.0F;
  std::span<const float> scales;

  float of(Index row) const { return scales.empty() ? scale : scales[static_cast<std::size_t>(row)]; }
};

std::vector<float> self_scales(std::span<const std::int32_t> degrees, float alpha) {
  std::vector<float> scales;
  for (const std::int32_t degree : degrees) scales.push_back(alpha / static_cast<float>(std::max(degree, 1)));
  return scales;
}

void clear(ThreadPool& pool, MatrixView<float> rows) {
  pool.for_range(rows.rows, [&](Index begin, Index end, int) {
    for (Index r = begin; r < end; ++r) std::fill_n(rows.row(r), rows.cols, 0.0F);
  });
}

struct Pattern {
  const Csr* rows;
  std::span<const float> weights;
};

Pattern from_users(const Edges& edges) {
  return {&edges.from_users, edges.weights_from_users};
}
Pattern to_users(const Edges& edges) {
  return {&edges.to_users, edges.weights_to_users};
}

class Passes {
 public:
  Passes(const ShardGraph& graph, const autograd::PropagateOptions& options, const ShardField* field)
      : graph_(graph), options_(options), field_(field) {
    if (options.kind == Propagation::megcn && options.normalize_self) {
      user_scales_ = self_scales(graph.user_degrees(), options.alpha);
      item_scales_ = self_scales(graph.item_degrees(), options.alpha);
    }
  }

  int layers() const { return options_.layers; }
  bool lightgcn() const { return options_.kind == Propagation::lightgcn; }
  const ShardField::Layer& layer(int l) const {
    static const ShardField::Layer whole;
    return field_ == nullptr ? whole : field_->layer(l);
  }
  const Route& fetched(const ShardField::Layer& l) const { return l.all ? graph_.halo().route() : l.fetched; }
  const Route& reduced(const ShardField::Layer& l) const { return l.all ? graph_.halo().route() : l.reduced; }

  struct Views {
    MatrixView<float> users, items;
  };
  struct ConstViews {
    MatrixView<const float> users, items;
    ConstViews(MatrixView<const float> u, MatrixView<const float> i) : users(u), items(i) {}
    ConstViews(const Views& v) : users(v.users), items(v.items) {}
  };

  // One layer: y = self + Â x on the rows of `wanted`, from x on all that these touch. `step` counts from 1.
  void gather(Tape& tape, int step, const ConstViews& x, const ConstViews& self, const ShardField::Layer& wanted,
              const Views& y) const {
    const Halo& halo = graph_.halo();
    ThreadPool& pool = tape.pool();
    const float scale = weight_scale(step);
    auto ghosts = tape.scratch(halo.num_ghosts(), x.items.cols);
    auto sums = tape.scratch(halo.num_ghosts(), x.items.cols);
    Fetch fetch(halo.world(), tape, fetched(wanted), x.items, ghosts.view());
    multiply(pool, to_users(graph_.ghosts()), scale, x.users, {}, {}, wanted.all, wanted.ghosts, sums.view());
    Reduce reduce(halo.world(), tape, reduced(wanted), sums.view(), y.items);
    multiply(pool, to_users(graph_.own()), scale, x.users, self.items, self_term(step, false), wanted.all, wanted.items,
             y.items);
    multiply(pool, from_users(graph_.own()), scale, x.items, self.users, self_term(step, true), wanted.all,
             wanted.users, y.users);
    fetch.wait();
    if (halo.num_ghosts() > 0) {
      multiply(pool, from_users(graph_.ghosts()), scale, ghosts.view(), y.users, {1.0F, {}}, wanted.all, wanted.users,
               y.users);
    }
    reduce.wait();
  }

  // The same for gradients x that are there on the rows of `source`, and self on those of `own`: y everywhere, zero
  // where nothing arrives.
  void scatter(Tape& tape, int step, const ConstViews& x, const ShardField::Layer& source, const ConstViews& self,
               const ShardField::Layer& own, const Views& y) const {
    const Halo& halo = graph_.halo();
    ThreadPool& pool = tape.pool();
    const float scale = weight_scale(step);
    auto ghosts = tape.scratch(halo.num_ghosts(), x.items.cols);
    auto sums = tape.scratch(halo.num_ghosts(), x.items.cols);
    Fetch fetch(halo.world(), tape, reduced(source), x.items, ghosts.view());
    clear(pool, sums.view());
    spread(pool, from_users(graph_.ghosts()), scale, x.users, source.users, sums.view());
    Reduce reduce(halo.world(), tape, fetched(source), sums.view(), y.items);
    start(pool, self_term(step, false), self.items, own.items, y.items);
    start(pool, self_term(step, true), self.users, own.users, y.users);
    spread(pool, from_users(graph_.own()), scale, x.users, source.users, y.items);
    spread(pool, to_users(graph_.own()), scale, x.items, source.items, y.users);
    fetch.wait();
    spread(pool, to_users(graph_.ghosts()), scale, ghosts.view(), source.ghosts, y.users);
    reduce.wait();
  }

 private:
  // LightGCN's mean is Horner's scheme: y ← Â y + E⁰, L times, the last pass divided by L + 1.
  float weight_scale(int step) const {
    return lightgcn() && step == options_.layers ? 1.0F / static_cast<float>(options_.layers + 1) : 1.0F;
  }
  SelfTerm self_term(int step, bool of_users) const {
    if (lightgcn()) return {weight_scale(step), {}};
    return {options_.alpha, of_users ? std::span<const float>(user_scales_) : std::span<const float>(item_scales_)};
  }

  static void multiply(ThreadPool& pool, const Pattern& pattern, float scale, MatrixView<const float> x,
                       MatrixView<const float> self, const SelfTerm& term, bool all, std::span<const std::int32_t> rows,
                       MatrixView<float> y) {
    const kernels::SpmmOperands operands{pattern.rows->view(), pattern.weights, scale, x, self,
                                         term.scale,           term.scales,     y,     {}};
    if (all) {
      const std::vector<Index> ranges = kernels::balanced_ranges(pattern.rows->view(), pool.size());
      pool.run([&](int w) {
        kernels::spmm_rows(operands, ranges[static_cast<std::size_t>(w)], ranges[static_cast<std::size_t>(w) + 1]);
      });
      return;
    }
    pool.for_range(static_cast<Index>(rows.size()), [&](Index begin, Index end, int) {
      kernels::spmm_listed_rows(operands,
                                rows.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
    });
  }

  static void spread(ThreadPool& pool, const Pattern& pattern, float scale, MatrixView<const float> x,
                     std::span<const std::int32_t> rows, MatrixView<float> y) {
    if (rows.empty()) return;
    const kernels::SpmmOperands operands{pattern.rows->view(), pattern.weights, scale, x, {}, 0.0F, {}, y, {}};
    pool.for_range(
        y.cols, [&](Index begin, Index end, int) { kernels::spmm_scatter(operands, rows, begin, end); },
        autograd::detail::kColumnGrain);
  }

  static void start(ThreadPool& pool, const SelfTerm& term, MatrixView<const float> self,
                    std::span<const std::int32_t> rows, MatrixView<float> y) {
    clear(pool, y);
    pool.for_range(static_cast<Index>(rows.size()), [&](Index begin, Index end, int) {
      for (Index n = begin; n < end; ++n) {
        const Index row = rows[static_cast<std::size_t>(n)];
        const float scale = term.of(row);
        const float* from = self.row(row);
        float* to = y.row(row);
        for (Index c = 0; c < y.cols; ++c) to[c] = scale * from[c];
      }
    });
  }

  const ShardGraph& graph_;
  autograd::PropagateOptions options_;
  const ShardField* field_;
  std::vector<float> user_scales_, item_scales_;
};

// Two matrices for each side that layers take in turn.
class Turns {
 public:
  Turns(Tape& tape, Index users, Index items, Index width)
      : users_{tape.scratch(users, width), tape.scratch(users, width)},
        items_{tape.scratch(items, width), tape.scratch(items, width)} {}
  Passes::Views at(int step) {
    const auto k = static_cast<std::size_t>(step % 2);
    return {users_[k].view(), items_[k].view()};
  }

 private:
  std::array<Tape::Scratch, 2> users_, items_;
};

void forward(Tape& tape, const Passes& passes, const Passes::ConstViews& start, const Passes::Views& out) {
  const int layers = passes.layers();
  Turns turns(tape, start.users.rows, start.items.rows, start.users.cols);
  Passes::ConstViews x = start;
  for (int step = 1; step <= layers; ++step) {
    const Passes::Views y = step == layers ? out : turns.at(step);
    passes.gather(tape, step, x, passes.lightgcn() ? start : x, passes.layer(layers - step), y);
    x = y;
  }
}

void add_to(Tape& tape, Var input, MatrixView<const float> gradient) {
  if (!tape.needs_grad(input)) return;
  const autograd::GradSlot slot = tape.contribute(input);
  tape.pool().for_range(gradient.rows, [&](Index begin, Index end, int) {
    for (Index r = begin; r < end; ++r) {
      const float* from = gradient.row(r);
      float* to = slot.view.row(r);
      for (Index c = 0; c < gradient.cols; ++c) to[c] = slot.fresh ? from[c] : to[c] + from[c];
    }
  });
}

void backward(Tape& tape, const Passes& passes, const Embeddings& in, const Embeddings& out) {
  for (const Var v : {out.users, out.items}) {
    if (!tape.has_grad(v)) clear(tape.pool(), tape.contribute(v).view);
  }
  const Passes::ConstViews seed(tape.grad(out.users), tape.grad(out.items));
  const int layers = passes.layers();
  Turns turns(tape, seed.users.rows, seed.items.rows, seed.users.cols);
  Passes::ConstViews x = seed;
  for (int step = 1; step <= layers; ++step) {
    const Passes::Views y = turns.at(step);
    const ShardField::Layer& source = passes.layer(step - 1);
    if (source.all) {
      passes.gather(tape, step, x, passes.lightgcn() ? seed : x, source, y);
    } else {
      passes.scatter(tape, step, x, source, passes.lightgcn() ? seed : x, passes.lightgcn() ? passes.layer(0) : source,
                     y);
    }
    x = y;
  }
  add_to(tape, in.users, x.users);
  add_to(tape, in.items, x.items);
}

}  // namespace

Embeddings propagate(Tape& tape, const ShardGraph& graph, Var users, Var items,
                     const autograd::PropagateOptions& options, const ShardField* field) {
  if (tape.rows(users) != graph.num_users() || tape.rows(items) != graph.num_items() ||
      tape.cols(users) != tape.cols(items)) {
    fail<InvalidArgument>("[propagate] users are {} x {} and items {} x {}, the process has {} users and {} items",
                          tape.rows(users), tape.cols(users), tape.rows(items), tape.cols(items), graph.num_users(),
                          graph.num_items());
  }
  if (options.layers < 0) fail<InvalidArgument>("[propagate] {} layers", options.layers);
  if (options.layers == 0) return {users, items};
  if (field != nullptr && field->layers() != options.layers) {
    fail<InvalidArgument>("[propagate] a field of {} layers for {} layers", field->layers(), options.layers);
  }
  const Index width = tape.cols(users);
  const Embeddings in{users, items};
  const Embeddings out{tape.make(graph.num_users(), width, {users, items}),
                       tape.make(graph.num_items(), width, {users, items})};
  const auto passes = std::make_shared<const Passes>(graph, options, field);
  forward(tape, *passes, {tape.value(users), tape.value(items)},
          {tape.mutable_value(out.users), tape.mutable_value(out.items)});
  tape.on_backward(out.items, [passes, in, out](Tape& t) { backward(t, *passes, in, out); });
  return out;
}

}  // namespace monet::sharded
