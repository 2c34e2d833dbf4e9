#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace monet::test {

/// A page after its scripts have run.
struct Opened {
  std::string dom;                   // as HTML
  std::vector<std::string> console;  // what the browser complained about: script errors, refused content, logs
};

/// Opens a file in a Chromium without a window, with a profile of its own below `scratch`. One that gives no document
/// in time is started a second time. Throws std::runtime_error when there is no Chromium or no document.
Opened open_in_browser(const std::filesystem::path& page, const std::filesystem::path& scratch);

/// How often `part` occurs in `text`.
std::size_t count_of(const std::string& text, const std::string& part);

}  // namespace monet::test
