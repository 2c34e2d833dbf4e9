#include "monet/autograd/ops/weighed_propagate.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"
#include "monet/kernels/spmm_backward.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

struct WeighedPropagateCall {
  PatternPtr pattern;
  EdgeValues weights;
  Embeddings x;
  std::vector<Embeddings> layers;  // y of layers 1 to L
  const graph::ReceptiveField* field;
  std::vector<float> users_inverse, items_inverse;  // 1 / length of each row of x

  // Of the last layer.
  const graph::RowSet* users() const { return field == nullptr ? nullptr : &field->users(0); }
  const graph::RowSet* items() const { return field == nullptr ? nullptr : &field->items(0); }
};

// The weights times the inverse lengths of their sources: W x̂ is then a pass over x.
void scale_weights(Tape& tape, std::span<const float> weights, const Csr& csr, std::span<const float> inverse,
                   MatrixView<float> scaled) {
  const auto columns = csr.indices();
  detail::for_rows(tape, csr.nnz(), 3, [&](Index k) {
    const auto entry = static_cast<std::size_t>(k);
    scaled.data[k] = weights[entry] * inverse[static_cast<std::size_t>(columns[entry])];
  });
}

void forward(Tape& tape, const WeighedPropagateCall& call) {
  const SparsePattern& pattern = *call.pattern;
  const detail::Entries to_users(tape, tape.value(call.weights.to_users), pattern.permutation);
  const detail::Entries to_items(tape, tape.value(call.weights.to_items));
  auto users_scaled = tape.scratch(pattern.nnz(), 1);
  auto items_scaled = tape.scratch(pattern.nnz(), 1);
  scale_weights(tape, to_users, pattern.transposed, call.items_inverse, users_scaled.view());
  scale_weights(tape, to_items, pattern.csr, call.users_inverse, items_scaled.view());
  std::span<const float> of_users = detail::elements(users_scaled.view());
  std::span<const float> of_items = detail::elements(items_scaled.view());
  for (std::size_t l = 0; l < call.layers.size(); ++l) {
    const bool last = l + 1 == call.layers.size();
    const Embeddings& from = l == 0 ? call.x : call.layers[l - 1];
    detail::spmm_set(tape, last ? call.users() : nullptr, pattern.transposed,
                     {pattern.transposed, of_users, 1.0F, tape.value(from.items), tape.value(call.x.users), 0.0F,
                      call.users_inverse, tape.mutable_value(call.layers[l].users)});
    detail::spmm_set(tape, last ? call.items() : nullptr, pattern.csr,
                     {pattern.csr, of_items, 1.0F, tape.value(from.users), tape.value(call.x.items), 0.0F,
                      call.items_inverse, tape.mutable_value(call.layers[l].items)});
    of_users = to_users;
    of_items = to_items;
  }
}

/// A matrix for each side.
struct Tables {
  MatrixView<const float> users;
  MatrixView<const float> items;
};

/// One layer backward, each side's rows as the sources of what they sent.
class Backward {
 public:
  Backward(Tape& tape, const WeighedPropagateCall& call)
      : tape_(&tape),
        call_(&call),
        to_users_(tape, tape.value(call.weights.to_users)),
        to_items_(tape, tape.value(call.weights.to_items), call.pattern->permutation),
        of_users_(tape.scratch(call.pattern->nnz(), 1)),
        of_items_(tape.scratch(call.pattern->nnz(), 1)),
        user_marks_(detail::gradient_marks(tape, call.layers.back().users, call.users())),
        item_marks_(detail::gradient_marks(tape, call.layers.back().items, call.items())),
        zeros_(static_cast<std::size_t>(tape.cols(call.x.users)), 0.0F),
        last_{detail::marked_gradient(tape, call.layers.back().users),
              detail::marked_gradient(tape, call.layers.back().items)} {}

  // Into layer l > 0, from the gradient of the layer above; `to`: where that of this layer goes.
  void layer(const Embeddings& values, const Tables& above, MatrixView<float> users, MatrixView<float> items) {
    run(users_side(values, above, users), items_side(values, above, items));
  }

  // Into x, which is in every layer: `sum` is the gradient of all layers but the last.
  void start(const Tables& above, const Tables& sum, MatrixView<float> users, MatrixView<float> items) {
    auto of_users = users_side(call_->x, above, users);
    auto of_items = items_side(call_->x, above, items);
    of_users.x_inverse = call_->users_inverse;
    of_items.x_inverse = call_->items_inverse;
    of_users.self = sum.users;
    of_items.self = sum.items;
    of_users.own = last_.users;
    of_items.own = last_.items;
    of_users.own_marks = user_marks_;
    of_items.own_marks = item_marks_;
    run(of_users, of_items);
  }

  const Tables& last() const { return last_; }

  void give_weights() {
    const auto give = [&](Var v, MatrixView<const float> values, std::span<const Index> order) {
      if (!tape_->needs_grad(v)) return;
      const GradSlot slot = tape_->contribute(v);
      for (Index k = 0; k < values.rows; ++k) {
        detail::put(slot.view(order.empty() ? k : order[static_cast<std::size_t>(k)], 0), values(k, 0), slot.fresh);
      }
    };
    give(call_->weights.to_users, of_items_.view(), {});
    give(call_->weights.to_items, of_users_.view(), call_->pattern->permutation);
  }

