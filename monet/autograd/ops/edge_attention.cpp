#include "monet/autograd/ops/edge_attention.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"
#include "monet/kernels/edge_attention.h"

#include <span>
#include <vector>

namespace monet::autograd {

namespace {

struct Call {
  PatternPtr pattern;
  Embeddings nodes;
  EdgeAttention out;
  const graph::ReceptiveField* field;

  const graph::RowSet* users() const { return field == nullptr ? nullptr : &field->users(0); }
  const graph::RowSet* items() const { return field == nullptr ? nullptr : &field->items(0); }
};

void forward(Tape& tape, const Call& call) {
  const SparsePattern& pattern = *call.pattern;
  const auto users = tape.value(call.nodes.users);
  const auto items = tape.value(call.nodes.items);
  auto exponentials = tape.scratch(pattern.nnz(), 1);
  const auto wanted = detail::marks_of(call.users(), pattern.rows());
  const kernels::AttendOperands operands{pattern.csr,
                                         users,
                                         items,
                                         detail::elements(exponentials.view()),
                                         detail::elements(tape.mutable_value(call.out.attention.to_users)),
                                         wanted,
                                         tape.mutable_value(call.out.content.users)};
  detail::for_shares(tape, pattern.csr, users.cols,
                     [&](Index begin, Index end) { kernels::attend_rows(operands, begin, end); });

  auto by_item = tape.scratch(pattern.nnz(), 1);
  float* const shares = by_item.view().data;
  float* const to_items = tape.mutable_value(call.out.attention.to_items).data;
  const float* const e = exponentials.view().data;
  const auto indptr = pattern.transposed.indptr();
  const Index* const entry = pattern.permutation.data();
  detail::for_shares(tape, pattern.transposed, 1, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index first = indptr[static_cast<std::size_t>(i)];
      const Index beyond = indptr[static_cast<std::size_t>(i) + 1];
      double total = 0.0;
      for (Index k = first; k < beyond; ++k) total += static_cast<double>(shares[k] = e[entry[k]]);
      const auto inverse = static_cast<float>(1.0 / total);
      for (Index k = first; k < beyond; ++k) to_items[entry[k]] = shares[k] *= inverse;
    }
  });
  const kernels::SpmmOperands pass{pattern.transposed,
                                   detail::elements(by_item.view()),
                                   1.0F,
                                   users,
                                   items,
                                   1.0F,
                                   {},
                                   tape.mutable_value(call.out.content.items)};
  detail::spmm_set(tape, call.items(), pattern.transposed, pass);
}

// Σ_k share_k · gradient_k over the entries of each row; `entry` leads to the values of entry k.
template <class Entry>
void row_means(Tape& tape, const Csr& csr, const float* shares, const float* gradient, Entry&& entry,
               std::vector<float>& means) {
  const auto indptr = csr.indptr();
  detail::for_shares(tape, csr, 1, [&](Index begin, Index end) {
    for (Index r = begin; r < end; ++r) {
      double sum = 0.0;
      for (Index k = indptr[static_cast<std::size_t>(r)]; k < indptr[static_cast<std::size_t>(r) + 1]; ++k) {
        sum += static_cast<double>(shares[entry(k)]) * static_cast<double>(gradient[entry(k)]);
      }
      means[static_cast<std::size_t>(r)] = static_cast<float>(sum);
    }
  });
}

// Adds C̄·(C - p) to the means of a side.
void add_content(Tape& tape, const graph::RowSet* set, Var content, Var nodes, std::vector<float>& means) {
  if (!tape.has_grad(content)) return;
  const auto g = tape.grad(content);
  const auto c = tape.value(content);
  const auto own = tape.value(nodes);
  detail::for_set(tape, set, g.rows, 3 * g.cols, [&](Index r) {
    const float* const seed = g.row(r);
    means[static_cast<std::size_t>(r)] += detail::dot(seed, c.row(r), g.cols) - detail::dot(seed, own.row(r), g.cols);
  });
}

