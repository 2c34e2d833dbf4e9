#include "monet/graph/receptive_field.h"

#include "monet/core/error.h"

#include <algorithm>
#include <utility>

namespace monet::graph {

namespace {

// Collects rows of one side and counts their edges; `add` says false once they are past `limit`.
class Growth {
 public:
  Growth(std::vector<std::uint8_t>& mark, RowSet& set, const Csr& pattern, Index limit)
      : mark_(mark), set_(set), pattern_(pattern), limit_(limit) {}

  bool add(std::int32_t row) {
    if (mark_[static_cast<std::size_t>(row)] != 0) return true;
    mark_[static_cast<std::size_t>(row)] = 1;
    set_.rows.push_back(row);
    edges_ += pattern_.degree(row);
    return edges_ <= limit_;
  }

 private:
  std::vector<std::uint8_t>& mark_;
  RowSet& set_;
  const Csr& pattern_;
  Index limit_;
  Index edges_ = 0;
};

void start(RowSet& set) {
  set.all = false;
  set.rows.clear();
}

// Puts the rows in order, and takes their marks away.
void finish(RowSet& set, bool within, std::vector<std::uint8_t>& mark, Index size) {
  constexpr std::size_t kWorthScanning = 16;  // rows of the side for each of the set
  if (within && set.rows.size() * kWorthScanning > mark.size()) {
    set.rows.clear();
    for (std::size_t row = 0; row < mark.size(); ++row) {
      if (std::exchange(mark[row], std::uint8_t{0}) != 0) set.rows.push_back(static_cast<std::int32_t>(row));
    }
    set.count = static_cast<Index>(set.rows.size());
    return;
  }
  for (const std::int32_t row : set.rows) mark[static_cast<std::size_t>(row)] = 0;
  if (!within) {
    set.all = true;
    set.rows.clear();
    set.count = size;
    return;
  }
  std::sort(set.rows.begin(), set.rows.end());
  set.count = static_cast<Index>(set.rows.size());
}

// next = own ∪ neighbours(other).
void grow(const RowSet& own, const RowSet& other, const Csr& other_to_own, const Csr& own_pattern, Index limit,
          std::vector<std::uint8_t>& mark, RowSet& next) {
  start(next);
  if (own.all || other.all) {
    finish(next, false, mark, own_pattern.rows());
    return;
  }
  Growth growth(mark, next, own_pattern, limit);
  bool within = true;
  for (const std::int32_t row : own.rows) within = growth.add(row) && within;
  for (std::size_t n = 0; within && n < other.rows.size(); ++n) {
    for (const std::int32_t neighbour : other_to_own.row(other.rows[n])) {
      if (!growth.add(neighbour)) {
        within = false;
        break;
      }
    }
  }
  finish(next, within, mark, own_pattern.rows());
}

}  // namespace

ReceptiveField::ReceptiveField(const Bipartite& graph, int layers, double dense_share, double first_share)
    : graph_(&graph), dense_share_(dense_share), first_share_(first_share) {
  if (layers < 0) fail<InvalidArgument>("[receptive field] {} layers", layers);
  users_.resize(static_cast<std::size_t>(layers) + 1);
  items_.resize(static_cast<std::size_t>(layers) + 1);
  user_mark_.assign(static_cast<std::size_t>(graph.num_users()), 0);
  item_mark_.assign(static_cast<std::size_t>(graph.num_items()), 0);
}

void ReceptiveField::build(std::span<const std::int32_t> users, std::span<const std::int32_t> items,
                           bool with_histories) {
  const auto edges = static_cast<double>(graph_->num_edges());
  const auto limit = static_cast<Index>(dense_share_ * edges);
  const auto first_limit = static_cast<Index>(first_share_ * edges);
  start(users_[0]);
  start(items_[0]);
  Growth user_growth(user_mark_, users_[0], graph_->user_items(), first_limit);
  Growth item_growth(item_mark_, items_[0], graph_->item_users(), first_limit);
  bool users_within = true;
  bool items_within = true;
  for (const std::int32_t user : users) {
    users_within = user_growth.add(user) && users_within;
    if (!with_histories || !items_within) continue;
    for (const std::int32_t item : graph_->user_items().row(user)) items_within = item_growth.add(item) && items_within;
  }
  for (const std::int32_t item : items) items_within = item_growth.add(item) && items_within;
  finish(users_[0], users_within, user_mark_, graph_->num_users());
  finish(items_[0], items_within, item_mark_, graph_->num_items());
  for (std::size_t l = 1; l < users_.size(); ++l) {
    grow(users_[l - 1], items_[l - 1], graph_->item_users(), graph_->user_items(), limit, user_mark_, users_[l]);
    grow(items_[l - 1], users_[l - 1], graph_->user_items(), graph_->item_users(), limit, item_mark_, items_[l]);
  }
}

}  // namespace monet::graph
