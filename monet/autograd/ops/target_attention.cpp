#include "monet/autograd/ops/target_attention.h"

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

constexpr int kRowsAhead = 2;  // batch entries

std::span<const std::int32_t> first_few(std::span<const std::int32_t> history) {
  return history.first(std::min<std::size_t>(history.size(), 6));
}

// What forward leaves for backward.
struct Saved {
  std::vector<std::int32_t> users, positives, negatives;
  std::vector<std::size_t> offsets;  // of each batch row's slopes
  std::vector<float> positive_slopes, negative_slopes;
  std::vector<float> margin_gradient;  // dL / d(ŷ_ui − ŷ_uj)
  RankingLossOptions options;
};

void check(const Tape& tape, Var users, Var items, const Csr& history, const Saved& s) {
  if (tape.cols(users) != tape.cols(items) || tape.rows(users) != history.rows() ||
      tape.rows(items) != history.cols()) {
    fail<InvalidArgument>("[target_aware_bpr] users are {} x {} and items {} x {}, the histories {} x {}",
                          tape.rows(users), tape.cols(users), tape.rows(items), tape.cols(items), history.rows(),
                          history.cols());
  }
  if (s.users.empty() || s.users.size() != s.positives.size() || s.users.size() != s.negatives.size()) {
    fail<InvalidArgument>("[target_aware_bpr] a batch of {} users, {} positives and {} negatives", s.users.size(),
                          s.positives.size(), s.negatives.size());
  }
}

double log_sigmoid(double x) {
  return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x)));
}

// Rows of batch entries to come: their first use would wait for memory.
void prefetch(const float* row, Index width) {
  for (Index line = 0; line < width; line += 16) __builtin_prefetch(row + line);
}

void zero(ThreadPool& pool, MatrixView<float> grad, const graph::RowSet* set) {
  const bool all = set == nullptr || set->all;
  pool.for_range(all ? grad.rows : static_cast<Index>(set->rows.size()), [&](Index begin, Index end, int) {
    for (Index n = begin; n < end; ++n) {
      std::fill_n(grad.row(all ? n : set->rows[static_cast<std::size_t>(n)]), grad.cols, 0.0F);
    }
  });
}

}  // namespace

