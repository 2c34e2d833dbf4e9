#include "monet/experiments/paper/plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

namespace monet::experiments::paper {

namespace {

using Kind = PartPlan::Kind;

constexpr PlannedMethod kMonet{"monet", "MONET"};
constexpr PlannedMethod kNoMegcn{"monet:encoder=lightgcn", "MONET-MeGCN"};
constexpr PlannedMethod kNoTarget{"monet:target-aware=off", "MONET-TA"};
constexpr PlannedMethod kMmgcn{"mmgcn", "MMGCN"};
constexpr PlannedMethod kLinear{"mmgcn:variant=linear", "MMGCN-n"};
constexpr PlannedMethod kNoSelf{"mmgcn:variant=no-self", "MMGCN-s"};
constexpr PlannedMethod kCombination{"mmgcn:variant=layer-combination", "MMGCN-s+l"};
constexpr PlannedMethod kNoGraph{"mmgcn:variant=no-graph", "MMGCN-GCN"};
constexpr PlannedMethod kMario{"mario", "MARIO"};

const std::vector<std::string_view>& accuracy() {
  static const std::vector<std::string_view> measures{"precision@20", "recall@20", "ndcg_paper@20", "ndcg@20"};
  return measures;
}

/// Methods of the selected tables and figures whose measures are wanted, each once, in the order met.
template <class Wanted>
std::vector<std::string> methods_where(const Selection& selection, const Wanted& wanted) {
  std::vector<std::string> labels;
  const auto add = [&](std::string_view label) {
    if (!selection.runs(label)) return;
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.emplace_back(label);
  };
  for (const TablePlan& table : tables()) {
    if (!selection.has(table.id) || !wanted(table.measures)) continue;
    for (const PlannedMethod& row : table.rows) add(row.label);
  }
  for (const BarPlan& figure : bar_figures()) {
    if (!selection.has(figure.id) || !wanted({&figure.measure, 1})) continue;
    for (const PlannedMethod& bar : figure.bars) add(bar.label);
  }
  for (const LinePlan& figure : line_figures()) {
    if (!selection.has(figure.id) || !wanted(figure.measures)) continue;
    for (const double value : selection.grid(figure)) add(point_label(figure, value, selection));
  }
  return labels;
}

}  // namespace

const std::vector<TablePlan>& tables() {
  static const std::vector<TablePlan> plans{
      {"table-2",
       "MMGCN and its variants: how far item embeddings are from the features, and recall",
       "avg.diff (Eq. 1): the lower, the more of the features is left",
       {kMmgcn, kLinear, kNoSelf, kCombination},
       {kEveryDifference, "recall@20"}},
      {"table-5",
       "Accuracy of MONET and seven competitors",
       "the paper's NDCG stands beside ndcg_paper, which is counted as there; ndcg is the usual one",
       {{"ngcf", "NGCF"},
        {"lightgcn", "LightGCN"},
        {"vbpr", "VBPR"},
        kMmgcn,
        {"grcn", "GRCN"},
        {"lattice", "LATTICE"},
        kMario,
        kMonet},
       accuracy(),
       true},
      {"table-6",
       "MONET without MeGCN, without target-aware attention, and whole",
       "",
       {kNoMegcn, kNoTarget, kMonet},
       accuracy()},
      {"footnote-9",
       "Normalising the self-connection",
       "the paper only says that it is better not normalised",
       {{"monet:normalize-self=on", "normalised"}, kMonet},
       accuracy()},
      {"footnote-10",
       "Other fusions of the modalities, and extra collaborative embeddings",
       "the paper only says that concatenation is best (footnote 10), and that the extra embeddings hurt (§4.2)",
       {{"monet:fusion=sum", "sum"},
        {"monet:fusion=weighted-sum", "weighted sum"},
        {"monet:fusion=fc", "fully connected"},
        {"monet:collaborative=lightgcn", "with collaborative embeddings (LightGCN)"},
        {"monet:collaborative=megcn", "with collaborative embeddings (MeGCN)"},
        kMonet},
       accuracy()},
  };
  return plans;
}

const std::vector<BarPlan>& bar_figures() {
  static const std::vector<BarPlan> plans{
      {"figure-3", "MMGCN with and without graph convolution", {kMmgcn, kNoGraph}, "recall@20"},
      {"figure-5", "How far item embeddings are from the features", {kMmgcn, kMario, kMonet}, kEveryDifference},
  };
  return plans;
}

const std::vector<LinePlan>& line_figures() {
  static const std::vector<LinePlan> plans{
      {"figure-6",
       "The effect of alpha, the weight of the self-connection",
       "alpha",
       {0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0},
       {0.0, 0.5, 1.0, 2.0},
       {"precision@20", "recall@20", "ndcg_paper@20", kEveryDifference}},
      {"figure-7",
       "The effect of beta, the share of the target-oriented score",
       "beta",
       {0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0},
       {0.0, 0.3, 1.0},
       {"precision@20", "recall@20", "ndcg_paper@20"}},
  };
  return plans;
}

const std::vector<ClaimPlan>& claims() {
  static const std::vector<ClaimPlan> plans{
      {"C1",
       "MMGCN does not let features through to the item embeddings: propagated linearly they stay closer, and it finds "
       "more",
       {{"mmgcn:variant=linear", Kind::below, "mmgcn", kEveryDifference},
        {"mmgcn:variant=linear", Kind::above, "mmgcn"}}},
      {"table-2",
       "Self-connection keeps more of the features than none or layer combination does, and finds more",
       {{"mmgcn", Kind::below, "mmgcn:variant=no-self", kEveryDifference},
        {"mmgcn", Kind::above, "mmgcn:variant=no-self"},
        {"mmgcn", Kind::below, "mmgcn:variant=layer-combination", kEveryDifference},
        {"mmgcn", Kind::above, "mmgcn:variant=layer-combination"}}},
      {"C2",
       "Graph convolution still pays: MMGCN finds more than without",
       {{"mmgcn", Kind::above, "mmgcn:variant=no-graph"}}},
      {"RQ1",
       "MONET is more accurate than each of the seven competitors",
       {{"monet", Kind::above, "ngcf"},
        {"monet", Kind::above, "lightgcn"},
        {"monet", Kind::above, "vbpr"},
        {"monet", Kind::above, "mmgcn"},
        {"monet", Kind::above, "grcn"},
        {"monet", Kind::above, "lattice"},
        {"monet", Kind::above, "mario"}}},
      {"RQ2",
       "MONET keeps more of the features than MMGCN, and about as much as MARIO",
       {{"monet", Kind::below, "mmgcn", kEveryDifference},
        {"monet", Kind::nearer, "mario", kEveryDifference, "mmgcn"}}},
      {"RQ3",
       "MeGCN and target-aware attention both make MONET more accurate",
       {{"monet", Kind::above, "monet:encoder=lightgcn"}, {"monet", Kind::above, "monet:target-aware=off"}}},
      {"RQ4",
       "alpha = 1 is better than none and than more, avg.diff falls with alpha, and the two scores together are better "
       "than either",
       {{"monet", Kind::above, "monet:alpha=0"},
        {"monet", Kind::above, "monet:alpha=2"},
        {"monet", Kind::below, "monet:alpha=0", kEveryDifference},
        {"monet:alpha=2", Kind::below, "monet", kEveryDifference},
        {"monet", Kind::above, "monet:target-aware=off"},
        {"monet", Kind::above, "monet:beta=1"}}},
      {"footnote-9",
       "The self-connection is better not normalised",
       {{"monet", Kind::above, "monet:normalize-self=on"}}},
      {"footnote-10",
       "Concatenation is the best fusion",
       {{"monet", Kind::above, "monet:fusion=sum"},
        {"monet", Kind::above, "monet:fusion=weighted-sum"},
        {"monet", Kind::above, "monet:fusion=fc"}}},
      {"section-4.2",
       "Extra collaborative embeddings hurt",
       {{"monet", Kind::above, "monet:collaborative=lightgcn"}, {"monet", Kind::above, "monet:collaborative=megcn"}}},
  };
  return plans;
}

std::vector<std::string> all_ids() {
  return {"figure-1", "table-2",  "figure-3", "table-4",    "table-5",    "figure-5",
          "table-6",  "figure-6", "figure-7", "footnote-9", "footnote-10"};
}

bool Selection::has(std::string_view id) const {
  return only.empty() || std::find(only.begin(), only.end(), id) != only.end();
}

bool Selection::runs(std::string_view label) const {
  return models.empty() || std::find(models.begin(), models.end(), model_of(label)) != models.end();
}

Selection on(Selection selection, const PaperDataset* dataset) {
  selection.beta = dataset != nullptr && dataset->name == "Toys & Games" ? 0.5 : 0.3;
  return selection;
}

std::string point_label(const LinePlan& figure, double value, const Selection& selection) {
  const bool is_beta = figure.option == "beta";
  if (value == (is_beta ? selection.beta : 1.0)) return std::string(kMonet.label);
  if (is_beta && value == 0.0) return std::string(kNoTarget.label);
  return fmt::format("monet:{}={}", figure.option, value);
}

std::string run_label(std::string_view label, const Selection& selection) {
  const bool scores_targets =
      label.starts_with("monet") && label.find("beta=") == label.npos && label != kNoTarget.label;
  if (selection.beta == 0.3 || !scores_targets) return std::string(label);
  return fmt::format("{}{}beta={}", label, label.find(':') == label.npos ? ':' : ',', selection.beta);
}

std::vector<std::string> needed_methods(const Selection& selection) {
  return methods_where(selection, [](std::span<const std::string_view>) { return true; });
}

std::vector<std::string> left_out_methods(const Selection& selection) {
  Selection whole = selection;
  whole.models.clear();
  std::vector<std::string> labels = needed_methods(whole);
  std::erase_if(labels, [&](const std::string& label) { return selection.runs(label); });
  return labels;
}

std::vector<std::string> all_models() {
  std::vector<std::string> models;
  for (const std::string& label : needed_methods({})) {
    const std::string_view model = model_of(label);
    if (std::find(models.begin(), models.end(), model) == models.end()) models.emplace_back(model);
  }
  return models;
}

std::string_view model_of(std::string_view label) {
  return label.substr(0, label.find(':'));
}

const Grid& tuning_grid() {
  static const Grid grid{{"learning-rate", {"0.0001", "0.0005", "0.001", "0.005", "0.01"}},
                         {"weight-decay", {"0", "0.00001", "0.0001", "0.001", "0.01"}}};
  return grid;
}

std::vector<std::string> difference_methods(const Selection& selection) {
  return methods_where(selection, [](std::span<const std::string_view> measures) {
    return std::find(measures.begin(), measures.end(), kEveryDifference) != measures.end();
  });
}

bool is_covered(const ClaimPlan& claim, const Selection& selection) {
  Selection whole = selection;
  whole.models.clear();
  const std::vector<std::string> labels = needed_methods(whole);
  return std::all_of(claim.parts.begin(), claim.parts.end(), [&](const PartPlan& part) {
    const auto has = [&](std::string_view label) {
      return label.empty() || std::find(labels.begin(), labels.end(), label) != labels.end();
    };
    return has(part.method) && has(part.other) && has(part.third);
  });
}

ClaimPlan restricted(ClaimPlan claim, const Selection& selection) {
  std::erase_if(claim.parts, [&](const PartPlan& part) {
    return !selection.runs(part.method) || !selection.runs(part.other) ||
           (!part.third.empty() && !selection.runs(part.third));
  });
  return claim;
}

}  // namespace monet::experiments::paper
