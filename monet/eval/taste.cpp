#include "monet/eval/taste.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/eval/detail/directions.h"
#include "monet/kernels/multiply_transposed.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace monet::eval {

namespace {
constexpr Index kHeldOut = 5;
constexpr Index kHistory = 200;
constexpr Index kRivals = 64;  // of either kind
constexpr int kDraws = 20;     // for one rival, until one has features and is not the user's
constexpr Index kNone = -1;

/// Keeps `count` of the values, drawn without replacement.
template <class T>
void draw(std::vector<T>& values, Index count, Rng& rng) {
  const auto wanted = std::min(static_cast<std::size_t>(count), values.size());
  for (std::size_t k = 0; k < wanted; ++k) std::swap(values[k], values[k + rng.below(values.size() - k)]);
  values.resize(wanted);
}

/// What one worker writes to.
struct Workspace {
  explicit Workspace(Index width)
      : unit(static_cast<std::size_t>(width)),
        sum(unit.size()),
        others(kHeldOut, width),
        compared(kHeldOut + 2 * kRivals, width),
        cosines(kHeldOut, kHeldOut + 2 * kRivals) {}
  std::vector<float> unit;
  std::vector<double> sum;
  Matrix<float> others;    // for each held-out item the sum of the others: a cosine's length changes no order
  Matrix<float> compared;  // held-out items, rivals of other users, rivals of the catalogue
  Matrix<float> cosines;
};

struct Rival {
  Index item = kNone;
  Index owner = kNone;  // the user whose item was drawn
};

class Measurement {
 public:
  Measurement(const Directions& features, CsrView train) : features_(&features), train_(train) {
    for (Index u = 0; u < train.rows; ++u) {
      if (items_of(u).size() > 1) users_.push_back(u);
    }
  }

  const std::vector<Index>& users() const { return users_; }

  /// The shares against other users' items and against any items.
  std::pair<double, double> of_user(Index user, Rng& rng, Workspace& work) const {
    std::vector<std::int32_t> items = items_of(user);
    draw(items, kHistory, rng);
    const Index held_out = std::min(kHeldOut, static_cast<Index>(items.size()));
    add_items(items, held_out, work);
    std::vector<Rival> rivals;
    for (Index k = 0; k < kRivals; ++k) rivals.push_back(rival(user, [&] { return others_item(rng); }));
    for (Index k = 0; k < kRivals; ++k) rivals.push_back(rival(user, [&] { return any_item(rng); }));
    for (Index k = 0; k < 2 * kRivals; ++k) {
      float* row = work.compared.row(held_out + k);
      const Index item = rivals[static_cast<std::size_t>(k)].item;
      if (item == kNone) {
        std::fill_n(row, work.compared.cols(), 0.0F);
      } else {
        features_->unit(item, row);
      }
    }
    const Index all = held_out + 2 * kRivals;
    const MatrixView<float> cosines = work.cosines.view().row_range(0, held_out).columns(0, all);
    kernels::multiply_transposed(work.others.view().row_range(0, held_out), work.compared.view().row_range(0, all),
                                 cosines);
    const std::span<const Rival> drawn(rivals);
    items.resize(static_cast<std::size_t>(held_out));
    return {wins(cosines, items, drawn.first(kRivals), held_out),
            wins(cosines, items, drawn.last(kRivals), held_out + kRivals)};
  }

 private:
  std::vector<std::int32_t> items_of(Index user) const {
    std::vector<std::int32_t> items;
    for (const std::int32_t item : train_.row(user)) {
      if (features_->has(item)) items.push_back(item);
    }
    return items;
  }

  /// Fills what is compared with the first items, and `others`.
  void add_items(const std::vector<std::int32_t>& items, Index held_out, Workspace& work) const {
    std::fill(work.sum.begin(), work.sum.end(), 0.0);
    for (std::size_t k = 0; k < items.size(); ++k) {
      const auto at = static_cast<Index>(k);
      float* row = at < held_out ? work.compared.row(at) : work.unit.data();
      features_->unit(items[k], row);
      for (std::size_t c = 0; c < work.sum.size(); ++c) work.sum[c] += static_cast<double>(row[c]);
    }
    for (Index h = 0; h < held_out; ++h) {
      for (std::size_t c = 0; c < work.sum.size(); ++c) {
        work.others.row(h)[c] = static_cast<float>(work.sum[c] - static_cast<double>(work.compared.row(h)[c]));
      }
    }
  }

