#pragma once

#include "monet/core/view.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace monet::experiments {

/// Figures printed in the MONET paper (WSDM 2024), to stand beside measured ones.

/// One of the paper's four datasets (Table 4).
struct PaperDataset {
  std::string_view name;  // "Women Clothing"
  Index users;
  Index items;
  Index interactions;
};

std::span<const PaperDataset> paper_datasets();

/// The paper's dataset with these counts, or null: a dataset counts as the paper's when users, items and interactions
/// (all splits) are the same.
const PaperDataset* find_paper_dataset(Index users, Index items, Index interactions);

/// The paper's dataset that has about these counts (each within a twentieth), though not exactly; or null.
const PaperDataset* find_similar_paper_dataset(Index users, Index items, Index interactions);

/// A figure of Table 5 (any dataset), Table 6 or Table 2 (Women Clothing). `method` is our label for it ("ngcf",
/// "monet", "monet:encoder=lightgcn", "mmgcn:variant=linear", …), `measure` "precision@20", "recall@20", "ndcg@20" or
/// "avg.diff text" and "avg.diff image". Method "improvement" is the last row of Table 5, in percent. Nothing where the
/// paper prints none.
std::optional<double> paper_value(std::string_view dataset, std::string_view method, std::string_view measure);

/// By how many percent the text says that `method` is above `over` on Women Clothing (§5.2, from unrounded figures):
/// the heights of Figures 6 and 7, which print no numbers, and Table 6. Labels and measures as above; `monet:alpha=0`,
/// `monet:beta=1`. For Figure 1, method "interacted" over "not interacted", measure "similarity image" or "similarity
/// text". Nothing where the paper says none.
std::optional<double> paper_gain(std::string_view dataset, std::string_view method, std::string_view over,
                                 std::string_view measure);

}  // namespace monet::experiments
