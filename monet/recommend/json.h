#pragma once

#include "monet/recommend/result.h"

#include <nlohmann/json.hpp>

namespace monet::recommend {

/// An explanation as JSON: `general` and `target_oriented` (each `value` and `share`), `modalities` by name, `because`
/// (past items with `weight`), and `parts` of a blend.
nlohmann::ordered_json explanation_json(const Explanation& why);

/// The shortest decimal that reads back as this float.
double shortest(float value);

}  // namespace monet::recommend
