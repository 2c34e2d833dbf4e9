#pragma once

#include <cstdlib>

namespace monet::test {

/// How often a test kills what it watches: three times, or as often as the long suite says in MONET_KILLS.
inline int kills() {
  const char* text = std::getenv("MONET_KILLS");
  return text == nullptr ? 3 : std::atoi(text);
}

}  // namespace monet::test