  bool has(Index user, Index item) const {
    const auto row = train_.row(user);
    return std::binary_search(row.begin(), row.end(), item);
  }

  template <class Draw>
  Rival rival(Index user, Draw draw_one) const {
    for (int k = 0; k < kDraws; ++k) {
      const Rival drawn = draw_one();
      if (features_->has(drawn.item) && !has(user, drawn.item)) return drawn;
    }
    return {};
  }

  Rival others_item(Rng& rng) const {
    const Index owner = users_[rng.below(users_.size())];
    const auto row = train_.row(owner);
    return {row[rng.below(row.size())], owner};
  }

  Rival any_item(Rng& rng) const { return {features_->rows[rng.below(features_->rows.size())], kNone}; }

  /// Share of rivals that held-out items beat; NaN without rivals. As the user does not have the rival, its owner must
  /// not have the held-out item: otherwise bestsellers, which both have, would win as held-out items alone.
  double wins(MatrixView<const float> cosines, std::span<const std::int32_t> held_out, std::span<const Rival> rivals,
              Index first) const {
    double sum = 0.0;
    double count = 0.0;
    for (Index h = 0; h < cosines.rows; ++h) {
      for (std::size_t k = 0; k < rivals.size(); ++k) {
        if (rivals[k].item == kNone) continue;
        if (rivals[k].owner != kNone && has(rivals[k].owner, held_out[static_cast<std::size_t>(h)])) continue;
        const float rival = cosines(h, first + static_cast<Index>(k));
        sum += cosines(h, h) > rival ? 1.0 : cosines(h, h) == rival ? 0.5 : 0.0;
        count += 1.0;
      }
    }
    return count > 0.0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
  }

  const Directions* features_;
  CsrView train_;
  std::vector<Index> users_;  // with two items or more that have directions
};

Estimate mean_of(const std::vector<double>& values) {
  Estimate out;
  double sum = 0.0;
  double squares = 0.0;
  for (const double x : values) {
    if (std::isnan(x)) continue;
    sum += x;
    squares += x * x;
    ++out.pairs;
  }
  if (out.pairs < 2) return {};
  const auto n = static_cast<double>(out.pairs);
  out.mean = sum / n;
  out.standard_error = std::sqrt(std::max(0.0, squares / n - out.mean * out.mean) / (n - 1.0));
  return out;
}
}  // namespace

Taste measure_taste(ThreadPool& pool, MatrixView<const float> features, CsrView train, const TasteBudget& budget) {
  return measure_taste(pool, directions(features), train, budget);
}

Taste measure_taste(ThreadPool& pool, const Directions& units, CsrView train, const TasteBudget& budget) {
  const MatrixView<const float> features = units.features;
  const Measurement measurement(units, train);
  std::vector<Index> users = measurement.users();
  Taste out;
  out.all_users = static_cast<Index>(users.size());
  const double one = static_cast<double>((kHistory + 2 * kRivals) * features.cols);
  Rng rng(budget.seed);
  draw(users, std::min(budget.users, std::max(Index{100}, static_cast<Index>(budget.products / one))), rng);
  std::vector<double> others(users.size());
  std::vector<double> catalogue(users.size());
  pool.for_range(static_cast<Index>(users.size()), [&](Index begin, Index end, int) {
    Workspace work(features.cols);
    for (Index k = begin; k < end; ++k) {
      const auto at = static_cast<std::size_t>(k);
      Rng mine(budget.seed, 1 + static_cast<std::uint64_t>(users[at]));
      std::tie(others[at], catalogue[at]) = measurement.of_user(users[at], mine, work);
    }
  });
  out.others = mean_of(others);
  out.catalogue = mean_of(catalogue);
  out.users = out.others.pairs;
  return out;
}

}  // namespace monet::eval
