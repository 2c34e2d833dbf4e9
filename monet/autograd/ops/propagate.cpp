#include "monet/autograd/ops/propagate.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/autograd/ops/scale.h"
#include "monet/core/error.h"
#include "monet/kernels/spmm.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

// One side of the graph: its rows, how they reach the other side, and how the other side reaches them.
struct Side {
  const Csr* to_other;
  std::span<const float> to_other_weights;
  const Csr* from_other;
  std::span<const float> from_other_weights;
};

struct Sides {
  Side users, items;
  explicit Sides(const graph::Bipartite& g)
      : users{&g.user_items(), g.user_item_weights(), &g.item_users(), g.item_user_weights()},
        items{&g.item_users(), g.item_user_weights(), &g.user_items(), g.user_item_weights()} {}
};

struct Scales {
  float weight = 1.0F;
  float self = 0.0F;
  std::span<const float> selves;
};

// Self-connection of every row under footnote 9.
std::vector<float> normalised_selves(const Csr& rows, float alpha) {
  std::vector<float> scales(static_cast<std::size_t>(rows.rows()));
  for (Index r = 0; r < rows.rows(); ++r) {
    scales[static_cast<std::size_t>(r)] = alpha / static_cast<float>(std::max<Index>(rows.degree(r), 1));
  }
  return scales;
}

struct Plan {
  PropagateOptions options;
  Sides sides;
  std::vector<float> user_selves, item_selves;
  std::vector<Index> user_ranges, item_ranges;

  Plan(const graph::Bipartite& graph, const PropagateOptions& o, int threads)
      : options(o),
        sides(graph),
        user_ranges(kernels::balanced_ranges(graph.user_items(), threads)),
        item_ranges(kernels::balanced_ranges(graph.item_users(), threads)) {
    if (o.kind == Propagation::megcn && o.normalize_self) {
      user_selves = normalised_selves(graph.user_items(), o.alpha);
      item_selves = normalised_selves(graph.item_users(), o.alpha);
    }
  }

  // Layer `step` of L, counted from 1 in either direction. LightGCN's mean is Horner's scheme: y ← Â y + E⁰, L times,
  // the last pass divided by L + 1, and with the residual.
  Scales scales(int step, bool of_users) const {
    if (options.kind == Propagation::lightgcn) {
      const bool last = step == options.layers;
      const float s = last ? 1.0F / static_cast<float>(options.layers + 1) : 1.0F;
      return {s, last && !of_users ? s + options.item_residual : s, {}};
    }
    return {1.0F, options.alpha, of_users ? std::span<const float>(user_selves) : std::span<const float>(item_selves)};
  }
};

const graph::RowSet& everything() {
  static const graph::RowSet all;
  return all;
}

