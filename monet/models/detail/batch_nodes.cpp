#include "monet/models/detail/batch_nodes.h"

#include <algorithm>

namespace monet::models::detail {

namespace {
// The tape keeps memory by shape: few different numbers of rows.
constexpr std::size_t kPadding = 256;
}  // namespace

BatchNodes::BatchNodes(const Batch& batch, Index num_users) {
  const auto each = [&](auto&& what) {
    for (const std::int32_t user : batch.users) what(users, user);
    for (const std::int32_t item : batch.positives) what(positives, static_cast<std::int32_t>(num_users + item));
    for (const std::int32_t item : batch.negatives) what(negatives, static_cast<std::int32_t>(num_users + item));
  };
  each([&](auto&, std::int32_t node) { nodes.push_back(node); });
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  nodes.resize((nodes.size() + kPadding - 1) / kPadding * kPadding, nodes.back());
  each([&](std::vector<std::int32_t>& places, std::int32_t node) {
    const auto found = std::lower_bound(nodes.begin(), nodes.end(), node);
    places.push_back(static_cast<std::int32_t>(found - nodes.begin()));
  });
}

}  // namespace monet::models::detail
