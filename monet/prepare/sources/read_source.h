#pragma once

#include "monet/input/byte_stream.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/manifest.h"
#include "monet/prepare/sources/source.h"

#include <vector>

namespace monet::prepare {

/// Reads all interactions of a source into `log`, whatever its format. Adds the files to `files`. Throws as the
/// readers.
void read_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                       input::BadLines& bad_lines, InteractionLog& log, std::vector<SourceFile>& files);

/// Reads the catalogue of a source; a no-op without one. `row_names`: MMRec's items by row, empty for other formats.
void read_catalogue(const Source& source, const PrepareOptions& options, const std::vector<std::string>& row_names,
                    const input::Watch& watch, input::BadLines& bad_lines, Catalogue& catalogue,
                    std::vector<SourceFile>& files);

/// Gives the users and items of an MMRec log, which are row numbers, the names that the mappings beside it have, and
/// returns the items' names by row. Throws DataError: an id that is no row number, a name that two rows have.
std::vector<std::string> name_mmrec_rows(const Source& source, InteractionLog& log, std::vector<SourceFile>& files);

/// A file that is read whole, for the manifest.
SourceFile whole_file(std::string role, const std::filesystem::path& path);

}  // namespace monet::prepare
