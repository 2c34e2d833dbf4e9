#pragma once

#include "monet/experiments/race/entrant.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace monet::experiments::race {

/// As the document of an experiment keeps it; folders relative to `out`. `take_up` restores what a race needs to go on,
/// where name, options and seed are the same; otherwise it returns false. Throws as the JSON library for another
/// shape.
nlohmann::ordered_json to_json(const Entrant& entrant, const std::filesystem::path& out);
bool take_up(Entrant& entrant, const nlohmann::ordered_json& json);

}  // namespace monet::experiments::race
