#include "monet/recommend/item_tables.h"

#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace monet::recommend {

namespace {

namespace names = artifact::names;

/// `cols` columns of `rows` from `first` on, one row after the other.
std::vector<float> joined(MatrixView<const float> rows, Index first, Index cols) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(rows.rows * cols));
  for (Index r = 0; r < rows.rows; ++r) values.insert(values.end(), rows.row(r) + first, rows.row(r) + first + cols);
  return values;
}

}  // namespace

ItemTables::ItemTables(const artifact::Artifact& artifact) {
  const auto add = [&](const std::string& name, Index first_col) {
    const MatrixView<const float> rows = artifact.tensor(name);
    if (rows.empty()) return;
    const std::span<const float> values(rows.data, static_cast<std::size_t>(rows.rows * rows.cols));
    tables_.insert_or_assign(name, Table{rows.cols, first_col, Growing<float>(values)});
  };
  for (const artifact::ModalityInfo& modality : artifact.config().modalities) {
    add(std::string(names::kModalityPrefix) + modality.name, modality.first_col);
  }
  add(std::string(names::kItemEmbedding), -1);
  add(std::string(names::kItemFoldin), -1);
  const scoring::Scoring scoring = artifact.scoring();
  popularity_ = Growing<float>(scoring.item_popularity);
  prior_ = Growing<float>(scoring.item_prior);
  similarity_indptr_ = Growing<Index>(scoring.similarity.indptr);
}

MatrixView<const float> ItemTables::table(std::string_view name) const {
  const auto found = tables_.find(name);
  if (found == tables_.end()) return {};
  const Table& table = found->second;
  return {table.values.values().data(), static_cast<Index>(table.values.size()) / table.cols, table.cols};
}

scoring::Scoring ItemTables::of(scoring::Scoring scoring) const {
  scoring.item_embedding = table(names::kItemEmbedding);
  scoring.item_popularity = popularity_.values();
  scoring.item_prior = prior_.values();
  scoring.history.cols = static_cast<Index>(popularity_.size());
  if (scoring.similarity.indptr.empty()) return scoring;
  scoring.similarity.indptr = similarity_indptr_.values();
  scoring.similarity.rows = scoring.similarity.cols = static_cast<Index>(popularity_.size());
  return scoring;
}

ItemTables ItemTables::with(Index count, const scoring::NewItemMap* map, std::span<const Matrix<float>> made) const {
  ItemTables longer = *this;
  for (auto& [name, table] : longer.tables_) {
    std::size_t from = 0;
    while (map != nullptr && from < map->tables.size() && map->tables[from].name != name) ++from;
    std::vector<float> rows;
    if (map == nullptr) {
      rows.assign(static_cast<std::size_t>(count * table.cols), 0.0F);
    } else if (from < map->tables.size()) {
      rows = joined(made[from].view(), 0, table.cols);
    } else if (table.first_col >= 0) {
      rows = joined(made.front().view(), table.first_col, table.cols);
    } else {
      fail<DataError>("the artifact does not say how new items get a row of {}; train again", name);
    }
    table.values = table.values.with(rows);
  }
  longer.popularity_ = popularity_.with(std::vector<float>(static_cast<std::size_t>(count), 0.0F));
  if (prior_.size() > 0) {
    const float prior = map == nullptr ? 0.0F : map->prior;
    longer.prior_ = prior_.with(std::vector<float>(static_cast<std::size_t>(count), prior));
  }
  if (similarity_indptr_.size() > 0) {
    const Index end = similarity_indptr_.values().back();
    longer.similarity_indptr_ = similarity_indptr_.with(std::vector<Index>(static_cast<std::size_t>(count), end));
  }
  return longer;
}

}  // namespace monet::recommend
