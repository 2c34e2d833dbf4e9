#include "monet/prepare/columnar/read_columnar.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/mapped_file.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/duckdb/sql.h"
#include "monet/prepare/columnar/row_catalogue.h"
#include "monet/prepare/columnar/row_interactions.h"
#include "monet/prepare/sources/read_source.h"

#include <utility>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
std::string reader_of(const duckdb::Database& database) {
  return "DuckDB " + database.version();
}

/// A file for the manifest; one below the place by its path from there.
SourceFile file_read(std::string role, const fs::path& file, const fs::path& place, const duckdb::Database& database) {
  SourceFile read = whole_file(std::move(role), file);
  if (fs::is_directory(place)) read.name = file.lexically_relative(place).string();
  read.reader = reader_of(database);
  return read;
}

SourceFile query_read(std::string role, const std::string& query, const duckdb::Database& database) {
  return {std::move(role), query, 0, {}, reader_of(database)};
}

/// What needs DuckDB, for the message where it is not here.
std::string needing(const fs::path& file) {
  return fmt::format("{}: this is Parquet, and reading it", file.string());
}

/// Makes a database file that is the source the one that a query's names are looked up in.
void attach(const fs::path& file, duckdb::Database& database) {
  if (file.empty()) return;
  if (!fs::exists(file)) fail<IoError>("{}: no such file or directory; check the path", file.string());
  const bool is_database = !fs::is_directory(file) && files::foreign_kind(files::MappedFile(file).text().substr(
                                                          0, files::kForeignBytes)) == files::ForeignKind::duckdb;
  if (!is_database) {
    fail<DataError>("{}: with `query` the source is a DuckDB database or none; name a file in the query: FROM {}",
                    file.string(), duckdb::sql_text(file.string()));
  }
  database.run(fmt::format("ATTACH {} AS source (READ_ONLY)", duckdb::sql_text(file.string())), file.string());
  database.run("USE source", file.string());
}

template <class Read>
void each_file(const fs::path& place, const std::vector<fs::path>& paths, const std::string& role,
               const input::Watch& watch, std::vector<SourceFile>& files, Read&& read) {
  duckdb::Database database(needing(place), watch.stop);
  for (const fs::path& path : paths) {
    read(table_of_file(database, path));
    files.push_back(file_read(role, path, place, database));
  }
}
}  // namespace

void read_columnar_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                                input::BadLines& bad_lines, InteractionLog& log, std::vector<SourceFile>& files) {
  RowInteractions interactions(options.columns, log);
  if (source.format == Format::query) {
    duckdb::Database database("a `query`", watch.stop);
    attach(options.source, database);
    interactions.read(table_of_query(database, options.query, "query"), watch.observer, bad_lines);
    files.push_back(query_read("interactions", options.query, database));
  } else {
    std::size_t number = 0;
    each_file(options.source, source.interactions, "interactions", watch, files, [&](const RowTable& table) {
      if (!source.parts.empty()) log.set_part(source.parts[number]);
      ++number;
      interactions.read(table, watch.observer, bad_lines);
    });
  }
  interactions.finish(bad_lines);
}

void read_columnar_catalogue(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                             input::BadLines& bad_lines, Catalogue& catalogue, std::vector<SourceFile>& files) {
  if (!source.catalogue_query.empty()) {
    duckdb::Database database("a `catalogue-query`", watch.stop);
    if (source.format == Format::query) attach(options.source, database);
    read_row_catalogue(table_of_query(database, source.catalogue_query, "catalogue-query"), options.item_columns,
                       watch.observer, bad_lines, catalogue);
    files.push_back(query_read("catalogue", source.catalogue_query, database));
    return;
  }
  each_file(source.catalogue, duckdb::parquet_table(source.catalogue).files, "catalogue", watch, files,
            [&](const RowTable& table) {
              read_row_catalogue(table, options.item_columns, watch.observer, bad_lines, catalogue);
            });
}

void read_columnar_features(const GivenFeatures& given, const std::string& id_column, const input::Watch& watch,
                            FeatureTarget& target, std::vector<SourceFile>& files) {
  if (!given.ids.empty()) {
    fail<DataError>("{}: Parquet has a column of ids of its own; leave {} away", given.file.string(),
                    given.ids.string());
  }
  each_file(given.file, duckdb::parquet_table(given.file).files, "features " + given.name, watch, files,
            [&](const RowTable& table) { read_row_features(table, given.name, id_column, watch.observer, target); });
}

}  // namespace monet::prepare
