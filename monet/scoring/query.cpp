#include "monet/scoring/query.h"

#include "monet/core/error.h"
#include "monet/core/norm.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace monet::scoring {

namespace {

void check_embedding(const Items& items, const Query& query, std::size_t position) {
  if (static_cast<Index>(query.embedding.size()) != items.width()) {
    fail<DataError>("[scoring] the embedding of query {} has {} columns, item embeddings have {}", position,
                    query.embedding.size(), items.width());
  }
  const double square = square_norm(std::span<const float>(query.embedding));
  if (!std::isfinite(square)) {
    fail<DataError>(
        "[scoring] the embedding of query {} has a value that is not finite; the model has diverged or is damaged",
        position);
  }
  const double norm = std::sqrt(square);
  if (norm * items.largest_norm() > kLargestProduct) {
    fail<DataError>(
        "[scoring] the embedding of query {} has norm {:.3g}, item embeddings up to {:.3g}: their products overflow; "
        "the model has diverged",
        position, norm, items.largest_norm());
  }
}

void check_where_read(const Items& items, const Query& query, std::size_t position) {
  const bool unread = items.kind() == ScoreKind::item_similarity || (query.history.empty() && query.embedding.empty());
  if (!unread) check_embedding(items, query, position);
}

}  // namespace

Query known_user(const Scoring& scoring, std::int32_t user) {
  if (user < 0 || user >= scoring.history.rows) {
    fail<InvalidArgument>("[scoring] user {} is outside [0, {})", user, scoring.history.rows);
  }
  Query query;
  query.history = scoring.history.row(user);
  if (scoring.kind == ScoreKind::item_similarity) return query;
  if (scoring.kind == ScoreKind::blend) {
    for (std::size_t m = 0; m < std::min(scoring.parts.size(), kMostParts); ++m) {
      query.part_embeddings[m] = known_user(scoring.parts[m], user).embedding;
    }
    return query;
  }
  if (scoring.user_embedding.rows != scoring.history.rows) {
    fail<DataError>("[scoring] embeddings of {} users, histories of {}", scoring.user_embedding.rows,
                    scoring.history.rows);
  }
  query.embedding = scoring.user_embedding.row_span(user);
  return query;
}

void check(const Items& items, std::span<const Query> queries) {
  const Index num_items = items.size();
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const Query& query = queries[q];
    if (!is_item_list(query.history, num_items)) {
      fail<DataError>("[scoring] the history of query {} is not ascending item ids in [0, {})", q, num_items);
    }
    if (!is_item_list(query.exclude, num_items)) {
      fail<InvalidArgument>("[scoring] the exclusions of query {} are not ascending item ids in [0, {})", q, num_items);
    }
    if (query.only && !is_item_list(*query.only, num_items)) {
      fail<InvalidArgument>("[scoring] the only candidates of query {} are not ascending item ids in [0, {})", q,
                            num_items);
    }
    if (items.kind() == ScoreKind::blend) {
      for (std::size_t m = 0; m < items.parts().size(); ++m) {
        check_where_read(items.parts()[m], part_query(query, m), q);
      }
    } else {
      check_where_read(items, query, q);
    }
  }
}

Query part_query(const Query& query, std::size_t part) {
  Query of_part = query;
  of_part.embedding = query.part_embeddings[part];
  return of_part;
}

bool is_item_list(std::span<const std::int32_t> list, Index num_items) {
  const bool ascends = std::adjacent_find(list.begin(), list.end(), std::greater_equal<>()) == list.end();
  return list.empty() || (ascends && list.front() >= 0 && list.back() < num_items);
}

}  // namespace monet::scoring
