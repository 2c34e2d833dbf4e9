#pragma once

#include "monet/artifact/artifact.h"
#include "monet/core/matrix.h"
#include "monet/core/view.h"
#include "monet/scoring/new_item_map.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::recommend {

/// Vectors by the name of their modality.
using Features = std::map<std::string, std::vector<float>>;

/// An item that a trained artifact does not have.
struct NewItem {
  std::string id;
  std::string title = {};  // "" when unknown
  Features features = {};
};

/// What a trained artifact makes of items that it does not have: the rows that training would have left to an item
/// without interactions (scoring/new_item_map.h). Of a blend every part makes its own; a part whose scores are
/// similarities of items says 0 of them, as of every item that nobody has touched. Immutable; views of the artifact,
/// which must outlive it.
class NewItemMaps {
 public:
  explicit NewItemMaps(const artifact::Artifact& artifact);

  /// Why no item can be added; empty where some can.
  const std::string& why_none() const { return why_none_; }
  /// Modalities that are looked at, with their widths.
  const std::map<std::string, Index>& widths() const { return widths_; }
  /// What keeps an item of these features from being added; empty: nothing. Throws InvalidArgument, naming the
  /// modality, where they contradict what the artifact was trained on: another width, a value that is not finite.
  /// Others than `widths` are not looked at. A modality that is not there is filled as in training (`missing`).
  std::string why_not(const Features& features) const;

  /// A map for each part, of a plain artifact one; null: similarities.
  std::span<const std::optional<scoring::NewItemMap>> parts() const { return parts_; }
  /// For each part the tables that its map makes of items for which `why_not` says nothing; empty where there is none.
  std::vector<std::vector<Matrix<float>>> rows_of(std::span<const NewItem* const> items) const;

 private:
  std::vector<std::optional<scoring::NewItemMap>> parts_;
  std::map<std::string, Index> widths_;
  std::string why_none_;
};

}  // namespace monet::recommend