// y = self + Â x on the rows of `wanted`; `with_self` as in kernels::SpmmOperands.
void gather(ThreadPool& pool, const Side& side, std::span<const Index> ranges, const Scales& scales,
            MatrixView<const float> x, MatrixView<const float> self, const graph::RowSet& wanted, MatrixView<float> y,
            std::span<const std::uint8_t> with_self = {}) {
  const kernels::SpmmOperands operands{
      side.to_other->view(), side.to_other_weights, scales.weight, x, self, scales.self, scales.selves, y, with_self};
  if (wanted.all) {
    pool.run([&](int w) {
      kernels::spmm_rows(operands, ranges[static_cast<std::size_t>(w)], ranges[static_cast<std::size_t>(w) + 1]);
    });
    return;
  }
  pool.for_range(static_cast<Index>(wanted.rows.size()), [&](Index begin, Index end, int) {
    const std::span<const std::int32_t> rows(wanted.rows);
    kernels::spmm_listed_rows(operands,
                              rows.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  });
}

float self_scale(const Scales& scales, Index r) {
  return scales.selves.empty() ? scales.self : scales.selves[static_cast<std::size_t>(r)];
}

// Rows [begin, end) of the listed ones (of all when `set.all`): y_r = scale_r · self_r, added when `add`.
void scaled_rows(ThreadPool& pool, const Scales& scales, MatrixView<const float> self, const graph::RowSet& set,
                 bool add, MatrixView<float> y) {
  const Index count = set.all ? self.rows : static_cast<Index>(set.rows.size());
  pool.for_range(count, [&](Index begin, Index end, int) {
    for (Index n = begin; n < end; ++n) {
      const Index r = set.all ? n : set.rows[static_cast<std::size_t>(n)];
      const float scale = self_scale(scales, r);
      const float* from = self.row(r);
      float* to = y.row(r);
      if (add) {
        for (Index c = 0; c < y.cols; ++c) to[c] += scale * from[c];
      } else {
        for (Index c = 0; c < y.cols; ++c) to[c] = scale * from[c];
      }
    }
  });
}

void zero_rows(ThreadPool& pool, const graph::RowSet& set, MatrixView<float> y) {
  const Index count = set.all ? y.rows : static_cast<Index>(set.rows.size());
  pool.for_range(count, [&](Index begin, Index end, int) {
    for (Index n = begin; n < end; ++n) {
      std::fill_n(y.row(set.all ? n : set.rows[static_cast<std::size_t>(n)]), y.cols, 0.0F);
    }
  });
}

std::vector<std::uint8_t> marks_of(const graph::RowSet& set, Index rows) {
  std::vector<std::uint8_t> marks(static_cast<std::size_t>(rows), 0);
  for (const std::int32_t row : set.rows) marks[static_cast<std::size_t>(row)] = 1;
  return marks;
}

// The same pass for gradients, whose rows outside a set are zero and not stored: x is read on `source`, self on `own`,
// and y written on `wanted`, which holds own and the neighbours of source.
void gather_gradient(ThreadPool& pool, const Side& side, std::span<const Index> ranges, const Scales& scales,
                     MatrixView<const float> x, const graph::RowSet& source, MatrixView<const float> self,
                     const graph::RowSet& own, const graph::RowSet& wanted, MatrixView<float> y) {
  if (source.all) {
    if (own.all) {
      gather(pool, side, ranges, scales, x, self, wanted, y);
      return;
    }
    gather(pool, side, ranges, scales, x, self, wanted, y, marks_of(own, y.rows));
    return;
  }
  if (!own.all) zero_rows(pool, wanted, y);
  // Written over its own input (see backward), an unscaled self term is there already.
  if (self.data != y.data || scales.self != 1.0F || !scales.selves.empty())
    scaled_rows(pool, scales, self, own, false, y);
  const kernels::SpmmOperands operands{
      side.from_other->view(), side.from_other_weights, scales.weight, x, {}, 0.0F, {}, y};
  pool.for_range(
      y.cols, [&](Index begin, Index end, int) { kernels::spmm_scatter(operands, source.rows, begin, end); },
      detail::kColumnGrain);
}

struct Views {
  MatrixView<float> users, items;
};

void forward(ThreadPool& pool, const Plan& plan, const graph::ReceptiveField* field, MatrixView<const float> users,
             MatrixView<const float> items, Views spare, Views out) {
  const int layers = plan.options.layers;
  const bool lightgcn = plan.options.kind == Propagation::lightgcn;
  MatrixView<const float> user_in = users;
  MatrixView<const float> item_in = items;
  for (int step = 1; step <= layers; ++step) {
    const Views to = (layers - step) % 2 == 0 ? out : spare;
    const auto& wanted_users = field == nullptr ? everything() : field->users(layers - step);
    const auto& wanted_items = field == nullptr ? everything() : field->items(layers - step);
    gather(pool, plan.sides.users, plan.user_ranges, plan.scales(step, true), item_in, lightgcn ? users : user_in,
           wanted_users, to.users);
    gather(pool, plan.sides.items, plan.item_ranges, plan.scales(step, false), user_in, lightgcn ? items : item_in,
           wanted_items, to.items);
    user_in = to.users;
    item_in = to.items;
  }
}

void add_to(ThreadPool& pool, MatrixView<const float> from, MatrixView<float> to) {
  scaled_rows(pool, {1.0F, 1.0F, {}}, from, everything(), true, to);
}

// Where the gradient of an input is computed: in its slot when that is fresh, else in scratch that is added afterwards.
class Destination {
 public:
  Destination(Tape& tape, Var input) : tape_(&tape) {
    if (!tape.needs_grad(input)) return;
    slot_ = tape.contribute(input);
    if (!slot_.fresh) scratch_.emplace(tape.scratch(slot_.view.rows, slot_.view.cols));
  }
  bool wanted() const { return slot_.view.data != nullptr; }
  MatrixView<float> view() { return scratch_ ? scratch_->view() : slot_.view; }
  void finish() {
    if (scratch_) add_to(tape_->pool(), scratch_->view(), slot_.view);
  }

 private:
  Tape* tape_;
  GradSlot slot_;
  std::optional<Tape::Scratch> scratch_;
};

void backward(Tape& tape, const Plan& plan, const graph::ReceptiveField* field, Var users, Var items, Embeddings out) {
  ThreadPool& pool = tape.pool();
  const int layers = plan.options.layers;
  const bool lightgcn = plan.options.kind == Propagation::lightgcn;
  tape.release_value(out.users);
  tape.release_value(out.items);
  const auto set = [&](bool of_users, int l) -> const graph::RowSet& {
    if (field == nullptr) return everything();
    return of_users ? field->users(l) : field->items(l);
  };
  // An output that nothing consumed has a zero gradient.
  for (const bool of_users : {true, false}) {
    const Var v = of_users ? out.users : out.items;
    if (!tape.has_grad(v)) zero_rows(pool, set(of_users, 0), tape.contribute(v).view);
  }
  const MatrixView<float> user_seed = tape.contribute(out.users).view;
  const MatrixView<float> item_seed = tape.contribute(out.items).view;
  MatrixView<float> user_in = user_seed;
  MatrixView<float> item_in = item_seed;
  std::deque<Tape::Scratch> user_layers, item_layers;  // the newest, and while a step runs the one before
  Destination user_out(tape, users);
  Destination item_out(tape, items);
  for (int step = 1; step <= layers; ++step) {
    const bool last = step == layers;
    MatrixView<float> to_users;
    MatrixView<float> to_items;
    // LightGCN's steps go back and forth between a layer's memory and where the last one ends.
    const bool to_end = last || (lightgcn && (layers - step) % 2 == 0 && user_out.wanted() && item_out.wanted());
    if (to_end) {
      if (user_out.wanted()) to_users = user_out.view();
      if (item_out.wanted()) to_items = item_out.view();
    } else {
      user_layers.push_back(tape.scratch(user_seed.rows, user_seed.cols));
      to_users = user_layers.back().view();
      // When the users' rows are few, what they send to the items is added over the items' own gradient, which the
      // users have read by then.
      if (!lightgcn && !set(true, step - 1).all && set(false, step - 1).all) {
        to_items = item_in;
      } else {
        item_layers.push_back(tape.scratch(item_seed.rows, item_seed.cols));
        to_items = item_layers.back().view();
      }
    }
    const int own_layer = lightgcn ? 0 : step - 1;
    if (to_users.data != nullptr) {
      gather_gradient(pool, plan.sides.users, plan.user_ranges, plan.scales(step, true), item_in, set(false, step - 1),
                      lightgcn ? user_seed : user_in, set(true, own_layer), last ? everything() : set(true, step),
                      to_users);
    }
    if (to_items.data != nullptr) {
      gather_gradient(pool, plan.sides.items, plan.item_ranges, plan.scales(step, false), user_in, set(true, step - 1),
                      lightgcn ? item_seed : item_in, set(false, own_layer), last ? everything() : set(false, step),
                      to_items);
    }
    user_in = to_users;
    item_in = to_items;
    if (user_layers.size() > 1) user_layers.pop_front();
    if (item_layers.size() > 1) item_layers.pop_front();
  }
  user_out.finish();
  item_out.finish();
}

}  // namespace

