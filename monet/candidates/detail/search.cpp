#include "monet/candidates/detail/search.h"

#include "monet/core/thread_pool.h"
#include "monet/kernels/code_bounds.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace monet::candidates::detail {

namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();
constexpr std::size_t kChunk = 512;         // candidates scored at a time; more where that does not settle it
constexpr std::size_t kFirstRefine = 2048;  // candidates that wait for scores: those of some of them rule others out
constexpr Index kMostScored = 8;            // of the items, the part from which a whole scan costs less

}  // namespace

Allowed::Allowed(Index items, std::vector<std::int32_t> blocked, std::optional<std::span<const std::int32_t>> only)
    : blocked_(std::move(blocked)) {
  if (!only) return;
  only_.assign(static_cast<std::size_t>(items), false);
  for (const std::int32_t item : *only) only_[static_cast<std::size_t>(item)] = true;
}

bool Allowed::operator()(std::int32_t item) const {
  if (!only_.empty() && !only_[static_cast<std::size_t>(item)]) return false;
  return !std::binary_search(blocked_.begin(), blocked_.end(), item);
}

Search::Search(const CellIndex& index, const scoring::Items& items, const scoring::Query& query, const Allowed& allowed,
               Index k)
    : index_(index),
      items_(items),
      query_(query),
      allowed_(allowed),
      k_(k),
      vectors_(index, items, query),
      least_(kNothing),
      best_(1, 0),
      refine_at_(std::max(kFirstRefine, 4 * static_cast<std::size_t>(k))) {
  query_.only.reset();  // what is scored is allowed
}

bool Search::run(Index most_items) {
  std::vector<std::pair<double, Index>> order;
  for (Index cell = 0; cell < index_.cells(); ++cell) {
    const CellIndex::Cell& own = index_.all_cells()[static_cast<std::size_t>(cell)];
    if (own.blocks > 0) order.emplace_back(-vectors_.bound(cell, own.reach), cell);
  }
  std::sort(order.begin(), order.end());
  // What was added behind the items of the index has no codes: all of it is scored.
  for (Index item = index_.size(); item < items_.size(); ++item) {
    const auto row = static_cast<std::int32_t>(item);
    if (allowed_(row)) candidates_.push_back({std::numeric_limits<float>::infinity(), row});
  }
  const Index added = items_.size() - index_.size();
  looked_at_ = added;
  if (added > items_.size() / kMostScored) return false;
  double passed_over = -std::numeric_limits<double>::infinity();
  for (const auto& [negative, cell] : order) {
    if (-negative < static_cast<double>(least_)) break;
    if (looked_at_ - added >= most_items) {
      passed_over = -negative;
      break;
    }
    scan(cell);
    if (scored_ > items_.size() / kMostScored) return false;
  }
  refine(true);
  const bool everything = passed_over == -std::numeric_limits<double>::infinity();
  proved_ = everything || passed_over < static_cast<double>(least_);
  return scored_ <= items_.size() / kMostScored;
}

void Search::scan(Index cell) {
  const CellIndex::Cell& own = index_.all_cells()[static_cast<std::size_t>(cell)];
  std::array<float, kernels::kCodeItems> upper{};
  std::array<float, kernels::kCodeItems> lower{};
  for (Index block = own.first_block; block < own.first_block + own.blocks; ++block) {
    if (vectors_.bound(cell, index_.reach(block)) < static_cast<double>(least_)) return;
    looked_at_ += std::min(kernels::kCodeItems, own.items - (block - own.first_block) * kernels::kCodeItems);
    if (kernels::code_bounds(vectors_.block(cell, block), vectors_.codes(), least_, upper.data(), lower.data())) {
      take(block, upper.data(), lower.data());
    }
  }
  if (candidates_.size() >= refine_at_) refine(false);
}

void Search::take(Index block, const float* upper, const float* lower) {
  const std::int32_t* items = index_.items(block);
  for (Index lane = 0; lane < kernels::kCodeItems; ++lane) {
    if (upper[lane] < least_ || items[lane] < 0 || !allowed_(items[lane])) continue;
    candidates_.push_back({upper[lane], items[lane]});
    if (static_cast<Index>(lowers_.size()) == k_) {
      if (lower[lane] <= lowers_.front()) continue;
      std::pop_heap(lowers_.begin(), lowers_.end(), std::greater<>());
      lowers_.pop_back();
    }
    lowers_.push_back(lower[lane]);
    std::push_heap(lowers_.begin(), lowers_.end(), std::greater<>());
    if (static_cast<Index>(lowers_.size()) == k_) least_ = std::max(least_, lowers_.front());
  }
}

/// Scores the candidates of largest bounds, which rules others out; `all`: until none is left.
void Search::refine(bool all) {
  const auto ruled_out = [&](const Candidate& candidate) { return candidate.upper < least_; };
  std::size_t chunk = kChunk;
  do {
    candidates_.erase(std::remove_if(candidates_.begin(), candidates_.end(), ruled_out), candidates_.end());
    if (candidates_.empty() || (!all && candidates_.size() < refine_at_ / 2)) break;
    const auto better = [](const Candidate& a, const Candidate& b) { return a.upper > b.upper; };
    const std::size_t count = std::min(chunk, candidates_.size());
    const auto middle = candidates_.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(candidates_.begin(), middle - 1, candidates_.end(), better);
    score({candidates_.data(), count});
    candidates_.erase(candidates_.begin(), middle);
    chunk *= 2;
  } while (all && scored_ <= items_.size() / kMostScored);
  refine_at_ = std::max(refine_at_, 2 * candidates_.size());
}

/// The best of these and of what was best before.
void Search::score(std::span<const Candidate> chunk) {
  scored_ += static_cast<Index>(chunk.size());
  std::vector<std::int32_t> only(best_.row(0).begin(), best_.row(0).end());
  for (const Candidate& candidate : chunk) only.push_back(candidate.item);
  std::sort(only.begin(), only.end());
  ThreadPool pool(1);
  rank::RankOptions options;
  options.k = k_;
  options.only = only;
  best_ = rank::rank(pool, items_, {&query_, 1}, options);
  if (best_.counts.front() == k_) least_ = std::max(least_, best_.scores(0, k_ - 1));
}

}  // namespace monet::candidates::detail
