#include "monet/graph/bipartite.h"

#include <cmath>
#include <utility>

namespace monet::graph {

namespace {
std::vector<float> symmetric_weights(const Csr& rows, const Csr& columns) {
  std::vector<float> weights;
  weights.reserve(static_cast<std::size_t>(rows.nnz()));
  for (Index r = 0; r < rows.rows(); ++r) {
    for (const std::int32_t c : rows.row(r)) {
      const double product = static_cast<double>(rows.degree(r)) * static_cast<double>(columns.degree(c));
      weights.push_back(static_cast<float>(1.0 / std::sqrt(product)));
    }
  }
  return weights;
}
}  // namespace

Bipartite::Bipartite(Csr train)
    : user_items_(std::move(train)),
      item_users_(user_items_.transposed()),
      user_item_weights_(symmetric_weights(user_items_, item_users_)),
      item_user_weights_(symmetric_weights(item_users_, user_items_)) {}

}  // namespace monet::graph
