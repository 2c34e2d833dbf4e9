#pragma once

#include "monet/experiments/race/entrant.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <vector>

namespace monet::experiments::race {

/// As the document of an experiment keeps it; folders relative to `out`.
nlohmann::ordered_json to_json(const Entrant& entrant, const std::filesystem::path& out);
/// Restores what a race needs to go on, of those that `before`, a list of these, has with the same name, options and
/// seed. Throws as the JSON library for another shape.
void take_up(std::vector<Entrant>& entrants, const nlohmann::ordered_json& before);

}  // namespace monet::experiments::race
