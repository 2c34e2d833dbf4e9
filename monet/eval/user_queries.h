#pragma once

#include "monet/core/csr.h"
#include "monet/scoring/query.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::eval {

/// The queries of users of a model, with the items of some masks excluded.
class UserQueries {
 public:
  /// `masks`: patterns [U, I]. Throws InvalidArgument for one of another shape, and as scoring::known_user.
  UserQueries(const scoring::Scoring& scoring, std::span<const std::int32_t> users, const std::vector<CsrView>& masks);
  UserQueries(const UserQueries&) = delete;
  UserQueries& operator=(const UserQueries&) = delete;

  std::span<const scoring::Query> queries() const { return queries_; }

 private:
  std::vector<std::vector<std::int32_t>> merged_;  // what two masks or more exclude
  std::vector<scoring::Query> queries_;
};

}  // namespace monet::eval
