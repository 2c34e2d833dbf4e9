#pragma once

#include "monet/scoring/items.h"
#include "monet/scoring/scoring.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace monet::scoring {

/// Who items are wanted for: a user of the model, one never seen, or one with interactions beyond the training data.
/// Views only. All lists ascend and are unique.
struct Query {
  std::span<const float> embedding;       // [D]; not read for kinds item_similarity and blend or without a history
  std::span<const std::int32_t> history;  // no candidates, but for `repeat`; without any the answer is popularity
  std::span<const std::int32_t> exclude;  // no candidates either
  std::optional<std::span<const std::int32_t>> only;  // the only candidates; none: all items
  bool repeat = false;                                // items of the history are candidates, too
  // Kind blend: the embedding for each part, in the place of `embedding`.
  std::array<std::span<const float>, kMostParts> part_embeddings = {};
};

/// The query of a blend as its part `part` sees it.
Query part_query(const Query& query, std::size_t part);

/// The query of a user of the model: the trained embedding and history. Throws InvalidArgument for a user outside
/// [0, U), DataError when embeddings and histories are of different numbers of users.
Query known_user(const Scoring& scoring, std::int32_t user);

/// Throws DataError when a query does not fit the items: an embedding of another width, that is not finite, or whose
/// products overflow; a history that is not ascending ids in [0, I). Throws InvalidArgument for such an `exclude` or
/// `only`. O(D + lists) for each query.
void check(const Items& items, std::span<const Query> queries);

/// Whether `list` is ascending and unique ids in [0, num_items).
bool is_item_list(std::span<const std::int32_t> list, Index num_items);

}  // namespace monet::scoring
