#include "monet/autograd/ops/dot_bpr.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/target_attention.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <vector>

namespace monet::autograd {

namespace {

constexpr std::size_t kAhead = 8;  // triples

struct DotBprCall {
  std::vector<Embeddings> parts;
  std::vector<std::int32_t> users, positives, negatives;
  const graph::ReceptiveField* field;
  std::vector<float> slopes;  // of the loss by each triple's margin
};

void check_ids(std::span<const std::int32_t> ids, Index rows) {
  for (const std::int32_t id : ids) {
    if (id < 0 || id >= rows) fail<InvalidArgument>("[dot_bpr] row {} of a table with {} rows", id, rows);
  }
}

void check(const Tape& tape, const DotBprCall& call) {
  if (call.parts.empty()) fail<InvalidArgument>("[dot_bpr] no tables given");
  if (call.users.empty() || call.users.size() != call.positives.size() || call.users.size() != call.negatives.size()) {
    fail<InvalidArgument>("[dot_bpr] a batch of {} users, {} positives and {} negatives", call.users.size(),
                          call.positives.size(), call.negatives.size());
  }
  const auto& first = call.parts.front();
  for (const Embeddings& part : call.parts) {
    if (tape.rows(part.users) != tape.rows(first.users) || tape.rows(part.items) != tape.rows(first.items) ||
        tape.cols(part.users) != tape.cols(part.items)) {
      fail<InvalidArgument>("[dot_bpr] tables of {} x {} and {} x {} beside tables of {} and {} rows",
                            tape.rows(part.users), tape.cols(part.users), tape.rows(part.items), tape.cols(part.items),
                            tape.rows(first.users), tape.rows(first.items));
    }
  }
  check_ids(call.users, tape.rows(first.users));
  check_ids(call.positives, tape.rows(first.items));
  check_ids(call.negatives, tape.rows(first.items));
}

// Adds e_u·e_i - e_u·e_j of one part to the margins.
void add_margins(Tape& tape, const DotBprCall& call, const Embeddings& part, std::vector<double>& margins) {
  const auto users = tape.value(part.users);
  const auto items = tape.value(part.items);
  tape.pool().for_range(static_cast<Index>(margins.size()), [&](Index begin, Index end, int) {
    for (auto b = static_cast<std::size_t>(begin); b < static_cast<std::size_t>(end); ++b) {
      const std::size_t next = std::min(b + kAhead, margins.size() - 1);
      detail::prefetch(users.row(call.users[next]), users.cols);
      detail::prefetch(items.row(call.positives[next]), users.cols);
      detail::prefetch(items.row(call.negatives[next]), users.cols);
      const auto dots = kernels::triplet_dots(users.row(call.users[b]), items.row(call.positives[b]),
                                              items.row(call.negatives[b]), users.cols);
      margins[b] += static_cast<double>(dots.user_positive) - static_cast<double>(dots.user_negative);
    }
  });
}

void clear(Tape& t, const graph::RowSet* set, const GradSlot& slot) {
  if (!slot.fresh) return;
  detail::for_set(t, set, slot.view.rows, {slot.view},
                  [&](Index r) { std::fill_n(slot.view.row(r), slot.view.cols, 0.0F); });
}

void backward_part(Tape& t, const DotBprCall& call, const Embeddings& part, float seed) {
  const auto users = t.value(part.users);
  const auto items = t.value(part.items);
  const detail::Target users_grad(t, part.users), items_grad(t, part.items);
  clear(t, call.field == nullptr ? nullptr : &call.field->users(0), users_grad.slot());
  clear(t, call.field == nullptr ? nullptr : &call.field->items(0), items_grad.slot());
  // Rows repeat within a batch, so workers share the columns, not the rows.
  t.pool().for_range(
      users.cols,
      [&](Index begin, Index end, int) {
        for (std::size_t b = 0; b < call.users.size(); ++b) {
          const std::size_t next = std::min(b + kAhead, call.users.size() - 1);
          for (const auto& rows : {users, MatrixView<const float>(users_grad.slot().view)}) {
            detail::prefetch(rows.row(call.users[next]) + begin, end - begin);
          }
          for (const auto& rows : {items, MatrixView<const float>(items_grad.slot().view)}) {
            detail::prefetch(rows.row(call.positives[next]) + begin, end - begin);
            detail::prefetch(rows.row(call.negatives[next]) + begin, end - begin);
          }
          kernels::triplet_backward(
              users.row(call.users[b]), items.row(call.positives[b]), items.row(call.negatives[b]),
              seed * call.slopes[b], 0.0F, begin, end, users_grad.slot().view.row(call.users[b]),
              items_grad.slot().view.row(call.positives[b]), items_grad.slot().view.row(call.negatives[b]));
        }
      },
      detail::kColumnGrain);
}

}  // namespace

Var dot_bpr(Tape& tape, std::span<const Embeddings> parts, std::span<const std::int32_t> users,
            std::span<const std::int32_t> positives, std::span<const std::int32_t> negatives,
            const graph::ReceptiveField* field) {
  auto call = std::make_shared<DotBprCall>(DotBprCall{{parts.begin(), parts.end()},
                                                      {users.begin(), users.end()},
                                                      {positives.begin(), positives.end()},
                                                      {negatives.begin(), negatives.end()},
                                                      field,
                                                      std::vector<float>(users.size())});
  check(tape, *call);
  std::vector<double> margins(users.size(), 0.0);
  std::vector<Var> inputs;
  for (const Embeddings& part : parts) {
    inputs.insert(inputs.end(), {part.users, part.items});
    add_margins(tape, *call, part, margins);
  }
  double loss = 0.0;
  const auto size = static_cast<double>(margins.size());
  for (std::size_t b = 0; b < margins.size(); ++b) {
    const double rest = std::exp(-std::abs(margins[b]));
    loss += std::max(-margins[b], 0.0) + std::log1p(rest);
    call->slopes[b] = static_cast<float>((margins[b] >= 0.0 ? -rest : -1.0) / ((1.0 + rest) * size));
  }
  const Var y = tape.make(1, 1, {detail::deciding(tape, inputs)});
  tape.mutable_value(y)(0, 0) = static_cast<float>(loss / size);

  tape.on_backward(y, [y, call](Tape& t) {
    if (!t.has_grad(y)) return;
    for (const Embeddings& part : call->parts) backward_part(t, *call, part, t.grad(y)(0, 0));
  });
  return y;
}

}  // namespace monet::autograd
