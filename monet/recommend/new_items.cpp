#include "monet/recommend/new_items.h"

#include "monet/core/error.h"
#include "monet/core/norm.h"
#include "monet/rank/new_items.h"
#include "monet/recommend/recommender.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

namespace monet::recommend {

namespace {

/// A row that is longer than the longest of training by this is of features of another kind, and would weigh down
/// whatever is computed for all items together.
constexpr double kFarthest = 100.0;

std::string why_none_of(const artifact::Artifact& plain) {
  const artifact::Config& config = plain.config();
  if (!config.new_items) {
    return fmt::format("the artifact was written before monet {} kept what new items need; train again",
                       artifact::program_version());
  }
  if (!config.new_items->modalities.empty()) return {};
  return fmt::format("the model {} makes no embedding of an item's features alone", config.model);
}

}  // namespace

NewItemMaps::NewItemMaps(const artifact::Artifact& artifact) {
  const std::span<const artifact::Artifact> parts =
      artifact.parts().empty() ? std::span<const artifact::Artifact>(&artifact, 1) : artifact.parts();
  bool some = false;
  for (const artifact::Artifact& part : parts) {
    parts_.push_back(part.new_items());
    some = some || parts_.back().has_value();
    const bool nothing_is_right = part.config().kind == scoring::ScoreKind::item_similarity && parts.size() > 1;
    if (!parts_.back() && !nothing_is_right && why_none_.empty()) why_none_ = why_none_of(part);
    if (!parts_.back()) continue;
    for (const scoring::NewItemMap::Modality& modality : parts_.back()->modalities) {
      widths_.emplace(modality.name, modality.weight.cols);
    }
  }
  if (!some && why_none_.empty()) why_none_ = why_none_of(parts.front());
  if (!why_none_.empty()) widths_.clear();
}

std::string NewItemMaps::why_not(const Features& features) const {
  if (!why_none_.empty()) return why_none_;
  std::vector<std::string> absent;
  for (const auto& [name, width] : widths_) {
    const auto own = features.find(name);
    if (own == features.end() || own->second.empty()) {
      absent.push_back(name);
      continue;
    }
    if (static_cast<Index>(own->second.size()) != width) {
      fail<InvalidArgument>("features.{} has {} numbers; the artifact was trained on {}", name, own->second.size(),
                            width);
    }
    if (!std::all_of(own->second.begin(), own->second.end(), [](float x) { return std::isfinite(x); })) {
      fail<InvalidArgument>("features.{} has a value that is not finite; {} finite numbers belong there", name, width);
    }
  }
  if (absent.size() == widths_.size()) return fmt::format("it has no features ({})", fmt::join(absent, ", "));
  for (const std::optional<scoring::NewItemMap>& map : parts_) {
    if (!map) continue;
    for (const scoring::NewItemMap::Modality& modality : map->modalities) {
      const bool needed = modality.missing.empty();
      if (!needed || std::find(absent.begin(), absent.end(), modality.name) == absent.end()) continue;
      return fmt::format("it has no features of {}, and the artifact was trained with `missing` error", modality.name);
    }
  }
  return {};
}

std::vector<std::vector<Matrix<float>>> NewItemMaps::rows_of(std::span<const NewItem* const> items) const {
  std::vector<std::vector<Matrix<float>>> made(parts_.size());
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    if (!parts_[p]) continue;
    std::vector<Matrix<float>> features;
    for (const scoring::NewItemMap::Modality& modality : parts_[p]->modalities) {
      Matrix<float>& rows = features.emplace_back(static_cast<Index>(items.size()), modality.weight.cols);
      for (std::size_t i = 0; i < items.size(); ++i) {
        const auto own = items[i]->features.find(modality.name);
        const bool there = own != items[i]->features.end() && !own->second.empty();
        const std::span<const float> row = there ? std::span<const float>(own->second) : modality.missing;
        std::copy(row.begin(), row.end(), rows.row(static_cast<Index>(i)));
      }
    }
    const std::vector<MatrixView<const float>> views(features.begin(), features.end());
    made[p] = rank::new_item_rows(*parts_[p], views);
  }
  return made;
}

