#pragma once

#include "monet/core/files/mapped_file.h"
#include "monet/http/response.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace monet::api {

/// Whether an item's `picture` is a URL.
bool is_address(std::string_view picture);

/// The file of the folder that an item's `picture` names. Nothing where it is a URL, or no file that lies in the
/// folder. Throws IoError where it cannot be read.
std::optional<files::MappedFile> picture_file(const std::filesystem::path& folder, const std::string& picture);

/// A picture of the folder, or a redirection to one that has a URL. What lies outside of the folder, by whatever way,
/// is not there: Problem 404. JPEG, PNG, WebP, GIF and AVIF are told by their first bytes; anything else is 404, too.
http::Response picture_response(const std::filesystem::path& folder, const std::string& picture);

}  // namespace monet::api
