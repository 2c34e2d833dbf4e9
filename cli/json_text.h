#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace monet::cli {

/// A JSON document as the program writes it: indented, bytes that are not UTF-8 replaced, a line end after it.
inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace monet::cli
