#include "monet/prepare/tables/movielens.h"

#include "monet/input/utf8.h"
#include "monet/prepare/tables/genres.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace monet::prepare {

namespace {
/// The parts of `line` between separators; throws when there are not `count`.
void cut(std::string_view line, std::string_view separator, std::size_t count, std::vector<std::string_view>& parts) {
  parts.clear();
  for (;;) {
    const std::size_t at = line.find(separator);
    parts.push_back(line.substr(0, at));
    if (at == std::string_view::npos) break;
    line.remove_prefix(at + separator.size());
  }
  if (parts.size() == count) return;
  fail<DataError>(
      "{} fields separated by '{}' where there should be {} as in MovieLens; write another table with tabs "
      "or commas",
      parts.size(), separator, count);
}

template <class Take>
void each_line(input::LineReader& lines, std::string_view separator, std::size_t count, input::BadLines& bad_lines,
               Take&& take) {
  std::vector<std::string_view> parts;
  while (lines.next(bad_lines)) {
    if (input::trimmed(lines.line()).empty()) continue;
    bad_lines.guard(lines, [&] {
      cut(lines.line(), separator, count, parts);
      take(parts);
    });
  }
}
}  // namespace

std::vector<std::size_t> genre_columns(const std::vector<std::string>& header) {
  std::vector<std::size_t> columns;
  for (std::size_t column = 0; column < header.size(); ++column) {
    if (std::find(std::begin(kMovieGenres), std::end(kMovieGenres), header[column]) != std::end(kMovieGenres)) {
      columns.push_back(column);
    }
  }
  constexpr std::size_t kEnough = 5;
  return columns.size() >= kEnough ? columns : std::vector<std::size_t>{};
}

void read_movielens_ratings(input::LineReader& lines, input::BadLines& bad_lines, InteractionLog& log) {
  each_line(lines, "::", 4, bad_lines, [&](const std::vector<std::string_view>& parts) {
    log.add({parts[0], parts[1], parts[2], parts[3], -1});
  });
  log.settle();
}

void read_movielens_movies(input::LineReader& lines, input::BadLines& bad_lines, Catalogue& catalogue) {
  each_line(lines, "::", 3, bad_lines, [&](const std::vector<std::string_view>& parts) {
    Item item;
    item.id = parts[0];
    item.title = parts[1];
    item.categories = parts[2];
    catalogue.take(std::move(item));
  });
  catalogue.settle();
}

void read_movielens_items(input::LineReader& lines, input::BadLines& bad_lines, Catalogue& catalogue) {
  constexpr std::size_t kBefore = 5;
  each_line(lines, "|", kBefore + std::size(kMovieGenres), bad_lines, [&](const std::vector<std::string_view>& parts) {
    Item item;
    item.id = parts[0];
    item.title = parts[1];
    for (std::size_t genre = 0; genre < std::size(kMovieGenres); ++genre) {
      if (parts[kBefore + genre] != "1") continue;
      if (!item.categories.empty()) item.categories += '|';
      item.categories += kMovieGenres[genre];
    }
    catalogue.take(std::move(item));
  });
  catalogue.settle();
}

}  // namespace monet::prepare
