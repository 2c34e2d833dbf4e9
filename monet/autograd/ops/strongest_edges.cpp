#include "monet/autograd/ops/strongest_edges.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace monet::autograd {

namespace {

struct Call {
  PatternPtr pattern;
  std::vector<Var> to_users, to_items;  // a of each modality
  Embeddings confidence;
  bool prune;
  EdgeValues out;
};

void check(const Tape& tape, const SparsePattern& pattern, std::span<const EdgeValues> attentions,
           Embeddings confidence) {
  const auto modalities = static_cast<Index>(attentions.size());
  if (attentions.empty()) fail<InvalidArgument>("[strongest_edges] no attention given");
  for (const EdgeValues& attention : attentions) {
    detail::require_entry_values(tape, "strongest_edges", attention.to_users, pattern.nnz());
    detail::require_entry_values(tape, "strongest_edges", attention.to_items, pattern.nnz());
  }
  if (tape.rows(confidence.users) != pattern.cols() || tape.rows(confidence.items) != pattern.rows() ||
      tape.cols(confidence.users) != modalities || tape.cols(confidence.items) != modalities) {
    fail<InvalidArgument>(
        "[strongest_edges] confidences of users are {} x {} and of items {} x {}, the pattern of items is {} x {}, "
        "with {} attentions",
        tape.rows(confidence.users), tape.cols(confidence.users), tape.rows(confidence.items),
        tape.cols(confidence.items), pattern.rows(), pattern.cols(), modalities);
  }
}

std::vector<MatrixView<const float>> values_of(const Tape& tape, std::span<const Var> vars) {
  std::vector<MatrixView<const float>> views;
  for (const Var v : vars) views.push_back(tape.value(v));
  return views;
}

struct Winner {
  std::size_t modality = 0;
  float value = -std::numeric_limits<float>::infinity();
};

Winner strongest(std::span<const MatrixView<const float>> attention, Index entry, const float* confidence) {
  Winner best;
  for (std::size_t m = 0; m < attention.size(); ++m) {
    const float value = attention[m](entry, 0) * confidence[m];
    const bool more = value > best.value;
    best.modality = more ? m : best.modality;
    best.value = more ? value : best.value;
  }
  return best;
}

/// Calls body(entry, item, user) for the edges of rows [begin, end).
template <class Body>
void for_edges(const Csr& csr, Index begin, Index end, Body&& body) {
  const auto indptr = csr.indptr();
  const auto columns = csr.indices();
  for (Index i = begin; i < end; ++i) {
    for (Index e = indptr[static_cast<std::size_t>(i)]; e < indptr[static_cast<std::size_t>(i) + 1]; ++e) {
      body(e, i, Index{columns[static_cast<std::size_t>(e)]});
    }
  }
}

void forward(Tape& tape, const Call& call) {
  const auto from_items = values_of(tape, call.to_users);
  const auto from_users = values_of(tape, call.to_items);
  const auto of_users = tape.value(call.confidence.users);
  const auto of_items = tape.value(call.confidence.items);
  const auto to_users = tape.mutable_value(call.out.to_users);
  const auto to_items = tape.mutable_value(call.out.to_items);
  const float least = call.prune ? 0.0F : -std::numeric_limits<float>::infinity();
  detail::for_shares(tape, call.pattern->csr, 4 * of_users.cols, [&](Index begin, Index end) {
    for_edges(call.pattern->csr, begin, end, [&](Index e, Index i, Index u) {
      to_users(e, 0) = std::max(strongest(from_items, e, of_items.row(i)).value, least);
      to_items(e, 0) = std::max(strongest(from_users, e, of_users.row(u)).value, least);
    });
  });
}

// Gives the gradient of one direction's weight to the attention and the confidence that won.
class Given {
 public:
  Given(Tape& tape, const std::vector<Var>& attention, MatrixView<const float> confidence, Var weights, bool prune)
      : attention_(values_of(tape, attention)), confidence_(confidence), seed_(tape, weights), prune_(prune) {
    for (const Var v : attention) targets_.emplace_back(tape, v);
  }

  void operator()(Index entry, Index source, float* confidence_grad) const {
    const Winner won = strongest(attention_, entry, confidence_.row(source));
    const float seed = prune_ && !(won.value > 0.0F) ? 0.0F : seed_.view()(entry, 0);
    for (std::size_t m = 0; m < targets_.size(); ++m) {
      const float share = m == won.modality ? seed : 0.0F;
      const GradSlot& slot = targets_[m].slot();
      detail::put(slot.view(entry, 0), share * confidence_(source, static_cast<Index>(m)), slot.fresh);
      confidence_grad[m] += share * attention_[m](entry, 0);
    }
  }

 private:
  std::vector<MatrixView<const float>> attention_;
  MatrixView<const float> confidence_;
  detail::Gradient seed_;
  bool prune_;
  std::vector<detail::Target> targets_;
};

void backward(Tape& t, const Call& call) {
  const auto of_users = t.value(call.confidence.users);
  const auto of_items = t.value(call.confidence.items);
  const Given to_users(t, call.to_users, of_items, call.out.to_users, call.prune);
  const Given to_items(t, call.to_items, of_users, call.out.to_items, call.prune);
  const detail::Target users_grad(t, call.confidence.users), items_grad(t, call.confidence.items);
  if (users_grad.slot().fresh) fill(users_grad.slot().view, 0.0F);
  if (items_grad.slot().fresh) fill(items_grad.slot().view, 0.0F);
  // Items' rows belong to one worker each; users' are summed for each worker and then in the workers' order.
  auto parts = t.scratch(t.pool().size() * of_users.rows, of_users.cols);
  fill(parts.view(), 0.0F);
  const std::vector<Index> bounds = kernels::balanced_ranges(call.pattern->csr, t.pool().size());
  t.pool().run([&](int w) {
    const auto part = parts.view().row_range(w * of_users.rows, of_users.rows);
    const Index end = bounds[static_cast<std::size_t>(w) + 1];
    for_edges(call.pattern->csr, bounds[static_cast<std::size_t>(w)], end, [&](Index e, Index i, Index u) {
      to_users(e, i, items_grad.slot().view.row(i));
      to_items(e, u, part.row(u));
    });
  });
  for (int w = 0; w < t.pool().size(); ++w) {
    for (Index u = 0; u < of_users.rows; ++u) {
      detail::axpy(1.0F, parts.view().row(w * of_users.rows + u), of_users.cols, users_grad.slot().view.row(u));
    }
  }
}

}  // namespace

EdgeValues strongest_edges(Tape& tape, const PatternPtr& item_users, std::span<const EdgeValues> attentions,
                           Embeddings confidence, bool prune) {
  check(tape, *item_users, attentions, confidence);
  Call call{item_users, {}, {}, confidence, prune, {}};
  std::vector<Var> inputs{confidence.users, confidence.items};
  for (const EdgeValues& attention : attentions) {
    call.to_users.push_back(attention.to_users);
    call.to_items.push_back(attention.to_items);
    inputs.insert(inputs.end(), {attention.to_users, attention.to_items});
  }
  const Var deciding = detail::deciding(tape, inputs);
  call.out = {tape.make(item_users->nnz(), 1, {deciding}), tape.make(item_users->nnz(), 1, {deciding})};
  forward(tape, call);
  tape.on_backward(call.out.to_items, [call](Tape& t) { backward(t, call); });
  return call.out;
}

}  // namespace monet::autograd
