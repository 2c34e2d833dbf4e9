#include "monet/models/detail/batch_nodes.h"

namespace monet::models::detail {

namespace {
// The tape keeps memory by shape: few different numbers of rows.
constexpr std::size_t kPadding = 256;

void pad(std::vector<std::int32_t>& rows) {
  if (!rows.empty()) rows.resize((rows.size() + kPadding - 1) / kPadding * kPadding, rows.back());
}
}  // namespace

BatchNodes::BatchNodes(const Batch& batch, Index num_users, Index num_items) {
  const auto each = [&](auto&& what) {
    for (const std::int32_t user : batch.users) what(users, user);
    for (const std::int32_t item : batch.positives) what(positives, static_cast<std::int32_t>(num_users + item));
    for (const std::int32_t item : batch.negatives) what(negatives, static_cast<std::int32_t>(num_users + item));
  };
  std::vector<std::int32_t> position(static_cast<std::size_t>(num_users + num_items), -1);
  each([&](auto&, std::int32_t node) { position[static_cast<std::size_t>(node)] = 0; });
  for (std::size_t node = 0; node < position.size(); ++node) {
    if (position[node] < 0) continue;
    position[node] = static_cast<std::int32_t>(nodes.size());
    nodes.push_back(static_cast<std::int32_t>(node));
    if (static_cast<Index>(node) < num_users) {
      ++first_item;
    } else {
      items.push_back(static_cast<std::int32_t>(static_cast<Index>(node) - num_users));
    }
  }
  pad(nodes);
  pad(items);
  each([&](std::vector<std::int32_t>& places, std::int32_t node) {
    places.push_back(position[static_cast<std::size_t>(node)]);
  });
}

}  // namespace monet::models::detail
