#include "monet/eval/data_quality.h"

#include "monet/eval/analyses.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

namespace monet::eval {

namespace {
constexpr double kSimilarityBudget = 2e9;  // interactions × width that similarity of users' items may cost
constexpr double kClearlyApart = 0.6;

Index count_constant_columns(MatrixView<const float> features) {
  std::vector<char> varies(static_cast<std::size_t>(features.cols), 0);
  for (Index r = 1; r < features.rows; ++r) {
    for (Index c = 0; c < features.cols; ++c) {
      if (features(r, c) != features(0, c)) varies[static_cast<std::size_t>(c)] = 1;
    }
  }
  return std::count(varies.begin(), varies.end(), char{0});
}

/// Groups equal rows by a hash of their bytes. Rows that were missing are all equal to each other: one group of at
/// least as many is taken to be theirs.
void count_repeated(const data::Modality& modality, ModalityQuality& out) {
  const Matrix<float>& features = modality.features;
  std::vector<std::size_t> hashes;
  for (Index r = 0; r < features.rows(); ++r) {
    const auto* bytes = reinterpret_cast<const char*>(features.row(r));
    hashes.push_back(std::hash<std::string_view>{}({bytes, static_cast<std::size_t>(features.cols()) * sizeof(float)}));
  }
  std::sort(hashes.begin(), hashes.end());
  bool missing_met = modality.missing_rows < 2;
  for (std::size_t begin = 0; begin < hashes.size();) {
    std::size_t end = begin;
    while (end < hashes.size() && hashes[end] == hashes[begin]) ++end;
    auto size = static_cast<Index>(end - begin);
    begin = end;
    if (!missing_met && size >= modality.missing_rows) {
      missing_met = true;
      size -= modality.missing_rows;
    }
    if (size > 1) out.repeated_rows += size;
    out.largest_group = std::max(out.largest_group, size);
  }
}

/// Every so many users' training items, so that the similarity costs no more than its budget.
Csr sample_users(const Csr& train, Index width) {
  const double cost = static_cast<double>(train.nnz()) * static_cast<double>(width);
  const auto every = static_cast<Index>(std::ceil(std::max(1.0, cost / kSimilarityBudget)));
  std::vector<Index> indptr = {0};
  std::vector<std::int32_t> indices;
  for (Index u = 0; u < train.rows(); u += every) {
    indices.insert(indices.end(), train.row(u).begin(), train.row(u).end());
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  const Index rows = static_cast<Index>(indptr.size()) - 1;
  return {rows, train.cols(), std::move(indptr), std::move(indices)};
}

void measure_separation(ThreadPool& pool, const data::Dataset& dataset, const Matrix<float>& features,
                        ModalityQuality& out) {
  const Csr users = sample_users(dataset.train, features.cols());
  const CsrView view = users;
  const UserSimilarity similarity = user_similarity(pool, features, {&view, 1});
  out.users = similarity.interacted_users;
  out.interacted = similarity.interacted;
  out.others = similarity.others;
  for (Index u = 0; u < dataset.num_users(); ++u) out.all_users += dataset.train.degree(u) > 1 ? 1 : 0;
  Index apart = 0;
  for (std::size_t u = 0; u < similarity.per_user_interacted.size(); ++u) {
    if (similarity.per_user_interacted[u] > similarity.per_user_others[u]) ++apart;
  }
  if (out.users > 0) out.users_apart = static_cast<double>(apart) / static_cast<double>(out.users);
}

double percent(Index part, Index whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

void add_warnings(const ModalityQuality& m, Index missing_rows, std::vector<std::string>& lines) {
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
  warn(near.at_mean > missing_rows && near.candidates > 0,
       fmt::format("{} rows are the mean of all rows: they were probably filled in before",
                   near.at_mean - missing_rows));
  warn(m.users > 0 && m.users_apart < kClearlyApart,
       fmt::format(
           "the items of only {:.1f} % of the users are more like each other than like others (by chance: 50 %): "
           "these features may tell little of taste",
           100.0 * m.users_apart));
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
    count_repeated(modality, m);
    m.near_duplicates = near_duplicates(pool, features);
    measure_separation(pool, dataset, features, m);
    add_warnings(m, modality.missing_rows, out.warnings);
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
    if (m.users == 0) continue;
    lines.push_back(
        fmt::format("  {}: similarity of a user's items to each other {:.3f}, to all others {:.3f}; higher for "
                    "{:.1f} % of {} users",
                    m.name, m.interacted, m.others, 100.0 * m.users_apart, of_how_many(m.users, m.all_users)));
  }
  if (!lines.empty()) lines.insert(lines.begin(), "what the features are like:");
  for (const std::string& warning : quality.warnings) lines.push_back("warning: " + warning);
  return lines;
}

}  // namespace monet::eval
