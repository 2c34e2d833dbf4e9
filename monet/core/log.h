#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace monet::log {

enum class Level { debug, info, warning, error, off };

/// Messages below `level` are dropped; the default is `warning`, so a library user's stderr stays quiet.
void set_level(Level level);
/// Writes one line to stderr (through spdlog).
void write(Level level, std::string_view message);

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace monet::log
