#pragma once

#include "monet/recommend/recommender.h"
#include "monet/serve/ask.h"
#include "monet/serve/engine.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace monet::serve::detail {

inline constexpr Index kSpare = 4;  // candidates for each place of a list that rules choose from

/// An ask in rows of the artifact.
struct Task {
  const Ask* ask = nullptr;
  Answer* answer = nullptr;
  recommend::User who;
  std::vector<std::int32_t> exclude;
  std::optional<std::vector<std::int32_t>> only;
  std::vector<std::int32_t> pinned;
  Index wanted = 0;     // items beside the pinned ones
  Index asked_for = 0;  // of the ranking: more than that where rules choose among them

  bool chooses() const { return ask->rules.most_per_category > 0 || ask->rules.diversity > 0.0; }
  bool popular() const { return !who.id && who.history.empty(); }
};

/// Who asks, and what may be listed. Throws InvalidArgument for an ask that makes no sense; ids that the artifact does
/// not have are noted in the answer.
Task task_of(const Loaded& loaded, const Live& live, const EngineOptions& options, const Ask& ask, Answer& answer);

}  // namespace monet::serve::detail