Embeddings propagate(Tape& tape, const graph::Bipartite& graph, Var users, Var items, const PropagateOptions& options,
                     const graph::ReceptiveField* field) {
  if (tape.rows(users) != graph.num_users() || tape.rows(items) != graph.num_items() ||
      tape.cols(users) != tape.cols(items)) {
    fail<InvalidArgument>("[propagate] users are {} x {} and items {} x {}, the graph has {} users and {} items",
                          tape.rows(users), tape.cols(users), tape.rows(items), tape.cols(items), graph.num_users(),
                          graph.num_items());
  }
  if (options.layers < 0) fail<InvalidArgument>("[propagate] {} layers", options.layers);
  if (field != nullptr && field->layers() != options.layers) {
    fail<InvalidArgument>("[propagate] a field of {} layers for {} layers", field->layers(), options.layers);
  }
  const bool residual = options.item_residual != 0.0F;
  if (residual && options.kind != Propagation::lightgcn) {
    fail<InvalidArgument>("[propagate] a residual of the items in another propagation than LightGCN's");
  }
  if (options.layers == 0) {
    if (field != nullptr)
      fail<InvalidArgument>("[propagate] a field without layers: gradients outside it would be lost");
    return {users, residual ? scale(tape, items, 1.0F + options.item_residual) : items};
  }

  const Index width = tape.cols(users);
  const Embeddings out{tape.make(graph.num_users(), width, {users, items}),
                       tape.make(graph.num_items(), width, {users, items})};
  auto plan = std::make_shared<const Plan>(graph, options, tape.pool().size());
  if (options.layers == 1) {
    const Views to{tape.mutable_value(out.users), tape.mutable_value(out.items)};
    forward(tape.pool(), *plan, field, tape.value(users), tape.value(items), to, to);
  } else {
    auto spare_users = tape.scratch(graph.num_users(), width);
    auto spare_items = tape.scratch(graph.num_items(), width);
    forward(tape.pool(), *plan, field, tape.value(users), tape.value(items), {spare_users.view(), spare_items.view()},
            {tape.mutable_value(out.users), tape.mutable_value(out.items)});
  }
  tape.on_backward(out.items,
                   [plan, field, users, items, out](Tape& t) { backward(t, *plan, field, users, items, out); });
  return out;
}

}  // namespace monet::autograd