std::string Recommender::why_not(const Features& features) const {
  std::string reason = maps_->why_not(features);
  if (!reason.empty()) return reason;
  const NewItem item{"", "", features};
  const NewItem* const one = &item;
  check_rows(maps_->rows_of({&one, 1}), 0);
  return {};
}

/// Throws InvalidArgument for a row that is out of all proportion.
void Recommender::check_rows(std::span<const std::vector<Matrix<float>>> made, Index row) const {
  for (std::size_t p = 0; p < made.size(); ++p) {
    for (std::size_t t = 0; t < made[p].size(); ++t) {
      const double norm = std::sqrt(square_norm(std::span<const float>(made[p][t].view().row_span(row))));
      const double most = t == 0 && trained_norms_[p] > 0.0 ? kFarthest * trained_norms_[p] : scoring::kLargestProduct;
      if (norm <= most) continue;
      fail<InvalidArgument>(
          "features are far from those that the artifact was trained on: their embedding has length "
          "{:.3g}, those of training at most {:.3g}",
          norm, trained_norms_[p]);
    }
  }
}

Recommender Recommender::with_items(std::span<const NewItem> added, std::span<const std::string> removed,
                                    std::vector<std::string>* wrong) const {
  std::vector<const NewItem*> usable;
  const auto left_out = [&](const NewItem& item, const std::string& reason) {
    if (wrong == nullptr) fail<InvalidArgument>("item '{}': {}", item.id, reason);
    (*wrong)[static_cast<std::size_t>(&item - added.data())] = reason;
  };
  if (wrong != nullptr) wrong->assign(added.size(), "");
  for (const NewItem& item : added) {
    if (artifact().items().find(item.id)) fail<InvalidArgument>("item '{}': the artifact has it", item.id);
    try {
      const std::string reason = maps_->why_not(item.features);
      if (reason.empty()) usable.push_back(&item);
      if (!reason.empty()) left_out(item, reason);
    } catch (const InvalidArgument& error) {
      left_out(item, error.what());
    }
  }
  std::vector<std::vector<Matrix<float>>> made = maps_->rows_of(usable);
  std::vector<const NewItem*> good;
  for (std::size_t i = 0; i < usable.size(); ++i) {
    try {
      check_rows(made, static_cast<Index>(i));
      good.push_back(usable[i]);
    } catch (const InvalidArgument& error) {
      left_out(*usable[i], error.what());
    }
  }
  if (good.size() != usable.size()) made = maps_->rows_of(good);
  return with_rows(good, made, removed);
}

Recommender Recommender::with_rows(std::span<const NewItem* const> added,
                                   std::span<const std::vector<Matrix<float>>> made,
                                   std::span<const std::string> removed) const {
  std::vector<std::string> forgotten;
  std::set<std::int32_t> retired(retired_.begin(), retired_.end());
  const auto retire = [&](const std::string& id) {
    const std::optional<std::int32_t> row = names_->find(id);
    if (!row || *row < num_trained()) return false;
    retired.insert(*row);
    return true;
  };
  for (const std::string& id : removed) {
    if (artifact().items().find(id)) fail<InvalidArgument>("item '{}' is of the artifact and stays", id);
    if (retire(id)) forgotten.push_back(id);
  }
  std::vector<std::string> ids;
  std::vector<std::string> titles;
  for (const NewItem* item : added) {
    retire(item->id);
    ids.push_back(item->id);
    titles.push_back(item->title);
  }
  if (ids.empty() && forgotten.empty()) return *this;
  Recommender next = *this;
  next.names_ = artifact::IdTable::extended(names_, std::move(ids), std::move(titles), forgotten);
  next.retired_.assign(retired.begin(), retired.end());
  if (added.empty()) return next;
  const auto count = static_cast<Index>(added.size());
  const bool blend = !artifact().parts().empty();
  if (blend) next.blend_tables_ = blend_tables_.with(count, nullptr, {});
  for (std::size_t p = 0; p < tables_.size(); ++p) {
    const std::optional<scoring::NewItemMap>& map = maps_->parts()[p];
    next.tables_[p] = tables_[p].with(count, map ? &*map : nullptr, made[p]);
  }
  next.view_tables();
  next.items_ = items_.extended(next.scoring_);
  for (std::size_t p = 0; p < tables_.size(); ++p) next.parts_[p].view(next.tables_[p]);
  return next;
}

}  // namespace monet::recommend
