#include "monet/eval/user_queries.h"

#include "monet/core/error.h"

#include <algorithm>
#include <iterator>

namespace monet::eval {

UserQueries::UserQueries(const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                         const std::vector<CsrView>& masks) {
  const auto num_items = static_cast<Index>(scoring.item_popularity.size());
  for (const CsrView& mask : masks) {
    if (mask.rows == scoring.history.rows && mask.cols == num_items) continue;
    fail<InvalidArgument>("[evaluate] a mask is {} x {}, expected {} x {}", mask.rows, mask.cols, scoring.history.rows,
                          num_items);
  }
  if (masks.size() > 1) merged_.reserve(users.size());
  for (const std::int32_t user : users) {
    queries_.push_back(scoring::known_user(scoring, user));
    if (masks.empty()) continue;
    queries_.back().exclude = masks.front().row(user);
    if (masks.size() == 1) continue;
    std::vector<std::int32_t>& all = merged_.emplace_back();
    for (const CsrView& mask : masks) {
      std::vector<std::int32_t> joined;
      std::set_union(all.begin(), all.end(), mask.row(user).begin(), mask.row(user).end(), std::back_inserter(joined));
      all.swap(joined);
    }
    queries_.back().exclude = all;
  }
}

}  // namespace monet::eval
