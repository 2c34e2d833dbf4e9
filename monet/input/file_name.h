#pragma once

#include <filesystem>
#include <string>

namespace monet::input {

/// The last extension in lower case, one that tells of compression left out: "json" for `a.JSON.gz`.
std::string content_extension(const std::filesystem::path& path);
/// The name without extensions: "reviews_Toys_5" for `reviews_Toys_5.json.gz`.
std::string plain_stem(const std::filesystem::path& path);

}  // namespace monet::input
