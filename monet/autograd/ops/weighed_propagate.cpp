#include "monet/autograd/ops/weighed_propagate.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"
#include "monet/kernels/spmm_backward.h"

#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

struct Call {
  PatternPtr pattern;
  EdgeValues weights;
  std::vector<Embeddings> layers;  // x, and y of each layer
  const graph::ReceptiveField* field;

  // Of the last layer.
  const graph::RowSet* users() const { return field == nullptr ? nullptr : &field->users(0); }
  const graph::RowSet* items() const { return field == nullptr ? nullptr : &field->items(0); }
};

void forward(Tape& tape, const Call& call) {
  const SparsePattern& pattern = *call.pattern;
  const detail::Entries to_users(tape, tape.value(call.weights.to_users));
  const detail::Entries to_items(tape, tape.value(call.weights.to_items), pattern.permutation);
  const auto& start = call.layers.front();
  for (std::size_t l = 1; l < call.layers.size(); ++l) {
    const bool last = l + 1 == call.layers.size();
    const auto& from = call.layers[l - 1];
    const auto& to = call.layers[l];
    detail::spmm_set(tape, last ? call.users() : nullptr, pattern.csr,
                     {pattern.csr, to_users, 1.0F, tape.value(from.items), tape.value(start.users), 1.0F, {}, tape.mutable_value(to.users)});
    detail::spmm_set(tape, last ? call.items() : nullptr, pattern.transposed,
                     {pattern.transposed, to_items, 1.0F, tape.value(from.users), tape.value(start.items), 1.0F, {}, tape.mutable_value(to.items)});
  }
}

// Gradients of the weights while the layers are passed: in the order of their sources.
struct WeightGradients {
  std::span<float> of_users;  // to items, in the order of the pattern
  std::span<float> of_items;  // to users, in the order of its transpose
  bool fresh = true;
};

/// Gradients of one layer's rows, and which rows they are.
struct LayerGradient {
  MatrixView<const float> users;
  MatrixView<const float> items;
  std::vector<std::uint8_t> user_marks;  // empty: all
  std::vector<std::uint8_t> item_marks;
};

// From layer l + 1 to l: x̄ (+)= Wᵀ ȳ, w̄ (+)= x · ȳ.
void backward_layer(Tape& t, const Call& call, std::size_t l, const detail::Entries& to_users,
                    const detail::Entries& to_items, const LayerGradient& above, bool with_self, const GradSlot& users,
                    const GradSlot& items, const WeightGradients& weights) {
  const SparsePattern& pattern = *call.pattern;
  const auto& below = call.layers[l];
  const MatrixView<const float> none;
  const kernels::SpmmBackwardOperands user_side{
      pattern.csr,  to_items, t.value(below.users), above.items, above.item_marks, with_self ? above.users : none,
      users.view, !users.fresh, weights.of_users, !weights.fresh};
  const kernels::SpmmBackwardOperands item_side{
      pattern.transposed, to_users, t.value(below.items), above.users, above.user_marks, with_self ? above.items : none,
      items.view, !items.fresh, weights.of_items, !weights.fresh};
  const Index width = t.cols(below.users);
  detail::for_shares(t, pattern.csr, width,
                     [&](Index begin, Index end) { kernels::spmm_backward_rows(user_side, begin, end); });
  detail::for_shares(t, pattern.transposed, width,
                     [&](Index begin, Index end) { kernels::spmm_backward_rows(item_side, begin, end); });
}

void add_rows(Tape& t, const graph::RowSet* set, MatrixView<const float> source, MatrixView<float> target) {
  detail::for_set(t, set, source.rows, 2 * source.cols,
                  [&](Index r) { detail::axpy(1.0F, source.row(r), source.cols, target.row(r)); });
}

