#pragma once

#include <string>
#include <string_view>

namespace monet::input {

/// The text without a UTF-8 byte-order mark; `found` is set when there was one. Throws DataError for UTF-16 text.
std::string_view without_byte_order_mark(std::string_view text, const std::string& file, bool& found);

/// At most so many bytes (whole characters) of `text` for a message, control characters shown as '?'.
std::string excerpt(std::string_view text, std::size_t most = 40);

/// Whether a trimmed id is none, or a word for one that is missing: all that miss theirs would become one. NA may be a
/// name: of a region, of sodium.
bool is_missing_id(std::string_view id);

/// Whether a title, a brand or the like is a word that programs write for a missing one. A film or a brand may be
/// called Null, Nan or NA.
bool is_missing_text(std::string_view text);

/// A user's or item's id as it is kept: without what is `trimmed`. Throws DataError when it is empty, a word for what
/// is missing (NULL, None, …; NA may be a name), or holds a control character (a tab or line end would tear the
/// tables).
std::string_view checked_id(std::string_view id, const char* what);

}  // namespace monet::input
