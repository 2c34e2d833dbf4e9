#pragma once

#include <filesystem>
#include <string>

namespace monet::experiments {

/// The last line of a file that is not empty, looked for in its last 4 kB; "" when there is none.
std::string last_line(const std::filesystem::path& file);

}  // namespace monet::experiments