 private:
  kernels::SpmmBackwardOperands side(const Csr& csr, std::span<const float> weights, Var values,
                                     MatrixView<const float> above, const std::vector<std::uint8_t>& marks,
                                     MatrixView<float> grad, MatrixView<float> weights_grad) const {
    kernels::SpmmBackwardOperands o;
    o.pattern = csr;
    o.weights = weights;
    o.x = tape_->value(values);
    o.y_grad = above;
    if (num_passed_ == 0) o.y_marks = marks;  // the last layer's gradient has some rows only
    o.x_grad = grad;
    o.weights_grad = detail::elements(weights_grad);
    o.accumulate_weights = num_passed_ > 0;
    o.zeros = zeros_;
    return o;
  }
  kernels::SpmmBackwardOperands users_side(const Embeddings& values, const Tables& above, MatrixView<float> grad) {
    return side(call_->pattern->transposed, to_items_, values.users, above.items, item_marks_, grad, of_users_.view());
  }
  kernels::SpmmBackwardOperands items_side(const Embeddings& values, const Tables& above, MatrixView<float> grad) {
    return side(call_->pattern->csr, to_users_, values.items, above.users, user_marks_, grad, of_items_.view());
  }
  void run(const kernels::SpmmBackwardOperands& users, const kernels::SpmmBackwardOperands& items) {
    detail::for_shares(*tape_, call_->pattern->transposed, users.x.cols,
                       [&](Index begin, Index end) { kernels::spmm_backward_rows(users, begin, end); });
    detail::for_shares(*tape_, call_->pattern->csr, users.x.cols,
                       [&](Index begin, Index end) { kernels::spmm_backward_rows(items, begin, end); });
    ++num_passed_;
  }

  Tape* tape_;
  const WeighedPropagateCall* call_;
  detail::Entries to_users_;  // in the order of their sources, as the two below
  detail::Entries to_items_;
  Tape::Scratch of_users_;  // gradients of the weights
  Tape::Scratch of_items_;
  std::vector<std::uint8_t> user_marks_;  // of the last layer's gradient
  std::vector<std::uint8_t> item_marks_;
  std::vector<float> zeros_;
  Tables last_;
  int num_passed_ = 0;
};

void backward(Tape& t, const WeighedPropagateCall& call) {
  Backward pass(t, call);
  Tables above = pass.last();
  Tables sum;
  std::vector<Tape::Scratch> memory;  // of users and items in turn, for each layer between
  for (std::size_t l = call.layers.size() - 1; l > 0; --l) {
    const Embeddings& values = call.layers[l - 1];
    memory.push_back(t.scratch(t.rows(values.users), t.cols(values.users)));
    memory.push_back(t.scratch(t.rows(values.items), t.cols(values.items)));
    const auto users = memory[memory.size() - 2].view();
    const auto items = memory.back().view();
    pass.layer(values, above, users, items);
    if (memory.size() > 2) {
      detail::add_to(t, users, memory[0].view());
      detail::add_to(t, items, memory[1].view());
    }
    above = {users, items};
    sum = {memory[0].view(), memory[1].view()};
  }
  detail::give_rows(t, call.x.users, [&](MatrixView<float> users) {
    detail::give_rows(t, call.x.items, [&](MatrixView<float> items) { pass.start(above, sum, users, items); });
  });
  pass.give_weights();
}

}  // namespace

Embeddings weighed_propagate(Tape& tape, const PatternPtr& item_users, EdgeValues weights, Embeddings x, int layers,
                             const graph::ReceptiveField* field) {
  detail::require_entry_values(tape, "weighed_propagate", weights.to_users, item_users->nnz());
  detail::require_entry_values(tape, "weighed_propagate", weights.to_items, item_users->nnz());
  if (tape.rows(x.users) != item_users->cols() || tape.rows(x.items) != item_users->rows() ||
      tape.cols(x.users) != tape.cols(x.items)) {
    fail<InvalidArgument>("[weighed_propagate] users are {} x {} and items {} x {}, the pattern of items is {} x {}",
                          tape.rows(x.users), tape.cols(x.users), tape.rows(x.items), tape.cols(x.items),
                          item_users->rows(), item_users->cols());
  }
  if (layers < 1) fail<InvalidArgument>("[weighed_propagate] {} layers", layers);
  const auto call = std::make_shared<WeighedPropagateCall>(WeighedPropagateCall{
      item_users, weights, x, {}, field, detail::inverse_norms(tape, x.users), detail::inverse_norms(tape, x.items)});
  const auto make = [&](Index rows) {
    return tape.make(rows, tape.cols(x.users), {weights.to_users, weights.to_items, x.users, x.items});
  };
  for (int l = 0; l < layers; ++l) call->layers.push_back({make(item_users->cols()), make(item_users->rows())});
  forward(tape, *call);
  tape.on_backward(call->layers.back().items, [call](Tape& t) { backward(t, *call); });
  return call->layers.back();
}

}  // namespace monet::autograd
