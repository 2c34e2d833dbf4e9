#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace monet::artifact {

/// The names a source gave to its users or items: index ↔ external id, with a title where one is known.
class IdTable {
 public:
  IdTable() = default;
  /// `titles` is empty or as long as `ids`. Throws DataError when an id occurs twice.
  explicit IdTable(std::vector<std::string> ids, std::vector<std::string> titles = {});
  IdTable(IdTable&&) = default;
  IdTable& operator=(IdTable&&) = default;
  IdTable(const IdTable&) = delete;
  IdTable& operator=(const IdTable&) = delete;

  std::size_t size() const { return ids_.size(); }
  const std::string& id(std::int32_t index) const { return ids_[static_cast<std::size_t>(index)]; }
  /// "" when unknown.
  std::string_view title(std::int32_t index) const;
  bool has_titles() const { return !titles_.empty(); }
  std::optional<std::int32_t> find(std::string_view id) const;

 private:
  std::vector<std::string> ids_;
  std::vector<std::string> titles_;
  std::unordered_map<std::string_view, std::int32_t> index_;  // views into ids_
};

/// Tab, newline, carriage return and backslash as \t, \n, \r and \\, so that a field stays in its column of a TSV.
std::string escape_field(std::string_view field);
/// The inverse; nothing when a backslash is not followed by t, n, r or a backslash.
std::optional<std::string> unescape_field(std::string_view field);

/// One line per id after a header (`id`, or `id⇥title`). `titles` is empty or as long as `ids`.
std::string write_ids(std::span<const std::string> ids, std::span<const std::string> titles);
/// The inverse. Throws DataError naming file and line.
IdTable parse_ids(std::string_view text, const std::filesystem::path& file);

}  // namespace monet::artifact
