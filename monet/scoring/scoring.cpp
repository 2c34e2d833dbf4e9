#include "monet/scoring/scoring.h"

#include "monet/core/error.h"

#include <array>
#include <utility>

namespace monet::scoring {

namespace {

constexpr std::array<std::pair<ScoreKind, std::string_view>, 5> kNames = {{
    {ScoreKind::target_aware, "target_aware"},
    {ScoreKind::dot, "dot"},
    {ScoreKind::item_similarity, "item_similarity"},
    {ScoreKind::pairwise, "pairwise"},
    {ScoreKind::blend, "blend"},
}};

constexpr std::array<std::pair<BlendBy, std::string_view>, 2> kBlendNames = {{
    {BlendBy::zscore, "zscore"},
    {BlendBy::rank, "rank"},
}};

}  // namespace

std::string_view to_string(ScoreKind kind) {
  for (const auto& [value, name] : kNames) {
    if (value == kind) return name;
  }
  fail<InternalError>("[scoring] score kind {} has no name", static_cast<int>(kind));
}

ScoreKind parse_score_kind(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  fail<DataError>("unknown score kind \"{}\": expected target_aware, dot, item_similarity, pairwise or blend", name);
}

std::string_view to_string(BlendBy by) {
  for (const auto& [value, name] : kBlendNames) {
    if (value == by) return name;
  }
  fail<InternalError>("[scoring] way of blending {} has no name", static_cast<int>(by));
}

BlendBy parse_blend_by(std::string_view name) {
  for (const auto& [value, known] : kBlendNames) {
    if (known == name) return value;
  }
  fail<DataError>("unknown way of blending \"{}\": expected zscore or rank", name);
}

}  // namespace monet::scoring
