#include "cli/preview_text.h"

#include "cli/table.h"
#include "cli/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace monet::cli {

namespace {
constexpr std::size_t kWidestCell = 40;  // of a cell

/// A table with a header, without the columns in which no row says anything.
std::string rows_text(std::vector<std::vector<std::string>> rows) {
  std::vector<bool> used(rows.front().size(), false);
  for (std::size_t row = 1; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < used.size(); ++column) {
      if (!rows[row][column].empty()) used[column] = true;
    }
  }
  TextTable table(std::vector<Align>(static_cast<std::size_t>(std::count(used.begin(), used.end(), true)), Align::left),
                  "  ");
  for (const std::vector<std::string>& row : rows) {
    std::vector<std::string> cells;
    for (std::size_t column = 0; column < used.size(); ++column) {
      if (used[column]) cells.push_back(fitted(row[column], kWidestCell));
    }
    table.add(std::move(cells));
  }
  return table.text();
}

std::string files_text(const prepare::Preview& preview) {
  constexpr std::size_t kMostFiles = 12;
  TextTable table({Align::left, Align::left, Align::left}, "  ");
  for (std::size_t n = 0; n < std::min(preview.files.size(), kMostFiles); ++n) {
    const prepare::Preview::File& file = preview.files[n];
    table.add({file.role, file.path, file.holds});
  }
  std::string text = table.text();
  if (preview.files.size() > kMostFiles) text += fmt::format("  and {} more\n", preview.files.size() - kMostFiles);
  return text;
}

std::string interactions_text(const prepare::Preview& preview) {
  std::string text;
  if (!preview.columns.empty()) {
    text += "columns\n";
    TextTable table({Align::left, Align::left}, "  ");
    for (const auto& [role, name] : preview.columns) table.add({role, fitted(name, kWidestCell)});
    text += table.text();
  }
  if (!preview.first.empty()) {
    std::vector<std::vector<std::string>> rows = {{"user", "item", "rating", "time", "part", "weight"}};
    for (const prepare::Preview::Interaction& row : preview.first) {
      rows.push_back({row.user, row.item, row.rating, row.time, row.part,
                      row.weight == 1.0F ? std::string() : fmt::format("{}", row.weight)});
    }
    text += "first interactions\n" + rows_text(std::move(rows));
  }
  return text + fmt::format("{} {} interactions: {} users, {} items\n", preview.whole ? "all" : "looked at the first",
                            grouped(preview.looked_at), grouped(preview.users), grouped(preview.items));
}

std::string catalogue_text(const prepare::Preview& preview) {
  if (preview.entries_looked_at == 0) return {};
  std::vector<std::vector<std::string>> rows = {
      {"id", "title", "description", "categories", "brand", "price", "image"}};
  for (const prepare::Item& item : preview.first_entries) {
    rows.push_back({item.id, item.title, item.description, item.categories, item.brand, item.price, item.image});
  }
  std::string text = rows.size() > 1 ? "first entries of the catalogue\n" + rows_text(std::move(rows)) : std::string();
  return text + fmt::format("{} {} entries: {} are of these items\n",
                            preview.whole_catalogue ? "all" : "looked at the first", grouped(preview.entries_looked_at),
                            grouped(preview.entries_of_items));
}

std::string lines_text(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = fmt::format("{}\n", title);
  for (const std::string& line : lines) text += fmt::format("  {}\n", in_program_words(line));
  return text;
}
}  // namespace

std::string preview_text(const prepare::Preview& preview) {
  return fmt::format("{} is read as {}, split {}\n", preview.name, preview.format, preview.split) +
         files_text(preview) + interactions_text(preview) + catalogue_text(preview) +
         lines_text("of these would be left out", preview.left_out) + lines_text("notes", preview.notes) +
         "nothing was written\n";
}

}  // namespace monet::cli
