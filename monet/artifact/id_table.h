#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace monet::artifact {

/// The names a source gave to its users or items: index ↔ external id, with a title where one is known. A table may lie
/// on another, which it goes on.
class IdTable {
 public:
  IdTable() = default;
  /// `titles` is empty or as long as `ids`. Throws DataError when an id occurs twice.
  explicit IdTable(std::vector<std::string> ids, std::vector<std::string> titles = {});
  IdTable(IdTable&&) = default;
  IdTable& operator=(IdTable&&) = default;
  IdTable(const IdTable&) = delete;
  IdTable& operator=(const IdTable&) = delete;

  /// `base` and more behind it, the first with the index `base->size()`; `titles` are as many. An id that `base` has
  /// is found behind it from now on, and one of `forgotten` no more. Small tables that lie on each other become one, so
  /// that adding ids one by one costs O(log n) each, and so does finding one. Throws DataError when an id comes twice.
  static std::shared_ptr<const IdTable> extended(std::shared_ptr<const IdTable> base, std::vector<std::string> ids,
                                                 std::vector<std::string> titles,
                                                 const std::vector<std::string>& forgotten = {});

  std::size_t size() const { return first_ + ids_.size(); }
  const std::string& id(std::int32_t index) const {
    const auto at = static_cast<std::size_t>(index);
    return at < first_ ? base_->id(index) : ids_[at - first_];
  }
  /// "" when unknown.
  std::string_view title(std::int32_t index) const;
  bool has_titles() const { return !titles_.empty() || (base_ && base_->has_titles()); }
  std::optional<std::int32_t> find(std::string_view id) const;

 private:
  static constexpr std::int32_t kForgotten = -1;
  std::vector<std::string> ids_;
  std::vector<std::string> titles_;
  std::unordered_map<std::string_view, std::int32_t> index_;  // views into ids_ and forgotten_; kForgotten: no more
  std::shared_ptr<const IdTable> base_;
  std::size_t first_ = 0;               // the index of ids_[0]
  std::vector<std::string> forgotten_;  // of the base
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
