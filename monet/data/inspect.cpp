#include "monet/data/inspect.h"

#include "monet/data/own_rows.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace monet::data {

namespace {
DegreeSummary summarize(std::vector<Index> degrees) {
  std::erase(degrees, Index{0});
  std::sort(degrees.begin(), degrees.end());
  DegreeSummary out;
  out.count = static_cast<Index>(degrees.size());
  if (degrees.empty()) return out;
  const auto quantile = [&](double q) {
    return degrees[static_cast<std::size_t>(std::llround(q * static_cast<double>(degrees.size() - 1)))];
  };
  out.minimum = degrees.front();
  out.quartile1 = quantile(0.25);
  out.median = quantile(0.5);
  out.quartile3 = quantile(0.75);
  out.maximum = degrees.back();
  double total = 0.0;
  for (const Index degree : degrees) total += static_cast<double>(degree);
  out.mean = total / static_cast<double>(degrees.size());
  return out;
}

std::vector<Index> row_degrees(const Csr& part) {
  std::vector<Index> degrees(static_cast<std::size_t>(part.rows()));
  for (Index r = 0; r < part.rows(); ++r) degrees[static_cast<std::size_t>(r)] = part.degree(r);
  return degrees;
}

std::vector<Index> column_degrees(const Csr& part) {
  std::vector<Index> degrees(static_cast<std::size_t>(part.cols()));
  for (const std::int32_t c : part.indices()) ++degrees[static_cast<std::size_t>(c)];
  return degrees;
}

Index count_positive(const std::vector<Index>& degrees) {
  return std::count_if(degrees.begin(), degrees.end(), [](Index degree) { return degree > 0; });
}

constexpr std::array<const char*, 3> kSplits = {"train", "validation", "test"};

void find_leaks(const std::array<const Csr*, 3>& parts, Inspection& out) {
  for (const auto& [first, second] : {std::pair{0UL, 1UL}, std::pair{0UL, 2UL}, std::pair{1UL, 2UL}}) {
    Leak leak{first, second};
    for (Index u = 0; u < parts[second]->rows(); ++u) {
      for (const std::int32_t item : parts[second]->row(u)) {
        if (!parts[first]->contains(u, item)) continue;
        if (leak.count++ == 0) leak.user = static_cast<std::int32_t>(u), leak.item = item;
      }
    }
    out.leaks += leak.count;
    if (leak.count > 0) out.leaks_between.push_back(leak);
  }
}

/// "train and test: 3, e.g. user 'u7' with item 'i42'".
std::string describe_leaks(const Dataset& dataset, const Inspection& in) {
  const auto name = [](const std::vector<std::string>& ids, std::int32_t row) {
    const auto at = static_cast<std::size_t>(row);
    return at < ids.size() ? ids[at] : std::to_string(row);
  };
  std::string text;
  for (const Leak& leak : in.leaks_between) {
    text += fmt::format("{}{} and {}: {}, e.g. user '{}' with item '{}'", text.empty() ? "" : "; ", kSplits[leak.first],
                        kSplits[leak.second], leak.count, name(dataset.user_ids, leak.user),
                        name(dataset.item_ids, leak.item));
  }
  return text;
}

/// Rows that were missing lie, filled, among those that are zero or the mean. One number may well be zero.
Index without_features(const ModalitySummary& modality) {
  const Index filled = modality.mean_rows + (modality.width > 1 ? modality.zero_rows : 0);
  return std::max(modality.missing_rows, filled);
}

ModalitySummary summarize(const Modality& modality) {
  const Matrix<float>& features = modality.features;
  ModalitySummary out{modality.name, features.rows(), features.cols(), modality.missing_rows};
  double total = 0.0;
  for (Index r = 0; r < features.rows(); ++r) {
    double squares = 0.0;
    for (Index c = 0; c < features.cols(); ++c) {
      const double x = static_cast<double>(features(r, c));
      if (!std::isfinite(x)) {
        ++out.not_finite;
      } else {
        squares += x * x;
      }
    }
    const double norm = std::sqrt(squares);
    if (norm == 0.0) ++out.zero_rows;
    total += norm;
    out.norm_min = r == 0 ? norm : std::min(out.norm_min, norm);
    out.norm_max = std::max(out.norm_max, norm);
  }
  if (features.rows() > 0) {
    out.norm_mean = total / static_cast<double>(features.rows());
    out.mean_rows = own_rows(features).at_mean;
    out.coverage = 1.0 - static_cast<double>(without_features(out)) / static_cast<double>(features.rows());
  }
  return out;
}

/// ": 3 rows are missing, 2 are all zero".
std::string why_without(const ModalitySummary& modality) {
  std::vector<std::string> reasons;
  if (modality.missing_rows > 0) reasons.push_back(fmt::format("{} were missing", modality.missing_rows));
  if (modality.zero_rows > 0) reasons.push_back(fmt::format("{} are all zero", modality.zero_rows));
  if (modality.mean_rows > 0) reasons.push_back(fmt::format("{} are the mean of all", modality.mean_rows));
  return fmt::format(": of its rows {}", fmt::join(reasons, ", "));
}

void add_modality_problems(const ModalitySummary& modality, Inspection& out) {
  if (modality.not_finite > 0) {
    out.problems.push_back(fmt::format("{}: {} values are NaN or infinite", modality.name, modality.not_finite));
    out.broken = true;
  }
  if (modality.rows != out.num_items) {
    out.problems.push_back(fmt::format("{}: {} rows for {} items", modality.name, modality.rows, out.num_items));
    out.broken = true;
  }
  if (const Index without = without_features(modality); without > 0) {
    out.problems.push_back(fmt::format("{}: {} items have no features of their own ({:.1f} % covered){}", modality.name,
                                       without, 100.0 * modality.coverage, why_without(modality)));
  } else if (modality.zero_rows > 0) {
    out.problems.push_back(fmt::format("{}: {} rows are all zero", modality.name, modality.zero_rows));
  }
}

void add_problems(const Dataset& dataset, Inspection& out) {
  const auto add = [&](bool met, bool breaks, std::string line) {
    if (!met) return;
    out.problems.push_back(std::move(line));
    out.broken = out.broken || breaks;
  };
  add(out.splits[0].interactions == 0, true, "there are no training interactions");
  add(out.leaks > 0, true,
      fmt::format("{} interaction{} in more than one split: what is tested was trained on ({})", out.leaks,
                  out.leaks == 1 ? " stands" : "s stand", describe_leaks(dataset, out)));
  add(out.splits[2].interactions == 0, false, "there is no test split");
  add(out.splits[1].interactions == 0, false, "there is no validation split, which early stopping needs");
  add(out.duplicate_interactions > 0, false,
      fmt::format("{} duplicated interactions, merged", out.duplicate_interactions));
  add(out.users_without_training > 0, false,
      fmt::format("{} users occur only in validation or test; they get the popularity fallback",
                  out.users_without_training));
  add(out.modalities.empty(), false, "there are no item features (*_feat.npy), which models with modalities need");
  for (const auto& modality : out.modalities) add_modality_problems(modality, out);
}
}  // namespace

