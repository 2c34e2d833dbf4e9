#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <utility>

namespace monet::cli {

/// Writes to stderr at once, for a person to read. Where it cannot be written to (a pipe that nobody reads any more, a
/// log on a full disk) the words are lost and nothing else: a training goes on, a server serves.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  if (std::fwrite(text.data(), 1, text.size(), stderr) < text.size()) std::clearerr(stderr);
}

}  // namespace monet::cli
