#pragma once

#include "monet/artifact/artifact.h"
#include "monet/core/growing.h"
#include "monet/core/matrix.h"
#include "monet/core/view.h"
#include "monet/scoring/new_item_map.h"
#include "monet/scoring/scoring.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace monet::recommend {

/// What a plain artifact has a row of for each item, and rows of new items behind them. Views of the artifact, which
/// must outlive it, until something is added; then in memory that all that came of it share (core/growing.h).
class ItemTables {
 public:
  explicit ItemTables(const artifact::Artifact& artifact);

  /// A float table by its name in the artifact; empty where there is none.
  MatrixView<const float> table(std::string_view name) const;
  /// `scoring`, of the artifact, with these items in the place of its own.
  scoring::Scoring of(scoring::Scoring scoring) const;

  /// Those of `count` new items, which an item without interactions has, behind the others. `made`: the rows of the
  /// tables of `map` (rank/new_items.h). A model whose scores are similarities of items (`map` null) has nothing of
  /// them. What is modality's columns of the embedding is taken from there.
  ItemTables with(Index count, const scoring::NewItemMap* map, std::span<const Matrix<float>> made) const;

 private:
  struct Table {
    Index cols = 0;
    Index first_col = -1;  // where it is columns of the embedding
    Growing<float> values;
  };

  std::map<std::string, Table, std::less<>> tables_;
  Growing<float> popularity_;
  Growing<float> prior_;
  Growing<Index> similarity_indptr_;
};

}  // namespace monet::recommend
