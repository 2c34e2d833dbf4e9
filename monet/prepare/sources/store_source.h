#pragma once

#include "monet/input/observer.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/items/given_features.h"
#include "monet/prepare/manifest.h"
#include "monet/prepare/sources/source.h"

#include <vector>

namespace monet::prepare {

/// Whether the options' source is a store of events and items (monet/store): its address, or its file.
bool is_store_source(const PrepareOptions& options);

/// A store as a source: its events are the interactions, its items the catalogue, unless the options name another or
/// none; the features that were posted are modalities, unless they say otherwise. Throws as `store::open_store`.
Source store_source(const PrepareOptions& options);

/// Reads the events that are there when it begins, the oldest first; kinds are read as those of a column `event` (left
/// out with `event-column none`), times likewise. Throws as `InteractionLog::add`, and Interrupted.
void read_store_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                             InteractionLog& log, std::vector<SourceFile>& files);

/// Reads the items.
void read_store_catalogue(const Source& source, const input::Watch& watch, Catalogue& catalogue,
                          std::vector<SourceFile>& files);

/// Reads the features called `name` of all items that have them. Throws DataError for vectors of different widths.
void read_store_features(const Source& source, const std::string& name, const input::Watch& watch,
                         FeatureTarget& target, std::vector<SourceFile>& files);

}  // namespace monet::prepare