void backward(Tape& t, const Call& call) {
  const SparsePattern& pattern = *call.pattern;
  const auto& [attention, content] = call.out;
  const auto users = t.value(call.nodes.users);
  const auto items = t.value(call.nodes.items);
  const detail::Gradient to_users_grad(t, attention.to_users), to_items_grad(t, attention.to_items);
  const auto to_users = t.value(attention.to_users);
  const auto to_items = t.value(attention.to_items);
  const Index* const entry = pattern.permutation.data();

  std::vector<float> user_means(static_cast<std::size_t>(users.rows)), item_means(static_cast<std::size_t>(items.rows));
  row_means(t, pattern.csr, to_users.data, to_users_grad.view().data, [](Index k) { return k; }, user_means);
  row_means(
      t, pattern.transposed, to_items.data, to_items_grad.view().data, [=](Index k) { return entry[k]; },
      item_means);
  add_content(t, call.users(), content.users, call.nodes.users, user_means);
  add_content(t, call.items(), content.items, call.nodes.items, item_means);

  const auto user_marks = detail::gradient_marks(t, content.users, call.users());
  const auto item_marks = detail::gradient_marks(t, content.items, call.items());
  const detail::Target users_grad(t, call.nodes.users), items_grad(t, call.nodes.items);

  auto products = t.scratch(pattern.nnz(), 1);
  kernels::AttendBackwardOperands o;
  o.pattern = pattern.csr;
  o.x = users;
  o.z = items;
  o.y_grad = detail::marked_gradient(t, content.users);
  o.v_grad = detail::marked_gradient(t, content.items);
  o.y_marked = user_marks;
  o.v_marked = item_marks;
  o.a = detail::elements(to_users);
  o.a_grad = detail::elements(to_users_grad.view());
  o.b = detail::elements(to_items);
  o.b_grad = detail::elements(to_items_grad.view());
  o.mean = user_means;
  o.other_mean = item_means;
  o.products_grad = detail::elements(products.view());
  o.x_grad = users_grad.slot().view;
  o.accumulate = !users_grad.slot().fresh;
  detail::for_shares(t, pattern.csr, users.cols,
                     [&](Index begin, Index end) { kernels::attend_backward_rows(o, begin, end); });

  auto products_by_item = t.scratch(pattern.nnz(), 1);
  auto to_users_by_item = t.scratch(pattern.nnz(), 1);
  for (Index k = 0; k < pattern.nnz(); ++k) {
    products_by_item.view().data[k] = products.view().data[entry[k]];
    to_users_by_item.view().data[k] = to_users.data[entry[k]];
  }
  std::swap(o.x, o.z);
  std::swap(o.y_grad, o.v_grad);
  std::swap(o.y_marked, o.v_marked);
  o.pattern = pattern.transposed;
  o.b = detail::elements(to_users_by_item.view());
  o.products_grad = detail::elements(products_by_item.view());
  o.x_grad = items_grad.slot().view;
  o.accumulate = !items_grad.slot().fresh;
  detail::for_shares(t, pattern.transposed, users.cols,
                     [&](Index begin, Index end) { kernels::attend_spread_rows(o, begin, end); });
}

}  // namespace

EdgeAttention edge_attention(Tape& tape, const PatternPtr& user_items, Var users, Var items,
                             const graph::ReceptiveField* field) {
  if (tape.rows(users) != user_items->rows() || tape.rows(items) != user_items->cols() ||
      tape.cols(users) != tape.cols(items)) {
    fail<InvalidArgument>("[edge_attention] users are {} x {} and items {} x {}, the pattern is {} x {}",
                          tape.rows(users), tape.cols(users), tape.rows(items), tape.cols(items), user_items->rows(),
                          user_items->cols());
  }
  const Index width = tape.cols(users);
  Call call{user_items, {users, items}, {}, field};
  call.out.attention = {tape.make(user_items->nnz(), 1, {users, items}), tape.make(user_items->nnz(), 1, {users, items})};
  call.out.content = {tape.make(user_items->rows(), width, {users, items}),
                      tape.make(user_items->cols(), width, {users, items})};
  forward(tape, call);
  tape.on_backward(call.out.content.items, [call](Tape& t) { backward(t, call); });
  return call.out;
}

}  // namespace monet::autograd
