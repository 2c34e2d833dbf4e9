#pragma once

#include "monet/input/observer.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/items/given_features.h"
#include "monet/prepare/sources/source.h"

#include <vector>

namespace monet::prepare {

/// Reads the interactions of a source whose format is `parquet` or `query` by DuckDB. Throws DataError with the place
/// and a remedy, also where DuckDB is not here; Interrupted.
void read_columnar_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                                input::BadLines& bad_lines, InteractionLog& log, std::vector<SourceFile>& files);

/// Reads a catalogue that is Parquet, or a query.
void read_columnar_catalogue(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                             input::BadLines& bad_lines, Catalogue& catalogue, std::vector<SourceFile>& files);

/// Reads features from Parquet. `id_column`: of item ids, where the files have it; otherwise found by name.
void read_columnar_features(const GivenFeatures& given, const std::string& id_column, const input::Watch& watch,
                            FeatureTarget& target, std::vector<SourceFile>& files);

}  // namespace monet::prepare
