#pragma once

#include "monet/experiments/grid.h"
#include "monet/experiments/paper_values.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::experiments::paper {

/// What of the paper is reproduced, and which methods it takes: the tables, figures and claims below are declared in
/// plan.cpp, and everything else (what to run, how to draw it, how to judge it) follows from them.

/// A measure by this name stands for "avg.diff <modality>" of every modality that the dataset has.
inline constexpr std::string_view kEveryDifference = "avg.diff";

/// A method as the paper calls it. Labels are those of method.h.
struct PlannedMethod {
  std::string_view label;
  std::string_view name;  // "MMGCN-n"
};

/// A table whose rows are methods.
struct TablePlan {
  std::string_view id;  // "table-5"
  std::string_view title;
  std::string_view note;
  std::vector<PlannedMethod> rows;
  std::vector<std::string_view> measures;  // "recall@20", kEveryDifference
  bool improvement = false;                // a last row: by how much the last method is above the best of the others
};

/// A figure with one bar for each method (several measures: grouped bars).
struct BarPlan {
  std::string_view id;
  std::string_view title;
  std::vector<PlannedMethod> bars;
  std::string_view measure;
};

/// A figure over the values of one of MONET's options.
struct LinePlan {
  std::string_view id;
  std::string_view title;
  std::string_view option;  // "alpha"
  std::vector<double> grid;
  std::vector<double> quick_grid;
  std::vector<std::string_view> measures;
};

/// One thing that must hold for a claim to hold.
struct PartPlan {
  enum class Kind {
    above,   // `method` has the higher measure than `other`
    below,   // … the lower one
    nearer,  // `method` is nearer to `other` than to `third`
  };
  std::string_view method;
  Kind kind = Kind::above;
  std::string_view other;
  std::string_view measure = "recall@20";
  std::string_view third = {};
};

/// A claim of the paper and what it comes down to.
struct ClaimPlan {
  std::string_view id;
  std::string_view claim;
  std::vector<PartPlan> parts;
};

/// Figure 1 and its claim need no methods but features only; their ids are here for `--only`.
inline constexpr std::string_view kSimilarityFigure = "figure-1";
inline constexpr std::string_view kSimilarityClaim = "figure-1";
inline constexpr std::string_view kStatisticsTable = "table-4";

const std::vector<TablePlan>& tables();
const std::vector<BarPlan>& bar_figures();
const std::vector<LinePlan>& line_figures();
const std::vector<ClaimPlan>& claims();
/// Every id of a table or figure, in the paper's order.
std::vector<std::string> all_ids();

/// How much of it is done.
struct Selection {
  bool quick = false;
  std::vector<std::string> only;    // ids of tables and figures; empty: all
  std::vector<std::string> models;  // whose methods are run; empty: all
  /// β of MONET, 0.3 but for Toys & Games (§5.1).
  double beta = 0.3;

  bool has(std::string_view id) const;
  /// Whether the label's model is among the selected ones.
  bool runs(std::string_view label) const;
  const std::vector<double>& grid(const LinePlan& figure) const { return quick ? figure.quick_grid : figure.grid; }
};

/// The selection with the β that the paper gives MONET on one of its datasets (null: any other).
Selection on(Selection selection, const PaperDataset* dataset);

/// MONET with the option at a value: "monet" for its default, "monet:target-aware=off" for β = 0, where only the user's
/// general embedding counts and the two are the same model; otherwise "monet:alpha=0.5".
std::string point_label(const LinePlan& figure, double value, const Selection& selection);
/// The label to run a planned one by: other values of β than 0.3 are written out.
std::string run_label(std::string_view label, const Selection& selection);
/// Labels that the selected tables and figures take, each once, in the order met.
std::vector<std::string> needed_methods(const Selection& selection);
/// Those of them that `models` leaves out.
std::vector<std::string> left_out_methods(const Selection& selection);
/// Models of everything planned, each once.
std::vector<std::string> all_models();
/// "monet" of "monet:alpha=0.5": the method whose tuned settings its variants take over.
std::string_view model_of(std::string_view label);
/// The ranges in which the paper searched learning rate and λ of every method (§5.1).
const Grid& tuning_grid();
/// Those of them whose avg.diff is shown.
std::vector<std::string> difference_methods(const Selection& selection);
/// Whether all methods of a claim are among those that the selected tables and figures take, of whatever model.
bool is_covered(const ClaimPlan& claim, const Selection& selection);
/// The claim without the parts that take a method of a model that is left out.
ClaimPlan restricted(ClaimPlan claim, const Selection& selection);

}  // namespace monet::experiments::paper
