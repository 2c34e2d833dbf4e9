#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <string>

namespace monet::synth {

/// What generated users and items are called in files.
inline std::string user_name(std::size_t user) {
  return fmt::format("user-{}", user);
}
inline std::string item_name(std::size_t item) {
  return fmt::format("item-{}", item);
}

}  // namespace monet::synth