void give_weights(Tape& t, const Call& call, const WeightGradients& weights) {
  const auto give = [&](Var v, std::span<const float> values, std::span<const Index> order) {
    if (!t.needs_grad(v)) return;
    const GradSlot slot = t.contribute(v);
    for (std::size_t k = 0; k < values.size(); ++k) {
      detail::put(slot.view(order.empty() ? static_cast<Index>(k) : order[k], 0), values[k], slot.fresh);
    }
  };
  give(call.weights.to_items, weights.of_users, {});
  give(call.weights.to_users, weights.of_items, call.pattern->permutation);
}

void backward(Tape& t, const Call& call) {
  const SparsePattern& pattern = *call.pattern;
  const Embeddings& start = call.layers.front();
  const Embeddings& out = call.layers.back();
  const detail::Entries to_users(t, t.value(call.weights.to_users), pattern.permutation);
  const detail::Entries to_items(t, t.value(call.weights.to_items));
  auto users_weights = t.scratch(pattern.nnz(), 1);
  auto items_weights = t.scratch(pattern.nnz(), 1);
  WeightGradients weights{detail::elements(users_weights.view()), detail::elements(items_weights.view())};
  const detail::Target users_grad(t, start.users), items_grad(t, start.items);

  LayerGradient above{detail::marked_gradient(t, out.users), detail::marked_gradient(t, out.items),
                      detail::gradient_marks(t, out.users, call.users()),
                      detail::gradient_marks(t, out.items, call.items())};
  std::deque<Tape::Scratch> memory;
  for (std::size_t l = call.layers.size() - 2; l > 0; --l) {
    const auto fresh = [&](Var like) { return memory.emplace_back(t.scratch(t.rows(like), t.cols(like))).view(); };
    const GradSlot users{fresh(start.users), true}, items{fresh(start.items), true};
    backward_layer(t, call, l, to_users, to_items, above, false, users, items, weights);
    weights.fresh = false;
    above = {users.view, items.view, {}, {}};
  }
  const bool whole = above.user_marks.empty();
  backward_layer(t, call, 0, to_users, to_items, above, whole, users_grad.slot(), items_grad.slot(), weights);
  // x is in every layer.
  if (t.has_grad(out.users)) add_rows(t, call.users(), t.grad(out.users), users_grad.slot().view);
  if (t.has_grad(out.items)) add_rows(t, call.items(), t.grad(out.items), items_grad.slot().view);
  for (std::size_t k = 0; k + 2 < memory.size(); ++k) add_rows(t, nullptr, memory[k].view(), (k % 2 == 0 ? users_grad : items_grad).slot().view);
  give_weights(t, call, weights);
}

}  // namespace

Embeddings weighed_propagate(Tape& tape, const PatternPtr& user_items, EdgeValues weights, Embeddings start, int layers,
                             const graph::ReceptiveField* field) {
  detail::require_entry_values(tape, "weighed_propagate", weights.to_users, user_items->nnz());
  detail::require_entry_values(tape, "weighed_propagate", weights.to_items, user_items->nnz());
  if (tape.rows(start.users) != user_items->rows() || tape.rows(start.items) != user_items->cols() ||
      tape.cols(start.users) != tape.cols(start.items)) {
    fail<InvalidArgument>("[weighed_propagate] users are {} x {} and items {} x {}, the pattern is {} x {}",
                          tape.rows(start.users), tape.cols(start.users), tape.rows(start.items),
                          tape.cols(start.items), user_items->rows(), user_items->cols());
  }
  if (layers < 1) fail<InvalidArgument>("[weighed_propagate] {} layers", layers);
  Call call{user_items, weights, {start}, field};
  const auto make = [&](Index rows) {
    return tape.make(rows, tape.cols(start.users), {weights.to_users, weights.to_items, start.users, start.items});
  };
  for (int l = 0; l < layers; ++l) call.layers.push_back({make(user_items->rows()), make(user_items->cols())});
  forward(tape, call);
  const Embeddings out = call.layers.back();
  tape.on_backward(out.items, [call](Tape& t) { backward(t, call); });
  return out;
}

}  // namespace monet::autograd
