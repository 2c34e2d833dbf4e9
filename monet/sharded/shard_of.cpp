#include "monet/core/error.h"
#include "monet/sharded/load.h"

#include <algorithm>

namespace monet::sharded {

namespace {

/// Rows of `share`.
Csr rows_of(const Csr& all, dist::Share share) {
  const auto begin = all.indptr().begin() + share.begin;
  const Index first = *begin;
  const Index last = all.indptr()[static_cast<std::size_t>(share.end)];
  std::vector<Index> indptr(begin, begin + (share.end - share.begin) + 1);
  for (Index& offset : indptr) offset -= first;
  return {share.end - share.begin, all.cols(), std::move(indptr),
          std::vector<std::int32_t>(all.indices().begin() + first, all.indices().begin() + last)};
}

/// Those of `share`, or none where the dataset has none.
std::vector<std::string> texts_of(const std::vector<std::string>& all, dist::Share share) {
  if (all.empty()) return {};
  return {all.begin() + share.begin, all.begin() + share.end};
}

}  // namespace

Degrees degrees_of(const Csr& train) {
  Degrees degrees{std::vector<std::int32_t>(static_cast<std::size_t>(train.rows())),
                  std::vector<std::int32_t>(static_cast<std::size_t>(train.cols()))};
  for (Index u = 0; u < train.rows(); ++u) {
    degrees.users[static_cast<std::size_t>(u)] = static_cast<std::int32_t>(train.degree(u));
  }
  for (const std::int32_t item : train.indices()) ++degrees.items[static_cast<std::size_t>(item)];
  return degrees;
}

void refuse_weights(const std::string& path) {
  fail<InvalidArgument>(
      "{}: the interactions have weights, which are not read where several processes share the data; "
      "`weight-column none` leaves them out",
      path);
}

Shard shard_of(const data::Dataset& dataset, const Partition& partition, int process) {
  if (!dataset.weights.empty()) refuse_weights(dataset.path);
  const dist::Share users = partition.users.of(process);
  const dist::Share items = partition.items.of(process);
  Shard shard;
  shard.name = dataset.name;
  shard.path = dataset.path;
  shard.format = dataset.format;
  shard.hash = dataset.hash;
  shard.load_options = dataset.load_options;
  shard.partition = partition;
  Degrees degrees = degrees_of(dataset.train);
  shard.user_degrees = std::move(degrees.users);
  shard.item_degrees = std::move(degrees.items);
  shard.train = rows_of(dataset.train, users);
  shard.validation = rows_of(dataset.validation, users);
  shard.test = rows_of(dataset.test, users);
  for (const data::Modality& modality : dataset.modalities) {
    const auto own = modality.features.view().row_range(items.begin, items.end - items.begin);
    shard.modalities.push_back({modality.name, Matrix<float>::copy_of(own), modality.missing_rows,
                                process == 0 ? modality.recipe : std::string()});
  }
  shard.user_ids = texts_of(dataset.user_ids, users);
  shard.item_ids = texts_of(dataset.item_ids, items);
  shard.items.titles = texts_of(dataset.items.titles, items);
  shard.items.categories = texts_of(dataset.items.categories, items);
  if (process == 0) shard.notes = dataset.notes;
  shard.num_train = dataset.train.nnz();
  shard.num_validation = dataset.validation.nnz();
  shard.num_test = dataset.test.nnz();
  return shard;
}

}  // namespace monet::sharded
