#pragma once

#include "monet/core/matrix.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank::detail {

/// The users of one pass over the items, sorted by the length of their history, and what their attention needs. A user
/// with one history item i has ŷ^o = e_i·e_c exactly, so i is blended into the user's vector; the others are
/// "attended".
struct UserBlock {
  std::vector<std::int32_t> rows;  // positions in the caller's list
  Matrix<float> vectors;           // [B, D]: (1 - beta) e_u (+ beta e_i)
  Index first_attended = 0;        // of the B users, those from here on are attended

  Matrix<float> history_items;      // [H, D]: embeddings of the union of the attended users' histories, item ascending
  float max_norm = 0.0F;            // of its rows
  std::vector<Index> begin;         // per attended user, into `slots`
  std::vector<std::int32_t> slots;  // histories as rows of history_items, ascending
  std::vector<float> min_sum;  // per attended user: a softmax denominator below it may have lost terms to underflow

  // Long histories are summed panel by panel while a panel of the table is in the cache; the sums become rows
  // H, H + 1, … of the table. Of the attended users, those from `first_heavy` on are treated so.
  Index first_heavy = 0;
  std::vector<Index> panel_begin;  // [heavy, panels + 1] into `slots`
  // Rows of the table that make up each attended user: `slots`, or the one row of sums.
  std::vector<Index> list_begin;
  std::vector<std::int32_t> list;

  Index size() const { return static_cast<Index>(rows.size()); }
  Index num_history_items() const { return history_items.rows(); }
  Index num_attended() const { return size() - first_attended; }
  Index num_heavy() const { return num_attended() - first_heavy; }
};

/// Rows of the table computed at a time: with G and the table they stay in a core's own cache.
inline constexpr Index kPanelRows = 512;

/// Cuts blocks off a list of queries.
class UserBlocks {
 public:
  /// `max_users` >= 1 users and `max_history_items` distinct history items in a block (more only if one user has more).
  UserBlocks(const scoring::Items& items, std::span<const scoring::Query> queries, Index max_users,
             Index max_history_items);

  ~UserBlocks();
  UserBlocks(const UserBlocks&) = delete;
  UserBlocks& operator=(const UserBlocks&) = delete;

  /// The next block; false at the end.
  bool next(UserBlock& block);

 private:
  const scoring::Query& query(std::int32_t row) const { return queries_[static_cast<std::size_t>(row)]; }
  bool attended(const scoring::Query& query) const { return attention_ && query.history.size() >= 2; }
  void order_rows(UserBlock& block, Index end);
  void blend_vectors(UserBlock& block) const;
  void collect_histories(UserBlock& block);
  static void plan_heavy(UserBlock& block);

  const scoring::Items* items_;
  std::span<const scoring::Query> queries_;
  Index max_users_;
  Index max_history_items_;
  bool attention_;
  Index next_ = 0;
  std::vector<std::int32_t> slot_of_;  // [I]; -1: not in the block's union
  std::vector<std::int32_t> union_;
};

}  // namespace monet::rank::detail
