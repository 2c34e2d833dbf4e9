#include "monet/autograd/ops/edge_attention.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"
#include "monet/kernels/edge_attention.h"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

namespace monet::autograd {

namespace {

struct EdgeAttentionCall {
  PatternPtr pattern;
  Embeddings nodes;
  EdgeAttention out;
  const graph::ReceptiveField* field;
  std::vector<float> users_inverse, items_inverse;  // 1 / length of each row

  const graph::RowSet* users() const { return field == nullptr ? nullptr : &field->users(0); }
  const graph::RowSet* items() const { return field == nullptr ? nullptr : &field->items(0); }
};

// a_{i→u} from the exponentials, in the order of the edges, and times the items' inverse lengths in the users' order.
void share_among_items(Tape& tape, const EdgeAttentionCall& call, const float* exponentials, float* by_user) {
  const SparsePattern& pattern = *call.pattern;
  const auto indptr = pattern.transposed.indptr();
  const auto items = pattern.transposed.indices();
  float* const shares = tape.mutable_value(call.out.attention.to_users).data;
  const Index* const entry = pattern.permutation.data();
  detail::for_shares(tape, pattern.transposed, 4, [&](Index begin, Index end) {
    for (Index u = begin; u < end; ++u) {
      const Index first = indptr[static_cast<std::size_t>(u)];
      const Index beyond = indptr[static_cast<std::size_t>(u) + 1];
      if (first == beyond) continue;
      double total = 0.0;
      for (Index k = first; k < beyond; ++k) total += static_cast<double>(by_user[k] = exponentials[entry[k]]);
      const auto inverse = static_cast<float>(1.0 / total);
      for (Index k = first; k < beyond; ++k) {
        const float share = by_user[k] * inverse;
        const auto item = static_cast<std::size_t>(items[static_cast<std::size_t>(k)]);
        shares[entry[k]] = share;
        by_user[k] = share * call.items_inverse[item];
      }
    }
  });
}

void forward(Tape& tape, const EdgeAttentionCall& call) {
  const SparsePattern& pattern = *call.pattern;
  const auto users = tape.value(call.nodes.users);
  const auto items = tape.value(call.nodes.items);
  auto exponentials = tape.scratch(pattern.nnz(), 1);
  const auto item_marks = detail::marks_of(call.items(), items.rows);
  const kernels::AttendOperands operands{pattern.csr,
                                         items,
                                         users,
                                         call.items_inverse,
                                         call.users_inverse,
                                         detail::elements(exponentials.view()),
                                         detail::elements(tape.mutable_value(call.out.attention.to_items)),
                                         item_marks,
                                         tape.mutable_value(call.out.content.items)};
  detail::for_shares(tape, pattern.csr, users.cols,
                     [&](Index begin, Index end) { kernels::attend_rows(operands, begin, end); });

  auto weights = tape.scratch(pattern.nnz(), 1);
  share_among_items(tape, call, exponentials.view().data, weights.view().data);
  detail::spmm_set(tape, call.users(), pattern.transposed,
                   {pattern.transposed, detail::elements(weights.view()), 1.0F, items, users, 0.0F, call.users_inverse,
                    tape.mutable_value(call.out.content.users)});
}

// C̄·(C - p̂) of each row of a set, added to `means`.
void add_content(Tape& tape, const graph::RowSet* set, Var content, Var nodes, std::span<const float> inverse,
                 std::vector<float>& means) {
  if (!tape.has_grad(content)) return;
  const auto g = tape.grad(content);
  const auto c = tape.value(content);
  const auto own = tape.value(nodes);
  detail::for_set(tape, set, g.rows, {g, c, own}, [&](Index r) {
    const auto row = static_cast<std::size_t>(r);
    means[row] += detail::dot(g.row(r), c.row(r), g.cols) - inverse[row] * detail::dot(g.row(r), own.row(r), g.cols);
  });
}

struct Means {
  std::vector<float> users, items;
};

// Σ a ā over the edges that end at each user and at each item.
Means attended_means(Tape& t, const EdgeAttentionCall& call, MatrixView<const float> to_users_grad,
                     MatrixView<const float> to_items_grad) {
  const Csr& csr = call.pattern->csr;
  const Index num_users = call.pattern->cols();
  const auto to_users = t.value(call.out.attention.to_users);
  const auto to_items = t.value(call.out.attention.to_items);
  const auto indptr = csr.indptr();
  const auto columns = csr.indices();
  Means means{std::vector<float>(static_cast<std::size_t>(num_users), 0.0F),
              std::vector<float>(static_cast<std::size_t>(csr.rows()))};
  // Users' sums are made for each worker and then added in the workers' order.
  auto parts = t.scratch(t.pool().size(), num_users);
  fill(parts.view(), 0.0F);
  const std::vector<Index> bounds = kernels::balanced_ranges(csr, t.pool().size());
  t.pool().run([&](int w) {
    float* const part = parts.view().row(w);
    for (Index i = bounds[static_cast<std::size_t>(w)]; i < bounds[static_cast<std::size_t>(w) + 1]; ++i) {
      float sum = 0.0F;
      for (Index k = indptr[static_cast<std::size_t>(i)]; k < indptr[static_cast<std::size_t>(i) + 1]; ++k) {
        sum += to_items.data[k] * to_items_grad.data[k];
        part[columns[static_cast<std::size_t>(k)]] += to_users.data[k] * to_users_grad.data[k];
      }
      means.items[static_cast<std::size_t>(i)] = sum;
    }
  });
  for (int w = 0; w < t.pool().size(); ++w) detail::axpy(1.0F, parts.view().row(w), num_users, means.users.data());
  return means;
}

void backward(Tape& t, const EdgeAttentionCall& call) {
  const SparsePattern& pattern = *call.pattern;
  const EdgeValues& attention = call.out.attention;
  const Embeddings& content = call.out.content;
  const auto users = t.value(call.nodes.users);
  const auto items = t.value(call.nodes.items);
  const auto to_users = detail::elements(t.value(attention.to_users));
  const auto to_items = detail::elements(t.value(attention.to_items));
  const detail::Gradient to_users_grad(t, attention.to_users), to_items_grad(t, attention.to_items);
  Means means = attended_means(t, call, to_users_grad.view(), to_items_grad.view());
  add_content(t, call.users(), content.users, call.nodes.users, call.users_inverse, means.users);
  add_content(t, call.items(), content.items, call.nodes.items, call.items_inverse, means.items);
  const auto user_marks = detail::gradient_marks(t, content.users, call.users());
  const auto item_marks = detail::gradient_marks(t, content.items, call.items());
  const std::vector<float> zeros(static_cast<std::size_t>(users.cols), 0.0F);
  auto cosines = t.scratch(pattern.nnz(), 1);

  detail::give_rows(t, call.nodes.items, [&](MatrixView<float> grad) {
    const kernels::AttendBackwardOperands o{pattern.csr,
                                            items,
                                            users,
                                            call.items_inverse,
                                            call.users_inverse,
                                            detail::marked_gradient(t, content.items),
                                            detail::marked_gradient(t, content.users),
                                            item_marks,
                                            user_marks,
                                            to_items,
                                            detail::elements(to_items_grad.view()),
                                            to_users,
                                            detail::elements(to_users_grad.view()),
                                            means.items,
                                            means.users,
                                            detail::elements(cosines.view()),
                                            zeros,
                                            grad};
    detail::for_shares(t, pattern.csr, users.cols,
                       [&](Index begin, Index end) { kernels::attend_backward_rows(o, begin, end); });
  });

  auto cosines_by_user = t.scratch(pattern.nnz(), 1);
  auto shares_by_user = t.scratch(pattern.nnz(), 1);
  float* const cosines_to = cosines_by_user.view().data;
  float* const shares_to = shares_by_user.view().data;
  const float* const cosines_from = cosines.view().data;
  detail::for_rows(t, pattern.nnz(), 4, [&](Index k) {
    const Index entry = pattern.permutation[static_cast<std::size_t>(k)];
    cosines_to[k] = cosines_from[entry];
    shares_to[k] = to_items[static_cast<std::size_t>(entry)];
  });
  detail::give_rows(t, call.nodes.users, [&](MatrixView<float> grad) {
    const kernels::AttendBackwardOperands o{pattern.transposed,
                                            users,
                                            items,
                                            call.users_inverse,
                                            call.items_inverse,
                                            detail::marked_gradient(t, content.users),
                                            detail::marked_gradient(t, content.items),
                                            user_marks,
                                            item_marks,
                                            {},
                                            {},
                                            detail::elements(shares_by_user.view()),
                                            {},
                                            {},
                                            {},
                                            detail::elements(cosines_by_user.view()),
                                            zeros,
                                            grad};
    detail::for_shares(t, pattern.transposed, users.cols,
                       [&](Index begin, Index end) { kernels::attend_spread_rows(o, begin, end); });
  });
}

}  // namespace

EdgeAttention edge_attention(Tape& tape, const PatternPtr& item_users, Var users, Var items,
                             const graph::ReceptiveField* field) {
  if (tape.rows(users) != item_users->cols() || tape.rows(items) != item_users->rows() ||
      tape.cols(users) != tape.cols(items)) {
    fail<InvalidArgument>("[edge_attention] users are {} x {} and items {} x {}, the pattern of items is {} x {}",
                          tape.rows(users), tape.cols(users), tape.rows(items), tape.cols(items), item_users->rows(),
                          item_users->cols());
  }
  const Index width = tape.cols(users);
  const Index edges = item_users->nnz();
  const auto call = std::make_shared<EdgeAttentionCall>(EdgeAttentionCall{
      item_users, {users, items}, {}, field, detail::inverse_norms(tape, users), detail::inverse_norms(tape, items)});
  call->out.attention = {tape.make(edges, 1, {users, items}), tape.make(edges, 1, {users, items})};
  call->out.content = {tape.make(item_users->cols(), width, {users, items}),
                       tape.make(item_users->rows(), width, {users, items})};
  forward(tape, *call);
  tape.on_backward(call->out.content.items, [call](Tape& t) { backward(t, *call); });
  return call->out;
}

}  // namespace monet::autograd
