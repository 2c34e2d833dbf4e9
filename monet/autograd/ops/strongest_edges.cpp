#include "monet/autograd/ops/strongest_edges.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace monet::autograd {

namespace {

struct StrongestEdgesCall {
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

constexpr Index kChunk = 256;  // edges

using Chunk = std::array<float, kChunk>;

/// One direction: a of each modality, and the confidence of the edges' sources.
struct Direction {
  std::deque<detail::Entries> attention;
  MatrixView<const float> confidence;

  Direction(Tape& tape, std::span<const Var> values, MatrixView<const float> confidence_of)
      : confidence(confidence_of) {
    for (const Var v : values) attention.emplace_back(tape, tape.value(v));
  }
  const float* of(std::size_t modality) const { return std::span<const float>(attention[modality]).data(); }
};

// conf of modality m for the sources of a chunk.
void take(MatrixView<const float> confidence, std::size_t m, const std::int32_t* sources, Index count, float* to) {
  for (Index k = 0; k < count; ++k) to[k] = confidence.data[sources[k] * confidence.stride + static_cast<Index>(m)];
}

// The largest product over the modalities.
void strongest(const Direction& from, const std::int32_t* sources, Index first, Index count, float* best) {
  Chunk trust;
  for (std::size_t m = 0; m < from.attention.size(); ++m) {
    const float* const a = from.of(m) + first;
    take(from.confidence, m, sources, count, trust.data());
    for (Index k = 0; k < count; ++k) {
      const float value = a[k] * trust[static_cast<std::size_t>(k)];
      best[k] = m == 0 || value > best[k] ? value : best[k];
    }
  }
}

/// Calls body(first, count, users, items) for the edges of items [begin, end) in chunks.
template <class Body>
void for_chunks(const Csr& csr, Index begin, Index end, Body&& body) {
  const auto indptr = csr.indptr();
  const Index beyond = indptr[static_cast<std::size_t>(end)];
  std::array<std::int32_t, kChunk> items;
  Index item = begin;
  for (Index first = indptr[static_cast<std::size_t>(begin)]; first < beyond; first += kChunk) {
    const Index count = std::min(kChunk, beyond - first);
    for (Index k = 0; k < count; ++k) {
      while (indptr[static_cast<std::size_t>(item) + 1] <= first + k) ++item;
      items[static_cast<std::size_t>(k)] = static_cast<std::int32_t>(item);
    }
    body(first, count, csr.indices().data() + first, items.data());
  }
}

void forward(Tape& tape, const StrongestEdgesCall& call) {
  const Direction to_users(tape, call.to_users, tape.value(call.confidence.items));
  const Direction to_items(tape, call.to_items, tape.value(call.confidence.users));
  float* const users_weights = tape.mutable_value(call.out.to_users).data;
  float* const items_weights = tape.mutable_value(call.out.to_items).data;
  const auto floor = [&](float* weights, Index count) {
    for (Index k = 0; call.prune && k < count; ++k) weights[k] = weights[k] > 0.0F ? weights[k] : 0.0F;
  };
  detail::for_shares(tape, call.pattern->csr, 8, [&](Index begin, Index end) {
    for_chunks(call.pattern->csr, begin, end,
               [&](Index first, Index count, const std::int32_t* users, const std::int32_t* items) {
                 strongest(to_users, items, first, count, users_weights + first);
                 strongest(to_items, users, first, count, items_weights + first);
                 floor(users_weights + first, count);
                 floor(items_weights + first, count);
               });
  });
}

/// The gradient of one direction's weights, given to the attention and the confidence that won.
class Given {
 public:
  Given(Tape& tape, std::span<const Var> attention, MatrixView<const float> confidence, Var weights, bool prune)
      : from_(tape, attention, confidence), weights_(tape.value(weights)), seed_(tape, weights), prune_(prune) {
    for (const Var v : attention) targets_.emplace_back(tape, v);
  }

  void operator()(const std::int32_t* sources, Index first, Index count, MatrixView<float> confidence_grad) const {
    Chunk open;  // what no modality has won yet
    const float* const weights = weights_.data + first;
    const float* const seed = seed_.view().data + first;
    for (Index k = 0; k < count; ++k) {
      open[static_cast<std::size_t>(k)] = !prune_ || weights[k] > 0.0F ? seed[k] : 0.0F;
    }
    for (std::size_t m = 0; m < targets_.size(); ++m) give(m, sources, first, count, open, confidence_grad);
  }

 private:
  void give(std::size_t m, const std::int32_t* sources, Index first, Index count, Chunk& open,
            MatrixView<float> confidence_grad) const {
    Chunk trust, attention_grad, trust_grad;
    take(from_.confidence, m, sources, count, trust.data());
    const float* const a = from_.of(m) + first;
    const float* const weights = weights_.data + first;
    for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
      const float share = a[k] * trust[k] == weights[k] ? open[k] : 0.0F;
      open[k] -= share;
      attention_grad[k] = share * trust[k];
      trust_grad[k] = share * a[k];
    }
    const GradSlot& slot = targets_[m].slot();
    if (slot.fresh && slot.view.contiguous()) {
      std::copy_n(attention_grad.data(), count, slot.view.data + first);
    } else {
      for (Index k = 0; k < count; ++k) {
        detail::put(slot.view(first + k, 0), attention_grad[static_cast<std::size_t>(k)], slot.fresh);
      }
    }
    for (Index k = 0; k < count; ++k) {
      confidence_grad.data[sources[k] * confidence_grad.stride + static_cast<Index>(m)] +=
          trust_grad[static_cast<std::size_t>(k)];
    }
  }

  Direction from_;
  MatrixView<const float> weights_;
  detail::Gradient seed_;
  bool prune_;
  std::deque<detail::Target> targets_;
};

void backward(Tape& t, const StrongestEdgesCall& call) {
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
    for_chunks(call.pattern->csr, bounds[static_cast<std::size_t>(w)], bounds[static_cast<std::size_t>(w) + 1],
               [&](Index first, Index count, const std::int32_t* users, const std::int32_t* items) {
                 to_users(items, first, count, items_grad.slot().view);
                 to_items(users, first, count, part);
               });
  });
  for (int w = 0; w < t.pool().size(); ++w) {
    const auto part = parts.view().row_range(w * of_users.rows, of_users.rows);
    for (Index u = 0; u < of_users.rows; ++u) {
      for (Index m = 0; m < of_users.cols; ++m) users_grad.slot().view(u, m) += part(u, m);
    }
  }
}

}  // namespace

EdgeValues strongest_edges(Tape& tape, const PatternPtr& item_users, std::span<const EdgeValues> attentions,
                           Embeddings confidence, bool prune) {
  check(tape, *item_users, attentions, confidence);
  StrongestEdgesCall call{item_users, {}, {}, confidence, prune, {}};
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