Inspection inspect(const Dataset& dataset) {
  Inspection out;
  out.num_users = dataset.num_users();
  out.num_items = dataset.num_items();
  const std::array<const Csr*, 3> parts = {&dataset.train, &dataset.validation, &dataset.test};
  std::vector<Index> user_total(static_cast<std::size_t>(out.num_users));
  std::vector<Index> item_total(static_cast<std::size_t>(out.num_items));
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const auto users = row_degrees(*parts[p]);
    const auto items = column_degrees(*parts[p]);
    out.splits[p] = {kSplits[p], parts[p]->nnz(), count_positive(users), count_positive(items)};
    out.num_interactions += parts[p]->nnz();
    for (std::size_t u = 0; u < user_total.size(); ++u) user_total[u] += users[u];
    for (std::size_t i = 0; i < item_total.size(); ++i) item_total[i] += items[i];
    if (p > 0) continue;
    out.user_degrees = summarize(users);
    out.item_degrees = summarize(items);
  }
  if (const std::vector<float>& weights = dataset.weights; !weights.empty()) {
    const auto [least, largest] = std::minmax_element(weights.begin(), weights.end());
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    out.weights = WeightSummary{*least, *largest, sum / static_cast<double>(weights.size())};
  }
  const double cells = static_cast<double>(out.num_users) * static_cast<double>(out.num_items);
  out.density = cells > 0.0 ? static_cast<double>(out.num_interactions) / cells : 0.0;
  out.silent_users = out.num_users - count_positive(user_total);
  out.cold_items = out.num_items - count_positive(item_total);
  out.users_without_training = count_positive(user_total) - out.splits[0].users;
  out.items_without_training = count_positive(item_total) - out.splits[0].items;
  out.duplicate_interactions = dataset.notes.duplicate_interactions;
  find_leaks(parts, out);
  for (const auto& modality : dataset.modalities) out.modalities.push_back(summarize(modality));
  add_problems(dataset, out);
  return out;
}

std::vector<std::string> describe(const Dataset& dataset, const Inspection& in) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{} ({}), hash {}", dataset.name, dataset.format, dataset.hash));
  lines.push_back(fmt::format("{} users × {} items, {} interactions, density {:.4f} %", in.num_users, in.num_items,
                              in.num_interactions, 100.0 * in.density));
  for (const auto& split : in.splits) {
    lines.push_back(fmt::format("{:<11}{:>10} interactions of {} users with {} items", split.name, split.interactions,
                                split.users, split.items));
  }
  const auto degrees = [&](const char* what, const DegreeSummary& d) {
    lines.push_back(fmt::format("training interactions per {}: min {}, quartiles {} / {} / {}, max {}, mean {:.1f}",
                                what, d.minimum, d.quartile1, d.median, d.quartile3, d.maximum, d.mean));
  };
  degrees("user", in.user_degrees);
  degrees("item", in.item_degrees);
  if (in.weights) {
    lines.push_back(
        fmt::format("weights {}–{}, mean {:.3g}", in.weights->least, in.weights->largest, in.weights->mean));
  }
  lines.push_back(fmt::format("users without training items: {}; users in no split: {}", in.users_without_training,
                              in.silent_users));
  lines.push_back(fmt::format("items only in validation or test: {}; items in no split (cold): {}",
                              in.items_without_training, in.cold_items));
  for (const auto& m : in.modalities) {
    lines.push_back(fmt::format(
        "modality {}: {} × {}, covers {:.1f} % ({} items without), norms {:.3g} to {:.3g}, mean {:.3g}", m.name, m.rows,
        m.width, 100.0 * m.coverage, without_features(m), m.norm_min, m.norm_max, m.norm_mean));
  }
  for (const auto& line : dataset.notes.lines) {
    const bool told = std::find(in.problems.begin(), in.problems.end(), line) != in.problems.end();
    if (!told) lines.push_back("met on reading: " + line);
  }
  for (const auto& problem : in.problems) lines.push_back("problem: " + problem);
  return lines;
}

}  // namespace monet::data
