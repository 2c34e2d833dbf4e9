#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace monet::files {

/// A file that is something else than what was asked for.
struct Foreign {
  enum class Kind { container, parquet, tar, other };
  Kind kind = Kind::other;
  std::string_view what;    // "an Excel workbook"
  std::string_view remedy;  // "save it as CSV (UTF-8)"
};

/// What bytes are that begin like this: a Git LFS pointer, Parquet, an archive, a pickle, an Excel workbook, an error
/// page, a picture, UTF-16 text, …; nothing when they may be text, or are unknown. Told by content, never by name. Give
/// 512 bytes or more where there are that many.
std::optional<Foreign> foreign_kind(std::span<const std::byte> beginning);

/// Throws DataError "FILE: this is an Excel workbook; save it as CSV (UTF-8)" for what `foreign_kind` knows.
void refuse_foreign(std::span<const std::byte> beginning, const std::string& file);

}  // namespace monet::files
