// Any text either is a table of interactions or items, with a header (CSV, TSV, RecBole) or without, MovieLens' lines,
// a column of float sequences, or a DataError.
#include "monet/prepare/items/given_features.h"
#include "monet/prepare/tables/movielens.h"
#include "monet/prepare/tables/table_interactions.h"
#include "fuzz/raw_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace monet::input;
  using namespace monet::prepare;
  const auto text = monet::fuzz::text_of(data, size);
  monet::fuzz::interactions(text, [](auto& lines, auto& bad, auto& log) {
    TableReader table(lines, '\0', true);
    read_table_interactions(table, {}, bad, log);
  });
  monet::fuzz::interactions(text, [](auto& lines, auto& bad, auto& log) {
    TableReader table(lines, '\0', false);
    read_table_interactions(table, {"1", "2", "", ""}, bad, log);
  });
  monet::fuzz::interactions(text, [](auto& lines, auto& bad, auto& log) { read_movielens_ratings(lines, bad, log); });
  monet::fuzz::catalogue(text, [](auto& lines, auto& bad, auto& catalogue) {
    TableReader table(lines, '\0', true);
    read_table_catalogue(table, {}, {}, false, bad, catalogue);
  });
  monet::fuzz::catalogue(text,
                         [](auto& lines, auto& bad, auto& catalogue) { read_movielens_movies(lines, bad, catalogue); });
  monet::fuzz::catalogue(text,
                         [](auto& lines, auto& bad, auto& catalogue) { read_movielens_items(lines, bad, catalogue); });
  return 0;
}
