#pragma once

#include "monet/http/response.h"

#include <filesystem>
#include <string>

namespace monet::api {

/// A picture of the folder, or a redirection to one that has a URL. What lies outside of the folder, by whatever way,
/// is not there: Problem 404. JPEG, PNG, WebP, GIF and AVIF are told by their first bytes; anything else is 404, too.
http::Response picture_response(const std::filesystem::path& folder, const std::string& picture);

}  // namespace monet::api
