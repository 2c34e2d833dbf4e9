#pragma once

#include "monet/store/event.h"
#include "monet/store/item.h"

#include <cstddef>
#include <string_view>

namespace monet::store {

inline constexpr std::size_t kMostIdBytes = 256;
inline constexpr std::size_t kMostTextBytes = 1 << 20;
inline constexpr std::size_t kMostCategories = 1000;
inline constexpr std::size_t kMostFeatureValues = 1 << 20;  // of an item
inline constexpr double kLeastWeight = 1e-6;                // of an event, as training takes it
inline constexpr double kMostWeight = 1e6;
inline constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

/// What a store takes; the one place that decides it. Each throws DataError with one line that says what is wrong and
/// what would be right.
///   - Ids, kinds, keys and categories: UTF-8 of 1 to kMostIdBytes bytes without control characters and without blanks
///     at the ends; ids and kinds that `prepare` would take for missing ones ("null", "None") are none.
///   - Other texts: UTF-8 of at most kMostTextBytes without NUL characters; attributes are JSON.
///   - Numbers: finite; weights between kLeastWeight and kMostWeight; times between 0 and kLastSecond (milliseconds are
///   beyond it).
void check(const Event& event);
void check(const Item& item);
void check(const User& user);
void check_id(std::string_view id, const char* what);

/// A text that is sought, or after which a page begins: UTF-8 without NUL characters, at most kMostIdBytes.
void check_sought(std::string_view text, const char* what);

}  // namespace monet::store
