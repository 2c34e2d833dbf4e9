#pragma once

#include "monet/data/features.h"
#include "monet/sharded/partition.h"

namespace monet::sharded {

/// Reads the rows of own items of a feature file. `missing_rows` is of all rows, and missing ones are filled with the
/// same bits that data::read_modality gives them. Throws as it does, in every process alike.
data::Modality read_feature_rows(dist::Communicator& world, const data::FeatureFile& file, const Ranges& items,
                                 data::MissingRows policy);

}  // namespace monet::sharded
