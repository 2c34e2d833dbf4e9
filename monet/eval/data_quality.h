#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/eval/near_duplicates.h"
#include "monet/eval/taste.h"

#include <string>
#include <vector>

namespace monet::eval {

/// How good the features of a modality are, as far as looking at them can tell.
struct ModalityQuality {
  std::string name;
  Index rows = 0;
  Index width = 0;
  Index constant_columns = 0;  // the same for all items
  Index repeated_rows = 0;  // equal to another row in every value; rows without features of their own are not counted
  Index largest_group = 0;  // of rows that are all equal
  NearDuplicates near_duplicates;
  Taste taste;
};

struct DataQuality {
  std::vector<ModalityQuality> modalities;
  std::vector<std::string> warnings;  // one line each
};

/// Looks at every modality. Sampled where all would be long (evenly spread rows and users; the counts say of how many):
/// a few seconds at most beside O(items × width).
DataQuality data_quality(ThreadPool& pool, const data::Dataset& dataset);

/// The lines `monet info` prints.
std::vector<std::string> describe(const DataQuality& quality);

}  // namespace monet::eval
