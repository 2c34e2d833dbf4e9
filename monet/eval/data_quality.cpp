#include "monet/eval/data_quality.h"

#include "monet/eval/detail/directions.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <string_view>

namespace monet::eval {

namespace {
constexpr double kTells = 0.6;    // from here on features are said to tell tastes, of less a little (docs/features.md)
constexpr double kUnsure = 0.03;  // standard error beyond which nothing is said

Index count_constant_columns(MatrixView<const float> features) {
  std::vector<char> varies(static_cast<std::size_t>(features.cols), 0);
  for (Index r = 1; r < features.rows; ++r) {
    for (Index c = 0; c < features.cols; ++c) {
      if (features(r, c) != features(0, c)) varies[static_cast<std::size_t>(c)] = 1;
    }
  }
  return std::count(varies.begin(), varies.end(), char{0});
}

/// Groups equal rows by a hash of their bytes, those that were filled in aside.
void count_repeated(const Directions& rows, ModalityQuality& out) {
  const MatrixView<const float> features = rows.features;
  std::vector<std::size_t> hashes;
  for (Index r = 0; r < features.rows; ++r) {
    if (rows.own[static_cast<std::size_t>(r)] == 0) continue;
    const auto* bytes = reinterpret_cast<const char*>(features.row(r));
    hashes.push_back(std::hash<std::string_view>{}({bytes, static_cast<std::size_t>(features.cols) * sizeof(float)}));
  }
  std::sort(hashes.begin(), hashes.end());
  for (std::size_t begin = 0; begin < hashes.size();) {
    std::size_t end = begin;
    while (end < hashes.size() && hashes[end] == hashes[begin]) ++end;
    const auto size = static_cast<Index>(end - begin);
    begin = end;
    if (size > 1) out.repeated_rows += size;
    out.largest_group = std::max(out.largest_group, size);
  }
}

double percent(Index part, Index whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

std::string text_of(const Estimate& share) {
  return fmt::format("{:.3f} ± {:.3f}", share.mean, share.standard_error);
}

/// By two standard errors.
double least(const Estimate& share) {
  return share.mean - 2.0 * share.standard_error;
}

bool above_chance(const Estimate& share) {
  return least(share) > 0.5;
}

std::string verdict(const Taste& taste) {
  if (taste.others.standard_error > kUnsure) return "tastes: too few users to tell";
  if (least(taste.others) > kTells) return "tells these users' tastes";
  if (above_chance(taste.others)) return "tells a little of these users' tastes";
  return "tells no tastes by nearness";
}

void add_warnings(const ModalityQuality& m, std::vector<std::string>& lines) {
  const auto warn = [&](bool met, std::string line) {
    if (met) lines.push_back(fmt::format("{}: {}", m.name, line));
  };
  warn(m.constant_columns > 0,
       fmt::format("{} of {} columns are the same for all items and tell nothing", m.constant_columns, m.width));
  warn(m.repeated_rows > 0,
       fmt::format("{} rows are equal to another's, up to {} of one kind: the same item under several ids, or "
                   "placeholder features",
                   m.repeated_rows, m.largest_group));
  const NearDuplicates& near = m.near_duplicates;
  warn(percent(near.found, near.compared) > 5.0,
       fmt::format("{:.1f} % of the rows have another that is nearly the same", percent(near.found, near.compared)));
  const Taste& taste = m.taste;
  warn(taste.users > 0 && taste.others.standard_error <= kUnsure && !above_chance(taste.others),
       fmt::format("nearness in these features tells no tastes ({}, by chance 0.5); a model that learns from them may "
                   "still find some: compare it with one that does without",
                   text_of(taste.others)));
}

std::string of_how_many(Index looked_at, Index all) {
  return looked_at == all ? fmt::format("all {}", all) : fmt::format("a sample of {} out of {}", looked_at, all);
}
}  // namespace

DataQuality data_quality(ThreadPool& pool, const data::Dataset& dataset) {
  DataQuality out;
  for (const data::Modality& modality : dataset.modalities) {
    const Matrix<float>& features = modality.features;
    if (features.rows() != dataset.num_items() || features.empty()) continue;
    ModalityQuality m;
    m.name = modality.name;
    m.rows = features.rows();
    m.width = features.cols();
    m.constant_columns = count_constant_columns(features);
    const Directions rows = directions(features);
    count_repeated(rows, m);
    m.near_duplicates = near_duplicates(pool, rows);
    m.taste = measure_taste(pool, rows, dataset.train);
    add_warnings(m, out.warnings);
    out.modalities.push_back(std::move(m));
  }
  return out;
}

std::vector<std::string> describe(const DataQuality& quality) {
  std::vector<std::string> lines;
  for (const ModalityQuality& m : quality.modalities) {
    const NearDuplicates& near = m.near_duplicates;
    lines.push_back(
        fmt::format("  {}: {} of {} columns constant; {} rows equal to another's; {:.1f} % nearly the same as "
                    "another ({} rows compared)",
                    m.name, m.constant_columns, m.width, m.repeated_rows, percent(near.found, near.compared),
                    of_how_many(near.compared, near.candidates)));
    const Taste& taste = m.taste;
    if (taste.users == 0) continue;
    lines.push_back(fmt::format("  {}: {}: {} (by chance 0.5, at best 1; against any items {}), {} users", m.name,
                                verdict(taste), text_of(taste.others), text_of(taste.catalogue),
                                of_how_many(taste.users, taste.all_users)));
  }
  if (!lines.empty()) lines.insert(lines.begin(), "what the features are like:");
  const auto measured = [](const ModalityQuality& m) { return m.taste.users > 0; };
  if (std::any_of(quality.modalities.begin(), quality.modalities.end(), measured)) {
    lines.emplace_back(
        "  tastes: how often an item of a user is nearer to the user's other items than an item of another user is");
  }
  for (const std::string& warning : quality.warnings) lines.push_back("warning: " + warning);
  return lines;
}

}  // namespace monet::eval