RankingLoss target_aware_bpr(Tape& tape, Var users, Var items, const Csr& history,
                             std::span<const std::int32_t> batch_users, std::span<const std::int32_t> positives,
                             std::span<const std::int32_t> negatives, const RankingLossOptions& options,
                             const graph::ReceptiveField* field) {
  auto saved = std::make_shared<Saved>();
  Saved& s = *saved;
  s.users.assign(batch_users.begin(), batch_users.end());
  s.positives.assign(positives.begin(), positives.end());
  s.negatives.assign(negatives.begin(), negatives.end());
  s.options = options;
  check(tape, users, items, history, s);

  ThreadPool& pool = tape.pool();
  const std::size_t size = s.users.size();
  const auto rows = static_cast<Index>(size);
  const Index width = tape.cols(users);
  const bool attends = options.target_aware && options.beta != 0.0F;
  s.margin_gradient.resize(size);
  s.offsets.resize(size);
  if (attends) {
    // A row's slopes are computed in whole vectors that run over into the next row's, which the same worker writes
    // later; between workers' parts lies a gap.
    std::size_t total = 0;
    const Index workers = pool.size();
    for (Index w = 0; w < workers; ++w) {
      for (Index b = rows * w / workers; b < rows * (w + 1) / workers; ++b) {
        s.offsets[static_cast<std::size_t>(b)] = total;
        total += static_cast<std::size_t>(history.degree(s.users[static_cast<std::size_t>(b)]));
      }
      total += static_cast<std::size_t>(kernels::kSlopePadding);
    }
    s.positive_slopes.resize(total);
    s.negative_slopes.resize(total);
  }

  const MatrixView<const float> e_users = tape.value(users);
  const MatrixView<const float> e_items = tape.value(items);
  const float general = options.target_aware ? 1.0F - options.beta : 1.0F;
  std::vector<double> losses(size);
  std::vector<double> squares(size);
  pool.for_range(rows, [&](Index begin, Index end, int) {
    for (Index row = begin; row < end; ++row) {
      const auto b = static_cast<std::size_t>(row);
      if (row + kRowsAhead < end) {
        const std::size_t next = b + kRowsAhead;
        prefetch(e_users.row(s.users[next]), width);
        prefetch(e_items.row(s.positives[next]), width);
        prefetch(e_items.row(s.negatives[next]), width);
        for (const std::int32_t item : first_few(history.row(s.users[next]))) prefetch(e_items.row(item), width);
      }
      const float* u = e_users.row(s.users[b]);
      const float* i = e_items.row(s.positives[b]);
      const float* j = e_items.row(s.negatives[b]);
      const auto dots = kernels::triplet_dots(u, i, j, width);
      double margin = general * (static_cast<double>(dots.user_positive) - dots.user_negative);
      const auto past = history.row(s.users[b]);
      if (attends && !past.empty()) {
        const auto target =
            kernels::target_attention(e_items, past, i, j, options.exclude_target ? s.positives[b] : -1,
                                      s.positive_slopes.data() + s.offsets[b], s.negative_slopes.data() + s.offsets[b]);
        margin += options.beta * (static_cast<double>(target.positive) - target.negative);
      }
      losses[b] = -log_sigmoid(margin);
      s.margin_gradient[b] = static_cast<float>(-1.0 / ((1.0 + std::exp(margin)) * static_cast<double>(size)));
      squares[b] = static_cast<double>(dots.user_user) + dots.positive_positive + dots.negative_negative;
    }
  });
  RankingLoss loss{tape.make(1, 1, {users, items}), 0.0, 0.0};
  for (std::size_t b = 0; b < size; ++b) {
    loss.ranking += losses[b];
    loss.regulariser += squares[b];
  }
  loss.ranking /= static_cast<double>(size);
  loss.regulariser /= 2.0 * static_cast<double>(size);
  tape.mutable_value(loss.total)(0, 0) = static_cast<float>(loss.ranking + options.weight_decay * loss.regulariser);

  tape.on_backward(loss.total, [saved, users, items, total = loss.total, &history, field, attends, general](Tape& t) {
    const Saved& kept = *saved;
    ThreadPool& team = t.pool();
    const float seed = t.grad(total)(0, 0);
    const MatrixView<const float> user_rows = t.value(users);
    const MatrixView<const float> item_rows = t.value(items);
    GradSlot user_grad = t.needs_grad(users) ? t.contribute(users) : GradSlot{};
    GradSlot item_grad = t.needs_grad(items) ? t.contribute(items) : GradSlot{};
    std::deque<Tape::Scratch> dropped;
    if (user_grad.view.data == nullptr) {
      dropped.push_back(t.scratch(user_rows.rows, user_rows.cols));
      user_grad.view = dropped.back().view();
    }
    if (item_grad.view.data == nullptr) {
      dropped.push_back(t.scratch(item_rows.rows, item_rows.cols));
      item_grad.view = dropped.back().view();
    }
    if (user_grad.fresh) zero(team, user_grad.view, field == nullptr ? nullptr : &field->users(0));
    if (item_grad.fresh) zero(team, item_grad.view, field == nullptr ? nullptr : &field->items(0));
    const float decay = seed * kept.options.weight_decay / static_cast<float>(kept.users.size());
    // Rows repeat within a batch, so workers share the columns, not the rows.
    team.for_range(
        user_rows.cols,
        [&](Index begin, Index end, int) {
          for (std::size_t b = 0; b < kept.users.size(); ++b) {
            if (const std::size_t next = b + kRowsAhead; next < kept.users.size()) {
              prefetch(user_rows.row(kept.users[next]) + begin, end - begin);
              prefetch(user_grad.view.row(kept.users[next]) + begin, end - begin);
              for (const std::int32_t item : {kept.positives[next], kept.negatives[next]}) {
                prefetch(item_rows.row(item) + begin, end - begin);
                prefetch(item_grad.view.row(item) + begin, end - begin);
              }
              for (const std::int32_t item : first_few(history.row(kept.users[next]))) {
                prefetch(item_rows.row(item) + begin, end - begin);
                prefetch(item_grad.view.row(item) + begin, end - begin);
              }
            }
            const float* u = user_rows.row(kept.users[b]);
            const float* i = item_rows.row(kept.positives[b]);
            const float* j = item_rows.row(kept.negatives[b]);
            float* du = user_grad.view.row(kept.users[b]);
            float* di = item_grad.view.row(kept.positives[b]);
            float* dj = item_grad.view.row(kept.negatives[b]);
            const float g = seed * kept.margin_gradient[b];
            kernels::triplet_backward(u, i, j, g * general, decay, begin, end, du, di, dj);
            const auto past = history.row(kept.users[b]);
            if (attends && !past.empty()) {
              kernels::target_attention_backward(item_rows, past, i, j, kept.positive_slopes.data() + kept.offsets[b],
                                                 kept.negative_slopes.data() + kept.offsets[b], g * kept.options.beta,
                                                 begin, end, item_grad.view, di, dj);
            }
          }
        },
        detail::kColumnGrain);
  });
  return loss;
}

}  // namespace monet::autograd
